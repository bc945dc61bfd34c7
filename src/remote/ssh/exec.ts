// Runs a command over a connection to its end. It is on a leash (leash.ts): the end of the connection, of the time or
// of the patience tells it to end.
import type { ClientChannel } from 'ssh2'
import type { ExecResult } from '../../model/system.js'
import { HostLost, type RemoteExecOptions } from '../remote-host.js'
import { aborted, answeredWithin } from './answered.js'
import type { Connection } from './connect.js'
import { leashed } from './leash.js'
import { quoteArgv } from './quote.js'

/** Between telling a command that its time is over and giving it up. */
const grace = 10_000

/** Milliseconds until a host that answers begins a command. */
const startLimit = 60_000

/** Bytes of an output: a host takes no more of our memory. */
const maxOutput = 32 * 1024 ** 2

/** A command as root, on its leash; `sudo` are the arguments that make root of the user, none for root. */
export const execOnLeash = (
  connection: Connection,
  sudo: readonly string[],
  argv: readonly string[],
  options: RemoteExecOptions,
): Promise<ExecResult> => {
  const input = Buffer.from(options.stdin ?? '')
  return exec(connection, [...sudo, ...leashed(argv, input.length)], { ...options, input })
}

type Options = Omit<RemoteExecOptions, 'stdin'> & { readonly input?: Buffer }

/** A command as the user, through the login shell. Standard input stays open behind `input` until it has to end. */
export const exec = async (
  connection: Connection,
  argv: readonly string[],
  { timeout, signal, onLine, input }: Options,
): Promise<ExecResult> => {
  const channel = await openChannel(connection, quoteArgv(argv))
  const over = new AbortController()
  const giveUp = (why: string): void => {
    over.abort(lost(connection, why))
    channel.destroy()
  }
  const tooMuch = (): void => giveUp(`a command said more than ${maxOutput} bytes`)
  const [stdout, stderr] = [collect(channel, tooMuch), collect(channel.stderr, tooMuch)]
  if (onLine !== undefined) tellLines(channel.stderr, onLine)
  const end = (): void => void channel.end()
  let isLate = false
  const timers = [
    setTimeout(() => {
      isLate = true
      end()
    }, timeout),
    setTimeout(() => giveUp(`a command did not end within ${timeout / 1000} s, nor when told to`), timeout + grace),
  ]
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  else if (input !== undefined && input.length > 0) channel.write(input)
  try {
    const code = await Promise.race([exitOf(channel), aborted(over.signal)])
    if (isLate) throw lost(connection, `a command did not end within ${timeout / 1000} s, and was told to end`)
    if (typeof code === 'number') return { code, stdout: stdout(), stderr: stderr() }
    throw lost(connection, code === undefined ? connection.whyGone() : `a command was ended by ${code} there`)
  } finally {
    for (const timer of timers) clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

export const lost = ({ target }: Connection, why: string, cause?: unknown): HostLost =>
  new HostLost(`${target.name}: ${why}`, { cause })

const openChannel = async (connection: Connection, command: string): Promise<ClientChannel> => {
  const { client, isOpen, whyGone } = connection
  try {
    return await answeredWithin<ClientChannel>(startLimit, done => client.exec(command, done))
  } catch (error) {
    throw lost(connection, isOpen() ? (error as Error).message : whyGone(), error)
  }
}

/** The exit code or the name of the signal; undefined where neither came, for the connection was lost. */
const exitOf = (channel: ClientChannel): Promise<number | string | undefined> =>
  new Promise(resolve => {
    // What ends without having read its input tells by its exit code.
    channel.on('error', () => undefined)
    channel.once('close', (code?: number | null, signal?: string) => resolve(code ?? signal))
  })

const collect = (stream: NodeJS.ReadableStream, tooMuch: () => void): (() => string) => {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxOutput) tooMuch()
    else chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString()
}

const tellLines = (stream: NodeJS.ReadableStream, onLine: (line: string) => void): void => {
  const decoder = new TextDecoder()
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}
