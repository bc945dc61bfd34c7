// The kernels and ramdisks on the TFTP server, given over HTTP, too, each with its digest.
import { createHash } from 'node:crypto'
import { constants, realpathSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join, sep } from 'node:path'

export type ImageFile = { readonly file: FileHandle; readonly size: number; readonly sha256: () => Promise<string> }

/** A file below the root, links followed as long as they stay there. The caller closes it. Throws where there is none. */
export const openImage = async (root: string, declared: string): Promise<ImageFile> => {
  const base = realpathSync(root)
  const path = realpathSync(join(base, declared))
  if (!path.startsWith(base + sep)) throw new Error(`${declared} is not below the root of the TFTP server`)
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const stats = await file.stat({ bigint: true })
  if (!stats.isFile()) {
    await file.close()
    throw new Error(`${declared} is no file`)
  }
  const version = `${stats.ino} ${stats.size} ${stats.mtimeNs}`
  return { file, size: Number(stats.size), sha256: () => remembered(path, version, file) }
}

/** By path: of a file of that inode, size and time. An installer's ramdisk of 100 MB takes half a second to read. */
const digests = new Map<string, { readonly version: string; readonly sha256: Promise<string> }>()

const remembered = (path: string, version: string, file: FileHandle): Promise<string> => {
  const known = digests.get(path)
  if (known?.version === version) return known.sha256
  const sha256 = digestOf(file)
  digests.set(path, { version, sha256 })
  // What could not be read is read again the next time.
  sha256.catch(() => digests.delete(path))
  return sha256
}

const digestOf = async (file: FileHandle): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk)
  return hash.digest('hex')
}
