// Files of other programs put in place: what is new or differs is written, each whole; what was ours and is no longer wanted goes.
// When it returns, all of that is on the disk: what is answered or begun by it holds after a power failure, too.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { byCodeUnit } from '../model/json.js'
import { flushOne, replaceFile } from '../system/replace-file.js'
import type { ConfigFile } from './dhcp/server.js'

export type Installed = { readonly written: readonly string[]; readonly removed: readonly string[] }

/** Below a directory that is there. In the folders `owned`, every file is ours. */
export const installFiles = (directory: string, files: readonly ConfigFile[], owned: readonly string[]): Installed => {
  const written = files.filter(({ path, content }) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    return replaceFile(join(directory, path), content)
  })
  const wanted = new Set(files.map(({ path }) => path))
  const there = owned.filter(folder => existsSync(join(directory, folder)))
  const removed = there
    .flatMap(folder => readdirSync(join(directory, folder)).map(name => `${folder}/${name}`))
    .filter(path => !wanted.has(path))
    .sort(byCodeUnit)
  for (const path of removed) rmSync(join(directory, path))
  const folders = [...written.map(({ path }) => path), ...removed].map(path => dirname(join(directory, path)))
  new Set(folders).forEach(flushOne)
  return { written: written.map(({ path }) => path), removed }
}
