// What a process that compiles again and again need not read and work out anew for the next edit.
import { digestOf } from '../../model/seal.js'
import type { Parses } from '../file-reader.js'
import type { Rules } from '../rules.js'
import type { Kept } from './kept.js'
import type { KeptThere } from './store.js'

export type Memory = {
  readonly parses: Parses
  /** What it kept last, and the rules that it was compiled by. */
  kept: Kept | undefined
  rules: Rules | undefined
}

export const emptyMemory = (): Memory => ({ parses: new Map(), kept: undefined, rules: undefined })

/** What is kept, from memory where nobody else has kept anything since; otherwise the rules are to be read again, too. */
export const recall = (memory: Memory, there: KeptThere): Kept | undefined => {
  const { kept } = memory
  const isMine = kept?.published === there.head.published && digestOf(kept.inputs) === there.head.inputs
  if (isMine) return kept
  memory.rules = undefined
  memory.kept = there.all()
  return memory.kept
}
