// Texts on their way into files, one after the other. Each becomes bytes in the same memory: to touch fresh memory for each costs
// more than to write it.

/** Room for more than any of them takes in practice, as a document or a block of what is kept. */
const memory = Buffer.allocUnsafeSlow(1 << 20)

/** No character takes more bytes in UTF-8 for each of its code units. */
const mostBytes = 3

/** The UTF-8 of a text, until that of the next one is asked for. */
export const encode = (text: string): Uint8Array =>
  text.length * mostBytes > memory.length ? Buffer.from(text) : memory.subarray(0, memory.write(text))
