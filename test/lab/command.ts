// How the lab runs commands on the building machine: shown to the user as they go, or captured.
import { spawn } from 'node:child_process'

export type Captured = { readonly code: number; readonly stdout: string; readonly stderr: string }

export type CommandOptions = {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; then the command is killed and the call fails. */
  readonly timeout: number
  readonly stdin?: Buffer | string
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /** It starts processes that the signal is to end with it: they are a process group of their own. */
  readonly group?: boolean
}

/** Runs a command with its output on the user's terminal, without input unless interactive; a code other than 0 throws. */
export const show = async (
  argv: readonly string[],
  { interactive = false, ...options }: CommandOptions & { readonly interactive?: boolean },
): Promise<void> => {
  const { code } = await run(argv, options, 'inherit', interactive)
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}`)
}

/** Runs a command and returns what it said; a code other than 0 is a result. */
export const capture = (argv: readonly string[], options: CommandOptions): Promise<Captured> =>
  run(argv, options, 'pipe')

const run = (
  argv: readonly string[],
  options: CommandOptions,
  output: 'inherit' | 'pipe',
  interactive = false,
): Promise<Captured> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = argv
    const given = options.stdin === undefined ? 'ignore' : 'pipe'
    const child = spawn(program, args, {
      stdio: [interactive ? 'inherit' : given, output, output],
      timeout: options.timeout,
      env: { ...process.env, ...options.env },
      detached: options.group === true,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    if (options.group) {
      const end = (): void => endGroup(child.pid)
      options.signal?.addEventListener('abort', end)
      child.once('exit', () => options.signal?.removeEventListener('abort', end))
    }
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', reject)
    child.on('exit', (code, killedBy) => {
      if (code !== null && !child.killed) return
      // Whoever else has its output (the shared connection of ssh has, while the remote command goes on) is not waited for.
      child.stdout?.destroy()
      child.stderr?.destroy()
      if (code === null)
        reject(new Error(`${argv.join(' ')}: ended by ${killedBy} (limit ${options.timeout / 1000} s)`))
    })
    child.on('close', code => {
      if (code !== null)
        resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
    })
    // A command that ends before it has read its input says why by its exit code.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.stdin)
  })

const endGroup = (leader: number | undefined): void => {
  if (leader !== undefined) process.kill(-leader, 'SIGTERM')
}
