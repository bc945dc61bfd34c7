// What a process that compiles again and again need not read and work out anew for the next edit.

import type { Rules } from '../rules.js'
import type { Parses } from '../site/file-reader.js'

export type Memory = {
  readonly parses: Parses
  /** By what was compiled as a whole, the rules that it was compiled by. */
  rules: { readonly base: string; readonly rules: Rules } | undefined
}

export const emptyMemory = (): Memory => ({ parses: new Map(), rules: undefined })
