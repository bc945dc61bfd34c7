// What the lines of ssh_config files set for one host, as ssh finds it (its readconf.c): line by line, the first value
// counts, and a file is gone through where the Include line stands and only if that counts. Pure.
import { ConfigRefused } from '../remote-host.js'
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

/** Whether a line counts; the criterion that tells where that is one which is not judged here. */
type Standing = boolean | string

/** The lines of one file. Where what includes it does not count, nothing in it does, whatever sections it begins. */
const goThrough = (lines: readonly ConfigLine[], pass: Pass, counts: Standing): void => {
  let standing = counts
  for (const line of lines) {
    if (line.keyword === 'host') standing = both(counts, matchesPatterns(line.words, pass.host))
    else if (line.keyword === 'match') standing = both(counts, isMatched(line, pass))
    else if (line.keyword === 'include') for (const included of line.included) goThrough(included, pass, standing)
    else if (standing !== false) set(line, pass, standing)
  }
}

const both = (one: Standing, other: Standing): Standing => {
  if (one === false || other === false) return false
  return one === true ? other : one
}

/** The first of these two counts; HostName comes too late where the name behind it has been gone by. */
const rivals: Readonly<Record<string, string>> = { proxyjump: 'proxycommand', proxycommand: 'proxyjump' }

const set = (
  { place, written, keyword, words }: ConfigLine,
  { found, name, isFinal }: Pass,
  standing: Standing,
): void => {
  if (words.length === 0 || keyword === 'ignoreunknown') return
  const before = found.get(keyword)
  const isMore = keyword === 'identityfile'
  if (!isMore && (before !== undefined || found.has(rivals[keyword] ?? ''))) return
  if (isFinal && keyword === 'hostname') return
  if (typeof standing === 'string') {
    const why = `${place}: ${written} depends on Match ${standing}, which is not judged here`
    throw new ConfigRefused(`${name}: ${why}: reach it by a --ssh-config of its own`)
  }
  found.set(keyword, isMore ? [...new Set([...(before ?? []), ...words])] : words)
}

/** Whether all criteria of a Match hold. */
const isMatched = ({ place, words }: ConfigLine, pass: Pass): Standing => {
  let standing: Standing = true
  const left = [...words]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const criterion = word.toLowerCase().replace(/^!/, '')
    const isAlone = ['all', 'final', 'canonical'].includes(criterion)
    const list = isAlone ? '' : left.shift()
    if (list === undefined) throw new ConfigRefused(`${place}: Match ${word}: a value is missing`)
    if (criterion === 'all' && left.length > 0) throw new ConfigRefused(`${place}: Match all stands alone`)
    if (criterion === 'final') pass.wants.final = true
    const isHeld = holds(criterion, list.split(','), pass)
    standing = both(standing, isHeld === undefined ? word : isHeld !== word.startsWith('!'))
  }
  return standing
}

/** Undefined for what is not judged here: `exec`, which would run what stands there through a shell, and what only newer ones know. */
const holds = (criterion: string, patterns: readonly string[], pass: Pass): boolean | undefined => {
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
      return undefined
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
