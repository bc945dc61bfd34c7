// Files of other programs put in place: what is new or differs is written, each whole; what was ours and is no longer wanted goes.
// When it returns, all of that is on the disk: what is answered or begun by it holds after a power failure, too.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { byCodeUnit } from '../model/json.js'
import { flushOne, isInPlace, replaceFile } from '../system/replace-file.js'
import type { ConfigFile } from './dhcp/server.js'

export type Installed = { readonly written: readonly string[]; readonly removed: readonly string[] }

/**
 * Below a directory that is there. In the folders `owned`, every file is ours. Where there is anything to do, `before` is told
 * of it while all is as it was.
 */
export const installFiles = (
  directory: string,
  files: readonly ConfigFile[],
  owned: readonly string[],
  before?: (due: Installed) => void,
): Installed => {
  const differing = files.filter(({ path, content }) => !isInPlace({ path: join(directory, path), content }))
  const due = { written: differing.map(({ path }) => path), removed: unwanted(directory, files, owned) }
  if (due.written.length + due.removed.length > 0) before?.(due)
  for (const { path, content } of differing) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    replaceFile(join(directory, path), content)
  }
  for (const path of due.removed) rmSync(join(directory, path))
  const folders = [...due.written, ...due.removed].map(path => dirname(join(directory, path)))
  new Set(folders).forEach(flushOne)
  return due
}

const unwanted = (directory: string, files: readonly ConfigFile[], owned: readonly string[]): readonly string[] => {
  const wanted = new Set(files.map(({ path }) => path))
  return owned
    .filter(folder => existsSync(join(directory, folder)))
    .flatMap(folder => readdirSync(join(directory, folder)).map(name => `${folder}/${name}`))
    .filter(path => !wanted.has(path))
    .sort(byCodeUnit)
}
