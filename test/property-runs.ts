// How often a property is tried, and from which seed. The suite tries the same cases every time, so that a change is judged
// by itself; the hunt for new ones is a run of its own: XENCLOSURE_SEED=random XENCLOSURE_RUNS=100 npx tsx FILE.

const seed = process.env.XENCLOSURE_SEED ?? '1'
const factor = Number(process.env.XENCLOSURE_RUNS ?? '1')

/** The parameters of fc.assert: `numRuns` as the suite has it, times XENCLOSURE_RUNS. fast-check tells a seed that it chose. */
export const runs = (numRuns: number): { readonly numRuns: number; readonly seed?: number } => ({
  numRuns: numRuns * factor,
  ...(seed === 'random' ? {} : { seed: Number(seed) }),
})

/** Milliseconds for the tests of a file, where one that is tried more often may take longer. */
export const timeLimit = (milliseconds: number): number => milliseconds * Math.max(1, factor)
