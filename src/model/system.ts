// The only door to a machine. Everything that observes or changes a host goes through a System, so that a plan can be
// made against a real host, a simulated one or a recording by the same code. Commands are argument vectors, never a
// shell string, and say whether they observe or change.

export type Effect = 'observe' | 'change'

export type ExecOptions = {
  readonly effect: Effect
  /** Milliseconds until the command is killed and the call fails. Default: two minutes. */
  readonly timeout?: number
  readonly stdin?: string
  /** Arguments, input and output are left out of errors, logs and recordings. */
  readonly sensitive?: boolean
}

export type ExecResult = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** latin1: a character for each byte, so that what is read and written again keeps its bytes, whatever they mean. */
export type Encoding = 'utf8' | 'latin1'

export type Stat = {
  readonly type: 'file' | 'directory' | 'link' | 'block' | 'other'
  /** Bytes; of a block device too. */
  readonly size: number
  /** Permission bits, e.g. 0o644. */
  readonly mode: number
  /** What a link points to, as written in it. */
  readonly target?: string
  /** It belongs to another user than the one who runs the agent. */
  readonly isForeign?: true
}

/** How an image comes. */
export const unpackings = ['raw', 'raw.gz', 'raw.xz', 'raw.zst', 'tar', 'tar.gz', 'tar.xz', 'tar.zst'] as const
export type Unpacking = (typeof unpackings)[number]

/** What a tar archive can be unpacked into. */
export type Filesystem = 'ext4' | 'xfs'

export type Fill = {
  /** An absolute path, or an http(s) URL. */
  readonly source: string
  /** Of the source as it comes, in hex. */
  readonly sha256: string
  /** raw: the target gets these bytes. tar: it gets a new filesystem, and in it these files. */
  readonly unpack: Unpacking
  /** A block device or a file, which is large enough already. */
  readonly target: string
  /** For tar; ext4 where absent. */
  readonly filesystem?: Filesystem
}

export interface System {
  /** For people: `this machine`, `simulated host (host.json)`. */
  readonly label: string
  /** The machine's own name, or null where it answers to any (a simulated host without a name). */
  hostname(): Promise<string | null>
  /** Runs a command. A non-zero exit is a result, not an error; not found, killed or timed out throws CommandFailed. */
  exec(argv: readonly string[], options: ExecOptions): Promise<ExecResult>
  /** A file's text (UTF-8 where absent), or null where there is none. */
  read(path: string, encoding?: Encoding): Promise<string | null>
  /** The names in a directory, sorted, or null where there is none. */
  list(path: string): Promise<readonly string[] | null>
  /** What stands at a path (links are not followed), or null. */
  stat(path: string): Promise<Stat | null>
  /** Temporary name, fsync, rename; missing parent directories are made. The file has exactly this mode. */
  write(path: string, content: string, mode: number, encoding?: Encoding): Promise<void>
  mkdir(path: string, mode: number): Promise<void>
  /** A symbolic link at `path` that points to `target`, replacing a link that stands there. */
  link(path: string, target: string): Promise<void>
  /** Removes a file or a link; nothing there is not an error. */
  remove(path: string): Promise<void>
  /**
   * Fills a device or file with an image, streaming, and does not return before it is on the disk. Throws CommandFailed,
   * with the target written in part: where the source is not what the digest says, too. Nothing else may use the target.
   */
  fill(fill: Fill, signal?: AbortSignal): Promise<void>
  /** Whether a block device can be opened exclusively (open(2), O_EXCL): false where it is mounted or held. */
  openExclusive(path: string): Promise<boolean>
  /** Whether something accepts TCP connections there. */
  connects(host: string, port: number): Promise<boolean>
  /** Lets milliseconds pass, where the machine has a time of its own; others go by the clock on the wall. */
  pause?(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** A command that could not be run to its end, or that ended otherwise than its operation allows. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly argv: readonly string[]
  readonly code: number | null
  readonly stderr: string

  constructor(argv: readonly string[], outcome: { reason: string; code?: number; stderr?: string; cause?: unknown }) {
    const said = outcome.stderr?.trim() ?? ''
    super(`${argv.join(' ')}: ${outcome.reason}${said === '' ? '' : `: ${said}`}`, { cause: outcome.cause })
    this.argv = argv
    this.code = outcome.code ?? null
    this.stderr = outcome.stderr ?? ''
  }
}
