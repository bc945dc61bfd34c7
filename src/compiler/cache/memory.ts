// What a process that compiles again and again need not read and work out anew for the next edit.
import type { Rules } from '../rules.js'
import type { Parses } from '../site/file-reader.js'
import type { SiteWatch } from '../site/watch.js'
import type { Listing } from './inputs.js'

export type Memory = {
  readonly parses: Parses
  /** By what was compiled as a whole, the rules that it was compiled by. */
  rules: { readonly base: string; readonly rules: Rules } | undefined
  /** The files as they were, but for those that the watch names. */
  inputs: Listing | undefined
  readonly watch: Watch | undefined
}

/** Watches all directories anew: until the files are kept again, the watch alone does not name all that has changed. */
export const watchAnew = (memory: Memory, others?: readonly string[]): void => {
  memory.inputs = undefined
  memory.watch?.follow(others)
}

/** Whether something was saved while an edit was compiled: it is compiled again, for what is saved in several steps may be wrong in between. */
export const isOvertaken = async ({ watch }: Memory): Promise<boolean> => (await watch?.isQuiet()) === false

type Watch = Pick<SiteWatch, 'follow' | 'files' | 'isQuiet'>

export const emptyMemory = (watch?: Watch): Memory => ({
  ...{ parses: new Map(), rules: undefined, inputs: undefined, watch },
})
