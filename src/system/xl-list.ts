// What `xl list` prints: the domains of a host, and how each of them stands.
import { CommandFailed } from '../model/system.js'

export type DomainState = 'running' | 'paused' | 'shut down' | 'crashed' | 'dying'

/** As xl tells them apart; `unknown`: by a letter that it does not explain. */
export type ShutdownReason = 'poweroff' | 'reboot' | 'suspend' | 'crash' | 'watchdog' | 'soft reset' | 'unknown'

export type ListedDomain = {
  readonly name: string
  readonly id: number
  /** What it has, in MiB. */
  readonly memory: number
  readonly state: DomainState
  readonly reason: ShutdownReason | undefined
}

/**
 * Every domain but Domain-0. A dying one whose name Xen has already forgotten, `(null)`, is left out: it is nobody's. Throws
 * CommandFailed.
 */
export const parseList = (list: string): readonly ListedDomain[] =>
  list
    .split('\n')
    .slice(1)
    .filter(line => line.trim() !== '')
    .map(parseLine)
    .filter(({ id, name }) => id !== 0 && name !== '(null)')

/** `g1    1   128     1     -b----      18.2` */
const parseLine = (line: string): ListedDomain => {
  const [, name, id, memory, letters] = /^(.*?)\s+(\d+)\s+(\d+)\s+\d+\s+([-a-zS?]{6})\s+[\d.]+\s*$/.exec(line) ?? []
  if (name === undefined || letters === undefined)
    throw new CommandFailed(['xl', 'list'], { reason: `printed a line of no known form: ${line}` })
  return { name, id: Number(id), memory: Number(memory), state: parseState(letters), reason: reasons[letters[4] ?? ''] }
}

/** The fifth letter of a domain that has shut down; `xl list -v` prints its number as well (xl_info.c, Xen 4.17). */
const reasons: Readonly<Record<string, ShutdownReason>> = {
  '-': 'poweroff',
  r: 'reboot',
  s: 'suspend',
  c: 'crash',
  w: 'watchdog',
  S: 'soft reset',
  '?': 'unknown',
}

/**
 * The letters `rbpscd` of xl(1). Running, blocked and none of all (just now neither) are the same here. A kept domain
 * shows more than one, as `--ps--`: what is worse counts.
 */
const parseState = (letters: string): DomainState => {
  if (letters.includes('d')) return 'dying'
  if (letters[4] === 'c') return 'crashed'
  if (letters[3] === 's') return 'shut down'
  return letters.includes('p') ? 'paused' : 'running'
}
