// The table of operations: what each kind of Op is on a System. The only place where the agent changes a host's
// configuration.
import type { Op } from '../model/action.js'
import { CommandFailed, type System } from '../model/system.js'

/** Carries one operation out; throws CommandFailed where the machine did not do it. */
export const carryOut = async (system: System, op: Op): Promise<void> => {
  switch (op.op) {
    case 'exec':
      return execute(system, op)
    case 'write':
      return onFile(op, system.write(op.path, op.content, op.mode))
    case 'mkdir':
      return onFile(op, system.mkdir(op.path, op.mode))
    case 'link':
      return onFile(op, system.link(op.path, op.target))
    case 'remove':
      return onFile(op, system.remove(op.path))
  }
}

type Exec = Extract<Op, { op: 'exec' }>

const execute = async (system: System, op: Exec): Promise<void> => {
  const { argv, timeout, stdin, sensitive = false, expect = [0] } = op
  const options = { effect: 'change', timeout, sensitive, ...(stdin === undefined ? {} : { stdin }) } as const
  const { code, stderr } = await system.exec(argv, options)
  if (expect.includes(code)) return
  const shown = sensitive ? [...argv.slice(0, 1), '...'] : argv
  throw new CommandFailed(shown, { reason: `exit code ${code}`, code, ...(sensitive ? {} : { stderr }) })
}

/** A full disk or a read-only file system is the machine's fault and the action's outcome, as a failed command is. */
const onFile = async (op: Exclude<Op, Exec>, pending: Promise<void>): Promise<void> => {
  try {
    await pending
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new CommandFailed([op.op, op.path], { reason: error.message, cause: error })
  }
}
