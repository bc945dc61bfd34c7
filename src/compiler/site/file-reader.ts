// The files of a site as the compiler reads them: bounded in size, in UTF-8, never from outside the site or this package,
// each read and parsed once. The only door to them for site.ts.
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Position } from '../../model/diagnostic.js'
import { byCodeUnit, type Json, parseJson } from '../../model/json.js'
import { findJsonFault } from '../../model/json-fault.js'
import { digestOf } from '../../model/seal.js'
import { whyUnreadable } from '../../system/unreadable.js'
import { packagePrefix, packageRoot } from '../package-root.js'
import { decode } from '../parse/decode.js'
import { jsonPlace } from '../parse/json-place.js'
import { loadYaml, type YamlMap } from '../parse/load.js'
import { countTold, type Problems } from '../problems.js'
import { remember } from '../remember.js'

export type SiteFile = {
  /** As diagnostics show it: relative to the site, or `xenclosure:` and the path of a standard template. */
  readonly file: string
  /** Undefined where it could not be read or parsed; why has been reported. */
  readonly root: YamlMap | undefined
}

/** A file as it is; `file` as diagnostics show it. */
export type TextFile = { readonly file: string; readonly text: string }

export type JsonFile = {
  /** As diagnostics show it. */
  readonly file: string
  /** Undefined where it could not be read, which has been reported. */
  readonly value: Json | undefined
  /** Where the value at a pointer stands, or its key. */
  readonly placeOf: (pointer: string, ofKey?: boolean) => Position
}

/** Whether a name is none of the site's: what editors and git keep beside the files (Emacs's lock `.#a.yaml`). */
export const isHidden = (name: string): boolean => name.startsWith('.')

/** Far more than a profile or template needs. */
const maxFileBytes = 4 * 1024 * 1024

/** What stands in a directory. */
export type Entry = {
  readonly name: string
  /** Looked at when it is asked: most are known by their names. */
  readonly isDirectory: () => boolean
}

export type FileReader = {
  readonly yaml: (path: string) => SiteFile
  /** Forgets a YAML file, which is read again when it is asked for. */
  readonly forget: (path: string) => void
  /** Undefined where there is none. */
  readonly json: (path: string) => JsonFile | undefined
  /** Undefined where it could not be read, which was reported. */
  readonly text: (path: string) => TextFile | undefined
  /** What stands in a directory, sorted, without what is hidden; nothing where there is none. */
  readonly list: (path: string) => readonly Entry[]
  /** The names of the same, in any order. */
  readonly names: (path: string) => readonly string[]
  readonly shown: (path: string) => string
  readonly line: (file: string, line: number) => string | undefined
  /** The digest of every file that was read so far, by its name as diagnostics show it; empty of one that was saved meanwhile. */
  readonly digests: ReadonlyMap<string, string>
}

/** Files that were parsed before and had nothing to tell, by their names, each with the digest that it had. */
export type Parses = Pick<Map<string, { readonly digest: string; readonly file: SiteFile }>, 'get' | 'set'>

/** What some files hold in an edition of the site that is not in its directory, by their names as diagnostics show them. */
export type Contents = ReadonlyMap<string, Buffer>

/** What is known of the files of a site before they are read. */
export type KnownFiles = {
  /** What stands in it and has not changed is not parsed again. */
  readonly parses?: Parses
  /** Of files that are there in the directory, too. */
  readonly contents?: Contents
}

/** Reads files of the site in a directory, and of this package; what cannot be read is reported. */
export const fileReader = (dir: string, problems: Problems, { parses, contents }: KnownFiles = {}): FileReader => {
  const texts = new Map<string, string>()
  const digests = new Map<string, string>()
  const parsed = new Map<string, SiteFile>()
  const shown = (path: string) => {
    const inSite = relative(dir, path)
    return inSite.startsWith('..') ? packagePrefix + relative(packageRoot(), path) : inSite
  }
  const start = (path: string): Position => ({ file: shown(path), line: 1, column: 1 })
  const roots = [realpathSync(dir), realpathSync(packageRoot())]
  const realDirectory = remember((path: string) => realpathSync.native(path))
  const text = (path: string): string | undefined => {
    const file = shown(path)
    const read = readText(path, { roots, realDirectory }, contents?.get(file), bytes => {
      const digest = digestOf(bytes)
      digests.set(file, (digests.get(file) ?? digest) === digest ? digest : '')
    })
    if (read.ok) {
      texts.set(file, read.text)
      return read.text
    }
    const { reason, line = 1, column = 1 } = read
    problems.error('file', `cannot be read: ${reason}`, { position: { file, line, column } })
    return undefined
  }
  const yaml = (path: string): SiteFile => {
    const known = parsed.get(path)
    if (known !== undefined) return known
    const content = text(path)
    const file = content === undefined ? { file: shown(path), root: undefined } : parse(shown(path), content)
    parsed.set(path, file)
    return file
  }
  const forget = (path: string): void => {
    parsed.delete(path)
    texts.delete(shown(path))
  }
  const parse = (name: string, content: string): SiteFile => {
    const digest = digests.get(name) ?? ''
    const before = parses?.get(name)
    if (before?.digest === digest) return before.file
    const told = countTold(problems)
    const file = { file: name, root: loadYaml(name, content, told) }
    if (told.count() === 0) parses?.set(name, { digest, file })
    return file
  }
  const json = (path: string): JsonFile | undefined => {
    if (!isThere(path)) return undefined
    const content = text(path)
    if (content === undefined) return { file: shown(path), value: undefined, placeOf: () => start(path) }
    const placeOf: JsonFile['placeOf'] = (pointer, ofKey) => jsonPlace(shown(path), content, pointer, ofKey)
    const fault = findJsonFault(content)
    if (fault === undefined) return { file: shown(path), value: parseJson(content), placeOf }
    const before = content.slice(0, fault.offset).split('\n')
    const position = { file: shown(path), line: before.length, column: (before.at(-1) ?? '').length + 1 }
    problems.error('syntax', `not JSON: expected ${fault.expected}`, { position })
    return { file: shown(path), value: undefined, placeOf }
  }
  const names = (path: string): readonly string[] => {
    try {
      if (!existsSync(path)) return []
      if (isOutside(realpathSync(path), roots)) {
        problems.error('file', 'cannot be read: it is a link that leaves the site', { position: start(path) })
        return []
      }
      return readdirSync(path).filter(name => !isHidden(name))
    } catch (error) {
      problems.error('file', `cannot be read: ${whyUnreadable(error)}`, { position: start(path) })
      return []
    }
  }
  const list = (path: string): readonly Entry[] =>
    [...names(path)].sort(byCodeUnit).map(name => ({ name, isDirectory: () => isDirectory(join(path, name)) }))
  const plain = (path: string): TextFile | undefined => {
    const content = text(path)
    return content === undefined ? undefined : { file: shown(path), text: content }
  }
  // Mistakes are told file by file, and a file may have one on each of its lines.
  let last = { text: '', lines: [''] as readonly string[] }
  const line = (file: string, line: number) => {
    const text = texts.get(file)
    if (text !== undefined && text !== last.text) last = { text, lines: text.split(/\r?\n/) }
    return text === undefined ? undefined : last.lines[line - 1]
  }
  return { yaml, forget, json, text: plain, list, names, shown, line, digests }
}

/** No link to one. */
export const isDirectory = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Where files may lead, and where directories do, each asked once. */
type Bounds = { readonly roots: readonly string[]; readonly realDirectory: (path: string) => string }

/** Where a link leads, it stays within the site or this package. */
const readText = (
  path: string,
  { roots, realDirectory }: Bounds,
  content: Buffer | undefined,
  onBytes: (bytes: Buffer) => void,
): { ok: true; text: string } | { ok: false; reason: string; line?: number; column?: number } => {
  try {
    const itself = lstatSync(path)
    const isLink = itself.isSymbolicLink()
    const real = isLink ? realpathSync.native(path) : join(realDirectory(dirname(path)), basename(path))
    if (isOutside(real, roots)) return { ok: false, reason: 'it is a link that leaves the site' }
    const entry = isLink ? statSync(path) : itself
    if (!entry.isFile()) return { ok: false, reason: 'it is not a file' }
    const size = content?.length ?? entry.size
    if (size > maxFileBytes) return { ok: false, reason: `${size} bytes, and at most ${maxFileBytes} are read` }
    const bytes = content ?? readFileSync(path)
    onBytes(bytes)
    return decode(bytes)
  } catch (error) {
    return { ok: false, reason: whyUnreadable(error) }
  }
}

const isOutside = (real: string, roots: readonly string[]): boolean =>
  !roots.some(root => real === root || real.startsWith(root + sep))

/** Also a link that leads nowhere: it was put there to be read. */
export const isThere = (path: string): boolean =>
  existsSync(`${dirname(path)}/.`) && lstatSync(path, { throwIfNoEntry: false }) !== undefined
