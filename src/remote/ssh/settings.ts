// What the lines of ssh_config files set for one host, as ssh finds it (its readconf.c): line by line, the first value
// counts, and a file is gone through where the Include line stands and only if that counts. Pure.
import { matchesPatterns } from './glob.js'

export type ConfigLine = {
  /** `FILE:LINE` */
  readonly place: string
  /** The keyword as it is written; `keyword` is in lower case. */
  readonly written: string
  readonly keyword: string
  /** Without their quotes; none where only ssh needs them. */
  readonly words: readonly string[]
  /** The lines of each file that an Include names. */
  readonly included: readonly (readonly ConfigLine[])[]
}

/** By keyword in lower case. */
export type Settings = ReadonlyMap<string, readonly string[]>

/** The host's name as it is asked for, and the user that is asked for, if any. */
export type Who = { readonly name: string; readonly user: string | undefined; readonly localUser: string }

export const settingsFor = (files: readonly (readonly ConfigLine[])[], { name, user, localUser }: Who): Settings => {
  const found = new Map<string, readonly string[]>(user === undefined ? [] : [['user', [user]]])
  const first: Pass = { found, name, host: name, localUser, isFinal: false, wants: { final: false } }
  for (const lines of files) goThrough(lines, first, true)
  if (first.wants.final) {
    const last = { ...first, host: hostIn(first).toLowerCase(), isFinal: true }
    for (const lines of files) goThrough(lines, last, true)
  }
  return found
}

/** ssh goes through all files once more where a `Match final` stands in them. */
type Pass = Omit<Who, 'user'> & {
  readonly found: Map<string, readonly string[]>
  /** What Host is about: the name, and at last the name behind HostName. */
  readonly host: string
  readonly isFinal: boolean
  readonly wants: { final: boolean }
}

/** The lines of one file. Where what includes it does not count, nothing in it does, whatever sections it begins. */
const goThrough = (lines: readonly ConfigLine[], pass: Pass, counts: boolean): void => {
  let isIn = counts
  for (const line of lines) {
    if (line.keyword === 'host') isIn = counts && matchesPatterns(line.words, pass.host)
    else if (line.keyword === 'match') isIn = isMatched(line, pass) && counts
    else if (line.keyword === 'include') for (const included of line.included) goThrough(included, pass, isIn)
    else if (isIn) set(line, pass)
  }
}

/** The first of these two counts; HostName comes too late where the name behind it has been gone by. */
const rivals: Readonly<Record<string, string>> = { proxyjump: 'proxycommand', proxycommand: 'proxyjump' }

const set = ({ keyword, words }: ConfigLine, { found, isFinal }: Pass): void => {
  const before = found.get(keyword)
  if (keyword === 'identityfile') found.set(keyword, [...new Set([...(before ?? []), ...words])])
  else if (before !== undefined || found.has(rivals[keyword] ?? '') || (isFinal && keyword === 'hostname')) return
  else found.set(keyword, words)
}

/** Whether all criteria of a Match hold. */
const isMatched = ({ words }: ConfigLine, pass: Pass): boolean => {
  let isSo = true
  const left = [...words]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const criterion = word.toLowerCase()
    const isAlone = ['all', 'final', 'canonical'].includes(criterion)
    if (criterion === 'final') pass.wants.final = true
    isSo = holds(criterion, isAlone ? '' : (left.shift() ?? ''), pass) && isSo
  }
  return isSo
}

const holds = (criterion: string, list: string, pass: Pass): boolean => {
  const patterns = list.split(',')
  switch (criterion) {
    case 'all':
      return true
    case 'final':
    case 'canonical':
      return pass.isFinal
    case 'host':
      return matchesPatterns(patterns, hostIn(pass), 'i')
    case 'originalhost':
      return matchesPatterns(patterns, pass.name, 'i')
    case 'user':
      return matchesPatterns(patterns, pass.found.get('user')?.[0] ?? pass.localUser)
    case 'localuser':
      return matchesPatterns(patterns, pass.localUser)
    default:
      // `exec` runs whatever is written there through a shell.
      return false
  }
}

/** The name behind HostName, as far as it is known. */
const hostIn = ({ found, name, host, isFinal }: Pass): string => {
  const [written] = found.get('hostname') ?? []
  return isFinal || written === undefined ? host : expandedName(written, name)
}

/** A HostName may have the name itself: `%h.example.org`. */
export const expandedName = (written: string, name: string): string =>
  written.replace(/%([h%])/g, (_, token) => (token === 'h' ? name : '%'))
