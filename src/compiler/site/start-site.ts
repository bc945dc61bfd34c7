// init: a small site to start from, copied from starter/ beside this file.
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { byCodeUnit } from '../../model/json.js'
import { makeDirectory } from '../make-directory.js'
import { packageRoot } from '../package-root.js'

export type Started = {
  readonly written: readonly string[]
  /** What was there already (a README of the repository's own) and stays as it is. */
  readonly kept: readonly string[]
}

/**
 * Writes the files of a small site, named after the directory, into it. Undefined where it holds a site already;
 * nothing that exists is overwritten. Throws UnusableDirectory.
 */
export const startSite = (dir: string): Started | undefined => {
  const starter = join(packageRoot(), 'src/compiler/starter')
  if (existsSync(join(dir, 'xenclosure.yaml'))) return undefined
  const entries = readdirSync(starter, { recursive: true, encoding: 'utf8' })
  const paths = entries.filter(path => statSync(join(starter, path)).isFile()).sort(byCodeUnit)
  const kept = paths.filter(path => existsSync(join(dir, path)))
  const written = paths.filter(path => !kept.includes(path))
  for (const path of written) makeDirectory(dirname(join(dir, path)))
  for (const path of written) copyFileSync(join(starter, path), join(dir, path))
  nameSite(join(dir, 'xenclosure.yaml'), basename(resolve(dir)))
  return { written, kept }
}

const nameSite = (file: string, name: string): void => {
  const config = parseDocument(readFileSync(file, 'utf8'))
  config.set('site', name)
  writeFileSync(file, config.toString())
}
