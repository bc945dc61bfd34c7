// A raw image on its target: written in whole blocks, left out where both are zero already, synchronised, and read back
// past the page cache, for what the disk took is not always what it was given.
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { printSize } from '../../model/quantity.js'
import { blockSize } from '../block-size.js'
import type { FillOptions, Pour } from './fill.js'
import { readBack } from './read-back.js'
import { openUnused } from './unused.js'

const blockBytes = 1024 ** 2

export const fillRaw = async (target: string, pour: Pour, { signal }: FillOptions): Promise<void> => {
  const handle = await openUnused(target)
  const hash = createHash('sha256')
  let written = 0
  try {
    const size = await sizeOf(handle)
    await pour(async unpacked => {
      for await (const block of inBlocks(unpacked)) {
        if (written + block.length > size)
          throw new Error(`the image is larger than ${target}, which has ${printSize(size)}`)
        hash.update(block)
        await writeBlock(handle, block, written)
        written += block.length
      }
    })
    await handle.sync()
  } finally {
    await handle.close()
  }
  const [wanted, found] = [hash.digest('hex'), await readBack(target, written, signal)]
  if (wanted !== found) throw new Error(`${target} does not hold what was written to it: its disk loses data`)
}

const sizeOf = async (handle: FileHandle): Promise<number> => {
  const stats = await handle.stat()
  return stats.isBlockDevice() ? blockSize(stats.rdev) : stats.size
}

/** The same bytes in blocks of one size, the last one apart; each is good until the next one is asked for. */
async function* inBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafe(blockBytes)
  let filled = 0
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const copied = chunk.copy(block, filled, from)
      from += copied
      filled += copied
      if (filled === blockBytes) {
        yield block
        filled = 0
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}

const zeros = Buffer.alloc(blockBytes)

/** Zeros over zeros are not written: they would take space in a thin volume or a sparse file. */
const writeBlock = async (handle: FileHandle, block: Buffer, position: number): Promise<void> => {
  if (isZero(block) && (await isZeroAt(handle, block.length, position))) return
  for (let done = 0; done < block.length; ) {
    const { bytesWritten } = await handle.write(block, done, block.length - done, position + done)
    done += bytesWritten
  }
}

const isZero = (block: Buffer): boolean => block.equals(zeros.subarray(0, block.length))

const isZeroAt = async (handle: FileHandle, length: number, position: number): Promise<boolean> => {
  const present = Buffer.allocUnsafe(length)
  const { bytesRead } = await handle.read(present, 0, length, position)
  return bytesRead === length && isZero(present)
}
