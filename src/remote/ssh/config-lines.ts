// The lines of ssh_config files, taken apart as ssh does it (its readconf.c), with the files that they include. Whether a
// line counts for a host is judged elsewhere, by host (settings.ts).
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { whyUnreadable } from '../../system/unreadable.js'
import { ConfigRefused } from '../remote-host.js'
import { globPattern } from './glob.js'
import type { ConfigLine } from './settings.js'

/** A name of Include that is not absolute is below `base`. */
export const readConfigLines = (path: string, base: string, depth = 0): readonly ConfigLine[] => {
  // ssh's own limit: a file that includes itself has no end.
  if (depth > 16) throw new ConfigRefused(`${path}: files that include each other 16 deep`)
  return readText(path)
    .split('\n')
    .flatMap((text, index) => {
      const [, written, value = ''] = /^\s*"?([^\s="#][^\s="]*)"?\s*=?\s*(.*?)\s*$/.exec(text) ?? []
      if (written === undefined) return []
      const place = `${path}:${index + 1}`
      const keyword = oldNames.get(written.toLowerCase()) ?? written.toLowerCase()
      const words = isRead(keyword) ? wordsOf(value, place, keyword === 'match' ? /[ \t=]/ : /[ \t]/) : []
      if (words.length > 1 && !mayHaveMore(keyword, words))
        throw new ConfigRefused(`${place}: ${written} ${words.join(' ')}: one value is expected`)
      const names = keyword === 'include' ? words.flatMap(name => filesOf(name, base)) : []
      return [{ place, written, keyword, words, included: names.map(name => readConfigLines(name, base, depth + 1)) }]
    })
}

/** What is read of a file here; all else is for ssh alone. */
const keywords = [
  ...['Host', 'Match', 'Include', 'HostName', 'Port', 'User', 'ConnectTimeout', 'IdentityFile', 'IdentitiesOnly'],
  ...['IdentityAgent', 'ProxyJump', 'ProxyCommand', 'UserKnownHostsFile', 'GlobalKnownHostsFile', 'HostKeyAlias'],
  'RevokedHostKeys',
]
const read = new Set(['ignoreunknown', ...keywords.map(keyword => keyword.toLowerCase())])
const isRead = (keyword: string): boolean => read.has(keyword)

const several = ['host', 'match', 'include', 'proxycommand', 'proxyjump', 'userknownhostsfile', 'globalknownhostsfile']

/** `none` stands alone. */
const mayHaveMore = (keyword: string, words: readonly string[]): boolean =>
  several.includes(keyword) && !(keyword.endsWith('hostsfile') && words.some(word => word.toLowerCase() === 'none'))

/** What ssh still takes for another one. */
const oldNames = new Map([['identityfile2', 'identityfile']])
/** What ssh still takes, and leaves out. */
const leftOut = ['userknownhostsfile2', 'globalknownhostsfile2']

/**
 * Where one of them is misspelt, a host would be reached otherwise than is meant. ssh refuses whatever it does not know; which
 * that is depends on its release, but no name in the table of its readconf.c is so near to one of these, save the old ones.
 */
export const refuseMisspelt = (lines: readonly ConfigLine[]): void => {
  const all = withIncluded(lines)
  const ignored = all
    .filter(({ keyword }) => keyword === 'ignoreunknown')
    .flatMap(({ words }) => words.flatMap(word => word.split(',')))
    .map(pattern => globPattern(pattern, 'i'))
  for (const { place, written, keyword } of all) {
    const meant = keywords.find(one => isNear(keyword, one.toLowerCase()))
    if (meant === undefined || ignored.some(pattern => pattern.test(keyword))) continue
    throw new ConfigRefused(`${place}: ssh knows no ${written}: ${meant} is meant, or IgnoreUnknown ${written}`)
  }
}

const withIncluded = (lines: readonly ConfigLine[]): readonly ConfigLine[] =>
  lines.flatMap(line => [line, ...line.included.flatMap(withIncluded)])

const isNear = (written: string, keyword: string): boolean => {
  const slips = distance(written, keyword)
  return slips > 0 && slips <= (keyword.length < 6 ? 1 : 2) && !isRead(written) && !leftOut.includes(written)
}

/** The words of a value, as argv_split of ssh's misc.c has them: `\` stands before a quote, another `\` or a blank. */
const wordsOf = (value: string, place: string, blank: RegExp): readonly string[] => {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < value.length; at += 1) {
    const [char = '', next = ''] = [value.charAt(at), value.charAt(at + 1)]
    const isBlank = quote === '' && blank.test(char)
    if (isBlank && word !== undefined) words.push(word)
    if (isBlank) word = undefined
    else if (char === '#' && word === undefined) break
    else if (char === quote) quote = ''
    else if (quote === '' && /["']/.test(char)) [quote, word] = [char, word ?? '']
    else if (char === '\\' && (/["'\\]/.test(next) || (quote === '' && next === ' '))) {
      word = (word ?? '') + next
      at += 1
    } else word = (word ?? '') + char
  }
  if (quote !== '') throw new ConfigRefused(`${place}: a quote is not closed`)
  if (word !== undefined) words.push(word)
  if (words.length === 0 || words.includes('')) throw new ConfigRefused(`${place}: a value is missing`)
  return words
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigRefused(`${path}: ${whyUnreadable(error)}`, { cause: error })
  }
}

/** The files that a name of Include stands for, `config.d/*.conf`, in order; as in glob(7), `*` is no dot in front. */
const filesOf = (written: string, base: string): readonly string[] => {
  const named = expandedHome(written)
  const path = isAbsolute(named) ? named : join(base, named)
  if (!/[*?]/.test(path)) return existsSync(path) ? [path] : []
  const pattern = globPattern(basename(path))
  const directory = dirname(path)
  const names = existsSync(directory) ? readdirSync(directory) : []
  return names
    .filter(name => pattern.test(name) && (!name.startsWith('.') || basename(path).startsWith('.')))
    .sort()
    .map(name => join(directory, name))
}

/** `~` and `${VARIABLE}`. */
export const expandedHome = (text: string): string =>
  text.replace(/^~(?=\/|$)/, homedir()).replace(/\$\{(\w+)\}/g, (_, variable: string) => process.env[variable] ?? '')
