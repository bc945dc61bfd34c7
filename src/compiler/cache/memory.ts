// What a process that compiles again and again need not read and work out anew for the next edit.
import type { Parses } from '../file-reader.js'
import type { Rules } from '../rules.js'

export type Memory = {
  readonly parses: Parses
  /** By what was compiled as a whole, the rules that it was compiled by. */
  rules: { readonly base: string; readonly rules: Rules } | undefined
}

export const emptyMemory = (): Memory => ({ parses: new Map(), rules: undefined })
