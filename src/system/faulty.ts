// Faults around any System, for tests and rehearsals: the agent's death between two changes, and commands that fail, fail
// in spite of what they have done, or hang.
import { CommandFailed, type ExecResult, type System } from '../model/system.js'

export type Faults = {
  /** After this many changes (commands that change, files written, made, linked, removed) every call throws Killed. */
  readonly killAfter?: number
  /** A command that begins with these arguments does nothing and exits with 1. */
  readonly failing?: readonly string[]
  /** The command that changes something after so many others. */
  readonly breaking?: { readonly after: number; readonly how: Breakage }
}

/** `fails`: it does nothing, and exits with 1; `half-succeeds`: it does all, and exits with 1; `hangs`: and is killed then. */
export type Breakage = 'fails' | 'half-succeeds' | 'hangs'

/** The agent's process would be dead by now: nothing after it happens, and what happened before stays. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

export const faulty = (system: System, faults: Faults): System => {
  let changesLeft = faults.killAfter ?? Number.POSITIVE_INFINITY
  let commandsLeft = faults.breaking?.after ?? Number.POSITIVE_INFINITY

  const observe = async <T>(call: () => Promise<T>): Promise<T> => {
    if (changesLeft === 0) throw new Killed('killed')
    return call()
  }
  const change = <T>(call: () => Promise<T>): Promise<T> =>
    observe(() => {
      changesLeft -= 1
      return call()
    })
  /** Two changes: the agent may die in the middle of it. */
  const fill: System['fill'] = async (request, signal) => {
    const isCut = changesLeft === 1
    await change(() => system.fill(request, isCut ? AbortSignal.abort(new Killed('killed')) : signal))
    changesLeft -= 1
  }
  const broken = async (argv: readonly string[], run: () => Promise<ExecResult>): Promise<ExecResult> => {
    commandsLeft -= 1
    if (commandsLeft !== -1) return run()
    if (faults.breaking?.how === 'hangs') throw new CommandFailed(argv, { reason: 'killed: it does not end' })
    if (faults.breaking?.how === 'half-succeeds') await run()
    return { code: 1, stdout: '', stderr: `${argv[0]}: made to fail\n` }
  }
  const fails = (argv: readonly string[]): boolean =>
    faults.failing?.every((argument, index) => argv[index] === argument) ?? false

  return {
    label: system.label,
    hostname: () => observe(() => system.hostname()),
    exec: (argv, options) => {
      const run = async (): Promise<ExecResult> =>
        fails(argv) ? { code: 1, stdout: '', stderr: `${argv[0]}: made to fail\n` } : system.exec(argv, options)
      return options.effect === 'change' ? change(() => broken(argv, run)) : observe(run)
    },
    read: (path, encoding) => observe(() => system.read(path, encoding)),
    list: path => observe(() => system.list(path)),
    stat: path => observe(() => system.stat(path)),
    write: (path, content, mode, encoding) => change(() => system.write(path, content, mode, encoding)),
    mkdir: (path, mode) => change(() => system.mkdir(path, mode)),
    link: (path, target) => change(() => system.link(path, target)),
    remove: path => change(() => system.remove(path)),
    fill,
    openExclusive: path => observe(() => system.openExclusive(path)),
    connects: (host, port) => observe(() => system.connects(host, port)),
    ...(system.pause && { pause: system.pause.bind(system) }),
  }
}
