// The operator's own ssh configuration: a host is reached as `ssh HOST` would reach it (ssh_config(5)). What stands in the
// files is read by config-lines.ts and judged for a host by settings.ts; what it comes to, with the tokens of values, is here.
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { homedir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { ConfigRefused } from '../remote-host.js'
import { expandedHome, readConfigLines, refuseMisspelt } from './config-lines.js'
import { lookupName } from './known-hosts.js'
import { shownArgv } from './quote.js'
import { expandedName, settingsFor } from './settings.js'

/** How a name is reached. */
export type Target = {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  /** The command by which ssh itself goes the same way. */
  readonly command: string
  /** The name that its key is known by. */
  readonly keyName: string
  /** The name without a port, which its key may be known by as well. */
  readonly bareName: string | undefined
  readonly identityFiles: readonly string[]
  /** No key of the agent counts that is not among the files. */
  readonly identitiesOnly: boolean
  /** The socket of the ssh agent. */
  readonly agent: string | undefined
  /** The hosts to go through, nearest first: `[USER@]HOST[:PORT]`. */
  readonly jumps: readonly string[]
  readonly knownHostsFiles: readonly string[]
  /** Of keys that no host is believed by. */
  readonly revokedKeysFile: string | undefined
  /** Milliseconds. */
  readonly timeout: number
}

export type OperatorConfig = {
  /** How to reach a name; `address` stands in where the configuration has no HostName. */
  readonly targetOf: (name: string, asked?: Asked) => Target
}

export type Asked = { readonly address?: string; readonly user?: string; readonly port?: number }

/** Of this file alone, as by `ssh -F FILE`; by default the user's and then the system's. */
export const readOperatorConfig = (file: string | undefined): OperatorConfig => {
  const own = join(homedir(), '.ssh')
  const files =
    file === undefined
      ? [join(own, 'config'), '/etc/ssh/ssh_config']
          .filter(path => existsSync(path))
          .map(path => readConfigLines(path, dirname(path)))
      : [readConfigLines(file, own)]
  for (const lines of files) refuseMisspelt(lines)
  return {
    targetOf: (name, asked = {}) => {
      const settings = settingsFor(files, { name, user: asked.user, localUser: userInfo().username })
      return targetFrom(name, { ...asked, file }, key => settings.get(key) ?? [])
    },
  }
}

/** ssh's own names of keys, in its order. */
const ownKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const ownKnownHosts = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']
const systemKnownHosts = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']

type Sought = Asked & { readonly file: string | undefined }

const targetFrom = (name: string, asked: Sought, valuesOf: (key: string) => readonly string[]): Target => {
  const first = (key: string): string | undefined => valuesOf(key)[0]
  const orDefault = (values: readonly string[], otherwise: readonly string[]) =>
    values.length > 0 ? values : otherwise
  const isSet = (key: string): boolean => (first(key) ?? 'none').toLowerCase() !== 'none'
  if (isSet('proxycommand'))
    throw new ConfigRefused(`${name}: ProxyCommand is not run: reach it by ProxyJump, or by a --ssh-config of its own`)
  const hostName = first('hostname')
  const found = hostName === undefined ? (asked.address ?? name) : expandedName(hostName, name)
  const address = isIP(found) === 0 ? found.toLowerCase() : found
  const alias = first('hostkeyalias')
  const user = asked.user ?? first('user') ?? userInfo().username
  const port = asked.port ?? portOf(name, first('port'))
  const expand = (text: string): string =>
    expanded(text, { h: address, n: name, p: String(port), r: user, u: userInfo().username, d: homedir() })
  return {
    name,
    address,
    port,
    user,
    command: sshCommand(name, asked, hostName === undefined),
    keyName: alias ?? lookupName(address, port),
    bareName: alias === undefined && port !== 22 ? lookupName(address, 22) : undefined,
    identityFiles: orDefault(
      valuesOf('identityfile'),
      ownKeys.map(key => `~/.ssh/${key}`),
    ).map(expand),
    identitiesOnly: isYes(name, 'IdentitiesOnly', first('identitiesonly')),
    agent: agentOf(first('identityagent'), expand),
    jumps: isSet('proxyjump') ? (first('proxyjump') ?? '').split(',').map(jump => jump.trim()) : [],
    knownHostsFiles: [
      ...orDefault(valuesOf('userknownhostsfile'), ownKnownHosts),
      ...orDefault(valuesOf('globalknownhostsfile'), systemKnownHosts),
    ]
      .filter(file => file.toLowerCase() !== 'none')
      .map(expand),
    revokedKeysFile: isSet('revokedhostkeys') ? expand(first('revokedhostkeys') ?? '') : undefined,
    timeout: timeoutOf(name, first('connecttimeout')),
  }
}

/** What stands in no file is said to it; `isAddressOurs`: the configuration gives no HostName. */
const sshCommand = (name: string, { file, address, user, port }: Sought, isAddressOurs: boolean): string =>
  shownArgv([
    'ssh',
    ...(file === undefined ? [] : ['-F', file]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(isAddressOurs && address !== undefined ? ['-o', `HostName=${address}`] : []),
    name,
  ])

const portOf = (name: string, written = '22'): number => {
  const port = /^\d+$/.test(written) ? Number(written) : 0
  if (port > 0 && port < 65536) return port
  throw new ConfigRefused(`${name}: Port ${written}: expected a number from 1 to 65535`)
}

const isYes = (name: string, keyword: string, written = 'no'): boolean => {
  if (/^(yes|true)$/i.test(written)) return true
  if (/^(no|false)$/i.test(written)) return false
  throw new ConfigRefused(`${name}: ${keyword} ${written}: expected yes or no`)
}

/** Milliseconds; where ssh would wait for ever, 20 s. */
const timeoutOf = (name: string, written = 'none'): number => {
  const seconds = written === 'none' ? 0 : secondsOf(written)
  if (!(seconds < 2 ** 31))
    throw new ConfigRefused(`${name}: ConnectTimeout ${written}: expected seconds, 1m30s or none`)
  // A timer of Node with more goes off at once.
  return Math.min(1000 * (seconds || 20), 2 ** 31 - 1)
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** sshd_config(5), TIME FORMATS: `90`, `1h30m`; NaN where it is none. */
const secondsOf = (written: string): number =>
  /^(?:\d+[smhdw])*\d*$/i.test(written)
    ? [...written.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)]
        .map(([, count, unit]) => Number(count) * (units[unit || 's'] ?? 1))
        .reduce((sum, seconds) => sum + seconds, 0)
    : Number.NaN

/** SSH_AUTH_SOCK, unless the configuration names a socket, another variable or none. */
const agentOf = (written: string | undefined, expand: (text: string) => string): string | undefined => {
  if (written === undefined || written === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined
  if (written.toLowerCase() === 'none') return undefined
  return written.startsWith('$') && !written.startsWith('${') ? process.env[written.slice(1)] : expand(written)
}

/** `~`, `${VARIABLE}` and `%h` (ssh_config(5), TOKENS). */
const expanded = (text: string, tokens: Readonly<Record<string, string>>): string =>
  expandedHome(text).replace(/%([a-z%])/g, (written, token: string) =>
    token === '%' ? '%' : (tokens[token] ?? written),
  )
