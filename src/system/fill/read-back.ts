// The digest of what a device or file really holds.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const block = 1024 ** 2

/**
 * Of the first bytes, read with O_DIRECT: dd(1) does that, for Node has no memory that is aligned as it must be. What
 * does not support it (tmpfs) is read through the cache. Whole blocks are read, for O_DIRECT gives nothing else.
 */
export const readBack = async (path: string, bytes: number, signal: AbortSignal | undefined): Promise<string> => {
  const argv = [`if=${path}`, 'iflag=direct', `bs=${block}`, `count=${Math.ceil(bytes / block)}`, 'status=none']
  const dd = spawn('dd', argv, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, LC_ALL: 'C' },
    ...(signal && { signal }),
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    dd.once('error', reject)
    dd.once('close', resolve)
  })
  const [digest, code] = await Promise.all([digestOf(dd.stdout, bytes), ended])
  return code === 0 ? digest : readThroughCache(path, bytes, signal)
}

const readThroughCache = async (path: string, bytes: number, signal: AbortSignal | undefined): Promise<string> => {
  const file = await open(path, 'r')
  const end = Math.max(0, bytes - 1)
  return digestOf(file.createReadStream({ end, highWaterMark: block, ...(signal && { signal }) }), bytes)
}

const digestOf = async (chunks: AsyncIterable<Buffer>, bytes: number): Promise<string> => {
  const hash = createHash('sha256')
  let left = bytes
  for await (const chunk of chunks) {
    hash.update(chunk.subarray(0, left))
    left -= Math.min(left, chunk.length)
  }
  return hash.digest('hex')
}
