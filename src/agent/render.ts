// render: the files of a host as a plan would write them, without a host: a look at a blank one.
import type { Op } from '../model/action.js'
import type { AnyComponent } from '../model/component.js'
import type { Document } from '../model/document.js'
import { byCodeUnit } from '../model/json.js'
import type { System } from '../model/system.js'
import { look } from './look.js'
import { defaultStateDirectory } from './state.js'
import { declaredComponents } from './verify.js'

export type RenderedFile = Extract<Op, { op: 'write' | 'link' }>

export type Rendered = {
  readonly files: readonly RenderedFile[]
  /** What keeps the rest from being written on a host like this. */
  readonly rejected: readonly string[]
}

/**
 * Every file and link that stands on a host when all is done, by path, but for the agent's own memory; the system is a
 * blank one and stays so.
 */
export const renderedFiles = async (
  document: Document,
  components: readonly AnyComponent[],
  system: System,
): Promise<Rendered> => {
  const desired = new Map(Object.entries(declaredComponents(document)))
  const leave = { consents: new Set<string>() }
  const { actions } = await look({ system, components, desired, leave, state: defaultStateDirectory })
  const files = new Map<string, RenderedFile>()
  for (const op of actions.flatMap(action => action.ops)) {
    if (op.op === 'write' || op.op === 'link') files.set(op.path, op)
    if (op.op === 'remove') files.delete(op.path)
  }
  const isMemory = (path: string): boolean => path.startsWith(`${defaultStateDirectory}/`)
  return {
    files: [...files.values()].filter(({ path }) => !isMemory(path)).sort((a, b) => byCodeUnit(a.path, b.path)),
    rejected: actions.flatMap(({ id, rejected }) => (rejected === undefined ? [] : [`${id}: ${rejected}`])),
  }
}
