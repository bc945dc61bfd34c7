// A host as it is worked on from elsewhere. The agent is carried to it and run there, with that host's own state and
// lock: nothing of a run is decided on this side. Reaching one is a function, so that ssh and a simulated host serve alike.
import type { ExecResult } from '../model/system.js'

export type RemoteExecOptions = {
  /** Milliseconds until what runs on the host is told to end (SIGTERM), and the call fails. */
  readonly timeout: number
  /** Tells what runs there to end; the call returns what it still has to say. */
  readonly signal?: AbortSignal
  readonly stdin?: string
  /** Called with each full line of stderr as it comes: an agent's progress. */
  readonly onLine?: (line: string) => void
}

export type RemoteHost = {
  /** The machine's name. */
  readonly name: string
  /** Runs a command as root. A non-zero exit is a result; a lost connection or the time limit throws HostLost. */
  exec(argv: readonly string[], options: RemoteExecOptions): Promise<ExecResult>
  /** Runs the carried agent: `exec` of it with these arguments, e.g. ['run', '--document', FILE, '--json']. */
  agent(args: readonly string[], options: RemoteExecOptions): Promise<ExecResult>
  /** Puts a file there: temporary name, fsync, rename; the file has exactly this mode. */
  put(path: string, content: Uint8Array | string, mode: number): Promise<void>
  close(): Promise<void>
}

/**
 * Reaches a host by its machine's name; throws HostUnreachable where nothing answers or it does not let us in, and the
 * signal's reason where it comes before the host is reached.
 */
export type Reach = (host: string, signal?: AbortSignal) => Promise<RemoteHost>

/** A host that nothing answers for, or that does not let us in; the message names the host, the address and why. */
export class HostUnreachable extends Error {
  override readonly name: string = 'HostUnreachable'
}

/**
 * Something answers, the host or one before it, and it is we who do not get in: our key, our configuration, our rights there.
 * That is no sign that the host is off: it is to be mended, and asked again.
 */
export class NotLetIn extends HostUnreachable {
  override readonly name: string = 'NotLetIn'
}

/** What answers shows another ssh host key than the one that is known, or one that nobody knows: that is for a hand. */
export class HostKeyRefused extends NotLetIn {
  override readonly name: string = 'HostKeyRefused'
}

/** The connection to a host is gone while something ran there: whether it came to its end is not known. */
export class HostLost extends Error {
  override readonly name = 'HostLost'
}

/** The operator's ssh configuration asks for what cannot be done, or cannot be read. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused'
}
