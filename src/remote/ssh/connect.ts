// A connection to a host: through the hosts before it, with its key known and ours accepted. No agent is forwarded, and
// no key is ever taken on trust.
import { existsSync, readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import ssh2, { type Client, type ConnectConfig } from 'ssh2'
import { whyUnreadable } from '../../system/unreadable.js'
import { ConfigRefused, HostKeyRefused, HostUnreachable, NotLetIn } from '../remote-host.js'
import { credentialsOf } from './credentials.js'
import {
  entriesFor,
  fingerprintOf,
  type HostEntries,
  judgeHost,
  type KnownHost,
  keyType,
  parseKnownHosts,
  parseRevokedKeys,
} from './known-hosts.js'
import type { Asked, OperatorConfig, Target } from './operator-config.js'
import { shownArgv } from './quote.js'

export type Connection = {
  readonly target: Target
  readonly client: Client
  readonly isOpen: () => boolean
  /** Why the connection is lost, when it is. */
  readonly whyGone: () => string
  /** Ends it, and those that it goes through, also where the host says nothing any more. */
  readonly close: () => Promise<void>
}

/** Connects to a name as the configuration says; throws HostUnreachable, and where it is not dead NotLetIn. */
export const connect = async (
  config: OperatorConfig,
  name: string,
  asked: Asked = {},
  signal?: AbortSignal,
): Promise<Connection> => connectThrough({ config, signal }, targetOf(config, name, asked), [])

/** What the configuration asks for and cannot be done here is one host's affair. */
const targetOf = (config: OperatorConfig, name: string, asked: Asked): Target => {
  try {
    return config.targetOf(name, asked)
  } catch (error) {
    if (error instanceof ConfigRefused) throw new NotLetIn(error.message, { cause: error })
    throw error
  }
}

type Going = { readonly config: OperatorConfig; readonly signal: AbortSignal | undefined }

/** `from` are the names on the way so far: a host that is reached through itself is not reached. */
const connectThrough = async (
  { config, signal }: Going,
  target: Target,
  from: readonly string[],
  jumps = target.jumps,
): Promise<Connection> => {
  const last = jumps.at(-1)
  if (last === undefined) return connectOver(target, undefined, signal)
  if (from.includes(target.name)) throw new NotLetIn(`${target.name}: ProxyJump leads back to ${from[0]}`)
  const jump = jumpTarget(config, last)
  const before = jumps.slice(0, -1)
  const way = await connectThrough(
    { config, signal },
    jump,
    [...from, target.name],
    before.length > 0 ? before : jump.jumps,
  )
  // What goes through a host that hangs comes to an end by the end of the way alone.
  return orClosed(way, signal, () => connectOver(target, way, signal))
}

/** What begins with a connection that is to last; where that fails or is interrupted, the connection is closed. Throws the same. */
export const orClosed = async <Result>(
  connection: Pick<Connection, 'close'>,
  signal: AbortSignal | undefined,
  begin: () => Promise<Result>,
): Promise<Result> => {
  const close = (): void => void connection.close()
  signal?.addEventListener('abort', close)
  try {
    return await begin()
  } catch (error) {
    await connection.close()
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', close)
  }
}

/** `[USER@]HOST[:PORT]`, or the same as ssh://. */
const jumpTarget = (config: OperatorConfig, written: string): Target => {
  const [, user, bracketed, host, port] =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?\/?$/.exec(written) ?? []
  const name = bracketed ?? host
  if (name === undefined) throw new NotLetIn(`ProxyJump ${written}: expected [USER@]HOST[:PORT]`)
  return targetOf(config, name, { ...(user && { user }), ...(port && { port: Number(port) }) })
}

const connectOver = async (target: Target, way: Connection | undefined, signal?: AbortSignal): Promise<Connection> => {
  const sock = way && (await forward(way, target))
  const { methods, unusable } = credentialsOf(target)
  const known = entriesOf(target)
  const client = new ssh2.Client()
  signal?.throwIfAborted()
  let refusal: string | undefined
  let hasAnswered = false
  let isDenied = false
  let why = 'the connection is lost'
  const settings: ConnectConfig = {
    host: target.address,
    port: target.port,
    username: target.user,
    ...(sock && { sock }),
    readyTimeout: target.timeout,
    // A host that has vanished without a word is told from a silent one.
    keepaliveInterval: 15_000,
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: knownFirst([...known.named, ...known.bare]) },
    authHandler: [...methods],
    hostVerifier: (key: Buffer) => {
      refusal = refusalOf(target, known, key)
      return refusal === undefined
    },
  }
  const connected = new Promise<void>((resolve, reject) => {
    const fail = (cause?: Error): void => {
      const message = `${describe(target)}: ${why}`
      if (refusal !== undefined) reject(new HostKeyRefused(message, { cause }))
      else reject(isDenied ? new NotLetIn(message, { cause }) : new HostUnreachable(message, { cause }))
    }
    client
      .once('connect', () => {
        hasAnswered = true
      })
      .once('ready', resolve)
      .on('error', error => {
        // One that takes connections and goes no further hangs: that is as good as dead.
        isDenied = hasAnswered && error.level !== 'client-timeout'
        why = refusal ?? reasonOf(error, target, unusable)
        fail(error)
      })
      .once('close', () => {
        isDenied = hasAnswered
        fail()
      })
      .connect(settings)
  })
  // Nothing has begun there: who is interrupted waits for no host that hangs.
  const leave = (): void => void client.destroy()
  signal?.addEventListener('abort', leave)
  try {
    await connected
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', leave)
  }
  let isOpen = true
  client.once('close', () => {
    isOpen = false
  })
  const close = async (): Promise<void> => {
    // Not by `end`, which waits for the host to say that it has ended, too: one that hangs never does.
    client.destroy()
    await way?.close()
  }
  return { target, client, isOpen: () => isOpen, whyGone: () => why, close }
}

const forward = (way: Connection, { address, port, name }: Target): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    way.client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
      if (error)
        reject(new HostUnreachable(`${name}: ${way.target.name} reaches no ${address}:${port}: ${error.message}`))
      else resolve(channel)
    })
  })

/** `ce (root@ce.example.org)`: which machine, and where it was looked for. */
const describe = ({ name, user, address, port }: Target): string =>
  `${name} (${user}@${address}${port === 22 ? '' : `:${port}`})`

type ConnectError = Error & { readonly level?: string; readonly code?: string }

const reasonOf = (error: ConnectError, { timeout }: Target, unusable: readonly string[]): string => {
  if (error.level === 'client-timeout') return `no answer within ${timeout / 1000} s (ConnectTimeout)`
  if (error.level !== 'client-authentication') return networkReasons[error.code ?? ''] ?? error.message
  return ['it accepts none of our keys', ...unusable].join('; ')
}

/** In ssh's own words; Node names the call and the code. */
const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  ENOTFOUND: 'there is no such name in the DNS',
  EAI_AGAIN: 'no name server answers',
}

const entriesOf = (target: Target): HostEntries => {
  const { keyName, bareName } = target
  const all = readKnownHosts(target)
  return {
    named: [...entriesFor(all, keyName), ...readRevokedKeys(target)],
    bare: bareName === undefined ? [] : entriesFor(all, bareName),
  }
}

const readKnownHosts = (target: Target): readonly KnownHost[] =>
  target.knownHostsFiles.filter(file => existsSync(file)).flatMap(file => parseKnownHosts(file, readKeys(target, file)))

const readRevokedKeys = (target: Target): readonly KnownHost[] => {
  const { revokedKeysFile: file } = target
  if (file === undefined) return []
  const text = readKeys(target, file)
  if (!text.startsWith('SSHKRL')) return parseRevokedKeys(file, text)
  const remedy = 'name a file of public keys in RevokedHostKeys'
  throw new NotLetIn(`${describe(target)}: ${file}: lists of ssh-keygen -k are not understood here: ${remedy}`)
}

/** What cannot be read may hold the key that is revoked: such a host is not connected to. */
const readKeys = (target: Target, file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new NotLetIn(`${describe(target)}: ${file}: ${whyUnreadable(error)}`, { cause: error })
  }
}

/** A server has several keys, and shows the first kind that we ask for: that is to be one which we know. */
const knownFirst = (known: readonly KnownHost[]): ssh2.ServerHostKeyAlgorithm[] => {
  const types = new Set(known.filter(({ marker }) => marker === undefined).map(({ type }) => type))
  const isKnown = (algorithm: string): boolean => types.has(algorithm.startsWith('rsa-sha2') ? 'ssh-rsa' : algorithm)
  return [...algorithms.filter(isKnown), ...algorithms.filter(algorithm => !isKnown(algorithm))]
}

/** OpenSSH's own, in its order; the one of RSA with SHA-1 is no more among them. */
const algorithms: readonly ssh2.ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

/** Why a key is not taken, and what to do; undefined where it is known. */
const refusalOf = ({ keyName, command }: Target, known: HostEntries, key: Buffer): string | undefined => {
  const verdict = judgeHost(known, key)
  const { file = '', line } = ('entry' in verdict && verdict.entry) || {}
  const at = `${file}:${line}`
  const shown = `${keyType(key)} ${fingerprintOf(key)}`
  switch (verdict.is) {
    case 'known':
      return undefined
    case 'unknown':
      return `its key ${shown} is not in known_hosts as ${keyName}: compare it with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then run \`${command}\` once`
    case 'changed':
      return `its key ${shown} is another than that at ${at}: somebody may be in between; if the host was installed anew: ${shownArgv(['ssh-keygen', '-f', file, '-R', keyName])}`
    case 'revoked':
      return `its key ${shown} is revoked at ${at}`
    case 'authority':
      return `${at} trusts an authority for it, and certificates of hosts are not understood here: add the host's own key ${shown}`
  }
}
