// A site compiled by this process and threads of it, as many as are worth it.
import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { components } from '../../components/index.js'
import { compileInShares, type SharingOptions, type TracedCompilation } from '../compiler/shares/compile-in-shares.js'
import { defaultWorkers } from '../compiler/shares/share-out.js'
import { shareInThread } from '../compiler/shares/share-thread.js'

type ByWorkers = Omit<SharingOptions, 'workers' | 'elsewhere'> & {
  /** By the number of machines and of processors where it is absent. */
  readonly workers?: number | undefined
}

/**
 * V8 lets a heap grow to several times what lives in it, where the machine has memory, before it looks for garbage: to look
 * sooner takes two thirds of the memory and a fifth more CPU (docs/performance.md). And it forgets the code of what a long run did
 * not do for a while, so that what is kept of it for the next start (launch.ts) would lack the start.
 */
const flags = [
  { ours: '--heap-growing-percent=50', itsOwn: '--heap-growing-percent=0' },
  { ours: '--no-flush-bytecode', itsOwn: '--flush-bytecode' },
]

/** V8 takes no code that was kept under other flags: at the end they are as they were. */
const setFlags = (): void => {
  for (const { ours } of flags) setFlagsFromString(ours)
  if (areSet) return
  areSet = true
  process.prependListener('exit', () => {
    for (const { itsOwn } of flags) setFlagsFromString(itsOwn)
  })
}

let areSet = false

/** Undefined where it is one worker's work, or there is a mistake. */
export const compileByWorkers = (
  dir: string,
  { workers, ...options }: ByWorkers = {},
): Promise<TracedCompilation | undefined> => {
  setFlags()
  return compileInShares(dir, components, {
    ...options,
    workers: machines => workers ?? defaultWorkers(machines, availableParallelism()),
    elsewhere: task => shareInThread(new URL('./compile-thread.js', import.meta.url), task),
  })
}
