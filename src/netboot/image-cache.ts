// Kernels and ramdisks that were fetched, each named by its digest: a guest that is installed after another one, or without
// the network, takes it from there. What is put in is whole, and what is taken out is held against its digest again.
// Several bootloaders may be at it at once: each fetches into a file of its own, and one that has another's file open keeps
// it.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { hasCode } from '../system/has-code.js'
import { download, shownUrl } from '../system/http.js'
import { temporaryName } from '../system/temporary.js'
import type { Image } from './answer.js'

/** Bytes. An installer's ramdisk has a tenth of it. */
const maxImage = 1024 ** 3

/** Bytes of all that is kept. */
const maxKept = 4 * 1024 ** 3

/** Milliseconds after which a file that is still being fetched is not: its bootloader was killed. */
const abandoned = 60 * 60 * 1000

export type Fetching = { readonly cache: string; readonly ca: string | undefined; readonly signal: AbortSignal }

/** Copies an image to `target`. Throws where it cannot be had, or is another one than its digest says. */
export const provideImage = async (image: Image, target: string, fetching: Fetching): Promise<'kept' | 'fetched'> => {
  const kept = join(fetching.cache, image.sha256)
  if (await takeKept(kept, target, image.sha256)) return 'kept'
  await mkdir(fetching.cache, { recursive: true, mode: 0o700 })
  const coming = temporaryName(kept)
  try {
    const { ca, signal } = fetching
    const sha256 = await copyHashed(await download(image.url, { ...(ca && { ca }), signal }), coming)
    if (sha256 !== image.sha256)
      throw new Error(
        `${shownUrl(image.url)} is another file than the provisioner says: SHA-256 ${sha256}, expected ${image.sha256}`,
      )
    await copyFile(coming, target)
    await rename(coming, kept)
  } finally {
    await rm(coming, { force: true })
  }
  await forgetOldest(fetching.cache)
  return 'fetched'
}

/** False where it is not there, or no longer what it was. */
const takeKept = async (kept: string, target: string, sha256: string): Promise<boolean> => {
  try {
    if ((await copyHashed(createReadStream(kept), target)) !== sha256) return false
    await utimes(kept, new Date(), new Date())
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

const copyHashed = async (from: Readable, to: string): Promise<string> => {
  const hash = createHash('sha256')
  let size = 0
  const measured = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > maxImage) throw new Error(`larger than ${maxImage} bytes`)
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(from, measured, createWriteStream(to, { mode: 0o600 }))
  return hash.digest('hex')
}

/** The least recently used go first. */
const forgetOldest = async (cache: string): Promise<void> => {
  const files = await Promise.all((await readdir(cache)).map(name => fileIn(cache, name)))
  const newestFirst = files.flatMap(file => file ?? []).sort((a, b) => b.used - a.used)
  let size = 0
  for (const file of newestFirst) {
    const isComing = file.path.endsWith('.tmp')
    if (!isComing) size += file.size
    if (isComing ? Date.now() - file.used > abandoned : size > maxKept) await rm(file.path, { force: true })
  }
}

/** Undefined for one that another bootloader has just removed. */
const fileIn = async (cache: string, name: string) => {
  const path = join(cache, name)
  const stats = await stat(path).catch(() => undefined)
  return stats && { path, size: stats.size, used: stats.mtimeMs }
}
