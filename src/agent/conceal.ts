// What may be seen of an action by whoever reads a report, a journal or a screen: secrets are shown as their digest,
// which still tells whether two of them are the same.
import type { Action, Op } from '../model/action.js'
import { digestOf } from '../model/seal.js'

const hidden = (secret: string): string => `sha256:${digestOf(secret)}`

const concealOp = (op: Op): Op => {
  if (op.op === 'write' && op.sensitive === true) return { ...op, content: hidden(op.content) }
  if (op.op !== 'exec' || op.sensitive !== true) return op
  const { argv, stdin, ...rest } = op
  const input = stdin === undefined ? {} : { stdin: hidden(stdin) }
  return { ...rest, argv: [...argv.slice(0, 1), hidden(argv.slice(1).join('\0'))], ...input }
}

/** The same action with nothing secret in it: for showing, not for carrying out. */
export const conceal = <Shown extends Action>(action: Shown): Shown => ({ ...action, ops: action.ops.map(concealOp) })
