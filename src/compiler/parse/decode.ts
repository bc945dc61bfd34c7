// decode: the bytes of a file -> its text, which is UTF-8 and holds only what YAML calls printable. Before load; what it
// refuses is said with line and column, as everything that stands in a file.

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly line: number; readonly column: number }

/** A byte-order mark at the beginning is no part of the text, unless it is to be kept. */
export const decode = (bytes: Uint8Array, { keepMark = false } = {}): Decoded => {
  const other = otherEncoding(bytes)
  if (other !== undefined) return { ok: false, reason: `it is ${other}, and files are UTF-8`, line: 1, column: 1 }
  const end = endOfUtf8(bytes)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: keepMark })
  const text = decoder.decode(bytes.subarray(0, end), { stream: end < bytes.length })
  const start = keepMark && text.startsWith('\ufeff') ? 1 : 0
  const offset = text.slice(start).search(unprintable)
  if (offset >= 0) return { ok: false, reason: reasonAt(text, start + offset), ...placeOf(text, start + offset) }
  // A carriage return alone ends a line, too (YAML 1.2, 5.4), which the parser does not know.
  if (end === bytes.length) return { ok: true, text: text.replaceAll(/\r(?!\n)/g, '\n') }
  return { ok: false, reason: 'it is not UTF-8 text', ...placeOf(text, text.length) }
}

/** All but YAML's c-printable (YAML 1.2, 5.1), and the byte-order mark, which nobody sees in the middle of a file. */
const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u

/** By the marks, and by the zeros that the first character of a YAML file has there (YAML 1.2, 5.2). */
const otherEncoding = ([a, b, c, d]: Uint8Array): string | undefined => {
  if (a === 0 && b === 0) return 'UTF-32'
  if (b === 0 && c === 0 && d === 0) return 'UTF-32'
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return 'UTF-32'
  const isMarked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)
  return isMarked || a === 0 || b === 0 ? 'UTF-16' : undefined
}

/** How many bytes are UTF-8: every beginning of such a text is one, but for its last character. */
const endOfUtf8 = (bytes: Uint8Array): number => {
  if (isUtf8(bytes, false)) return bytes.length
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isUtf8(bytes.subarray(0, middle), true)) good = middle
    else bad = middle
  }
  return good
}

const isUtf8 = (bytes: Uint8Array, stream: boolean): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream })
    return true
  } catch {
    return false
  }
}

const reasonAt = (text: string, offset: number): string => {
  const code = (text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return code === 'FEFF' ? 'a byte-order mark in the middle' : `the character U+${code} is not printable`
}

const placeOf = (text: string, offset: number) => {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
