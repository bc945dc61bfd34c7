// The operator's own ssh configuration: a host is reached as `ssh HOST` would reach it (ssh_config(5)). The library
// ssh-config reads a file; Include, the system's file behind the user's, and the tokens of values are done here.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { distance } from 'fastest-levenshtein'
import SSHConfig from 'ssh-config'
import { whyUnreadable } from '../../system/unreadable.js'
import { ConfigRefused } from '../remote-host.js'
import { globPattern } from './glob.js'
import { lookupName } from './known-hosts.js'
import { shownArgv } from './quote.js'

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
  const text =
    file === undefined
      ? [join(own, 'config'), '/etc/ssh/ssh_config']
          .filter(path => existsSync(path))
          .map(path => textOf(path, dirname(path)))
          .join('\nHost *\n')
      : textOf(file, own)
  const config = parsed(text, file ?? 'ssh_config')
  refuseMisspelt(text, file ?? 'ssh_config')
  return {
    targetOf: (name, asked = {}) => {
      const found = config.compute({ Host: name, ...(asked.user && { User: asked.user }) }, computing)
      return targetFrom(name, { ...asked, file }, key => [found[key] ?? []].flat())
    },
  }
}

const parsed = (text: string, file: string): SSHConfig => {
  try {
    return SSHConfig.parse(text)
  } catch (error) {
    throw new ConfigRefused(`${file}: ${(error as Error).message}`, { cause: error })
  }
}

/** What is read of a file here; all else is for ssh alone. */
const keywords = [
  ...['Host', 'Match', 'Include', 'HostName', 'Port', 'User', 'ConnectTimeout', 'IdentityFile', 'IdentitiesOnly'],
  ...['IdentityAgent', 'ProxyJump', 'ProxyCommand', 'UserKnownHostsFile', 'GlobalKnownHostsFile', 'HostKeyAlias'],
  'RevokedHostKeys',
]

/**
 * Where one of them is misspelt, a host would be reached otherwise than is meant. ssh refuses whatever it does not know; which
 * that is depends on its release, but none has a keyword so near to one of these.
 */
const refuseMisspelt = (text: string, file: string): void => {
  const written = [...text.matchAll(/^\s*([a-z0-9]+)[\s="]+(.*)$/gim)].map(([, key = '', value = '']) => ({
    key,
    value,
  }))
  const ignored = written
    .filter(({ key }) => key.toLowerCase() === 'ignoreunknown')
    .flatMap(({ value }) => value.replaceAll('"', '').split(/[\s,]+/))
    .map(pattern => globPattern(pattern, 'i'))
  for (const { key } of written) {
    const meant = keywords.find(keyword => isNear(key.toLowerCase(), keyword.toLowerCase()))
    if (meant === undefined || ignored.some(pattern => pattern.test(key))) continue
    throw new ConfigRefused(`${file}: ssh knows no ${key}: ${meant} is meant, or IgnoreUnknown ${key}`)
  }
}

const isNear = (written: string, keyword: string): boolean => {
  const slips = distance(written, keyword)
  return slips > 0 && slips <= (keyword.length < 6 ? 1 : 2) && !keywords.some(one => one.toLowerCase() === written)
}

/** `Match exec` runs whatever is written there through a shell: it never matches here. */
const computing = { ignoreCase: true, matchExec: false }

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
  const address = (first('hostname') ?? asked.address ?? name).replaceAll('%h', name)
  const user = asked.user ?? first('user') ?? userInfo().username
  const port = asked.port ?? portOf(name, first('port'))
  const expand = (text: string): string =>
    expanded(text, { h: address, n: name, p: String(port), r: user, u: userInfo().username, d: homedir() })
  return {
    name,
    address,
    port,
    user,
    command: sshCommand(name, asked, first('hostname') === undefined),
    keyName: first('hostkeyalias') ?? lookupName(address, port),
    identityFiles: orDefault(
      valuesOf('identityfile'),
      ownKeys.map(key => `~/.ssh/${key}`),
    ).map(expand),
    identitiesOnly: first('identitiesonly')?.toLowerCase() === 'yes',
    agent: agentOf(first('identityagent'), expand),
    jumps: isSet('proxyjump') ? (first('proxyjump') ?? '').split(',').map(jump => jump.trim()) : [],
    knownHostsFiles: [
      ...orDefault(valuesOf('userknownhostsfile').flatMap(words), ownKnownHosts),
      ...orDefault(valuesOf('globalknownhostsfile').flatMap(words), systemKnownHosts),
    ].map(expand),
    revokedKeysFile: isSet('revokedhostkeys') ? expand(first('revokedhostkeys') ?? '') : undefined,
    timeout: 1000 * (Number(first('connecttimeout')) || 20),
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

const words = (value: string): readonly string[] => value.split(/\s+/).filter(word => word !== '')

const portOf = (name: string, written: string | undefined): number => {
  const port = Number(written ?? 22)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new ConfigRefused(`${name}: Port ${written}: expected a number from 1 to 65535`)
}

/** SSH_AUTH_SOCK, unless the configuration names a socket, another variable or none. */
const agentOf = (written: string | undefined, expand: (text: string) => string): string | undefined => {
  if (written === undefined || written === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined
  if (written.toLowerCase() === 'none') return undefined
  return written.startsWith('$') && !written.startsWith('${') ? process.env[written.slice(1)] : expand(written)
}

/** `~`, `${VARIABLE}` and `%h` (ssh_config(5), TOKENS). */
const expanded = (text: string, tokens: Readonly<Record<string, string>>): string =>
  text
    .replace(/^~(?=\/|$)/, homedir())
    .replace(/\$\{(\w+)\}/g, (_, variable: string) => process.env[variable] ?? '')
    .replace(/%([a-z%])/g, (written, token: string) => (token === '%' ? '%' : (tokens[token] ?? written)))

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigRefused(`${path}: ${whyUnreadable(error)}`, { cause: error })
  }
}

/** The text of a file with what it includes. A name that is not absolute is below `base`. */
const textOf = (path: string, base: string, depth = 0): string => {
  // ssh's own limit: a file that includes itself has no end.
  if (depth > 16) throw new ConfigRefused(`${path}: files that include each other 16 deep`)
  let section = 'Host *'
  return readText(path)
    .split('\n')
    .map(line => {
      if (/^\s*(host|match)[\s=]/i.test(line)) section = line
      const [, names] = /^\s*include[\s=]+(.*)$/i.exec(line) ?? []
      if (names === undefined) return line
      const included = words(names.replaceAll('"', '')).flatMap(name => filesOf(name, base))
      // What follows belongs to the section that the line stands in, whatever sections the included files begin.
      return [...included.map(file => textOf(file, base, depth + 1)), section].join('\n')
    })
    .join('\n')
}

/** The files that a name of Include stands for, `config.d/*.conf`, in order. */
const filesOf = (written: string, base: string): readonly string[] => {
  const named = expanded(written, {})
  const path = isAbsolute(named) ? named : join(base, named)
  if (!/[*?]/.test(path)) return existsSync(path) ? [path] : []
  const pattern = globPattern(basename(path))
  const directory = dirname(path)
  const names = existsSync(directory) ? readdirSync(directory) : []
  return names
    .filter(name => pattern.test(name))
    .sort()
    .map(name => join(directory, name))
}
