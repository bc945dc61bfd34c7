// A large site compiled in parts, by one worker or several at once, as long as there is nothing to tell. Mistakes and
// warnings are told by one compilation of the whole site (compile.ts) and by nothing else, so that the words do not depend
// on who found them; that the documents do not is what enclose.ts and resolve.ts are made for.
import type { AnyComponent, Unique } from '../model/component.js'
import type { Document } from '../model/document.js'
import { checkEnclosures } from './check-enclosures.js'
import { hasFaults, uniquesOf } from './check-site.js'
import type { CompileOptions } from './compile.js'
import type { Residences } from './lock.js'
import { checkLock } from './moves.js'
import { type Facts, type Parentage, parentageOf } from './parentage.js'
import { judgePolicies } from './policies/judge-policies.js'
import { collectProblems } from './problems.js'
import { readRules } from './rules.js'
import { openShare } from './share.js'
import { shareOut } from './share-out.js'
import { type AsyncShare, shareHere, type Task } from './share-thread.js'
import { openNearestSite, type Site } from './site.js'
import { joinTraces, type Trace } from './trace.js'

/** What there is to be published of a site that is sound. */
export type Compilation = {
  readonly site: Site
  readonly documents: ReadonlyMap<string, Document>
  readonly residences: Residences
  readonly parentage: Parentage
}

/** Also what it was made from. */
export type TracedCompilation = Compilation & {
  readonly facts: readonly Facts[]
  readonly uniques: ReadonlyMap<string, readonly Unique[]>
  /** Undefined where files were saved meanwhile. */
  readonly trace: Trace | undefined
}

export type SharingOptions = CompileOptions & {
  /** Small sites, too, though they are compiled as a whole in no time: what they were made from is asked for. */
  readonly always?: boolean
  /** How many workers a site of that many machines gets. */
  readonly workers: (machines: number) => number
  /** Has a share compiled elsewhere, by the same components. */
  readonly elsewhere: (task: Task) => AsyncShare
}

/**
 * Compiles the site in a directory or above it. Undefined where it is a small site and one worker's work, or where
 * anything is to be told: then `compileSite` does it, and tells. Rejects where a thread fails, with its error.
 */
export const compileInShares = async (
  dir: string,
  components: readonly AnyComponent[],
  { workers, elsewhere, locked = false, always = false }: SharingOptions,
): Promise<TracedCompilation | undefined> => {
  const problems = collectProblems()
  const site = openNearestSite(dir, problems)
  if (site === undefined) return undefined
  const names = [...site.profiles.keys()]
  const count = workers(names.length)
  if (!always && count === 1 && names.length <= wholeUpTo) return undefined
  const rules = readRules(site, components, problems)
  const { residences, judged, policies } = rules
  const [here = [], ...others] = shareOut(names, residences, count)
  const threads: AsyncShare[] = []
  try {
    for (const machines of others) threads.push(elsewhere({ dir: site.dir, machines }))
    // This thread's own share comes last: while it is at work, the others are, too.
    const shares = [...threads, shareHere(openShare({ site, rules, components, names: here, problems }))]
    const facts = inOrder(names, (await joined(shares.map(share => share.survey())))?.flat())
    if (facts === undefined) return undefined
    const parentage = parentageOf(facts)
    checkEnclosures(parentage, names, problems)
    checkLock(residences, parentage.hosts, names, { locked }, problems)
    if (problems.list().length > 0) return undefined
    const compiled = await joined(shares.map(share => share.compile(facts)))
    const inTheirOrder = inOrder(
      names,
      compiled?.flatMap(share => share.documents),
    )
    const documents = inTheirOrder && new Map(inTheirOrder.map(document => [document.name, document]))
    if (compiled === undefined || documents === undefined || hasFaults(judged, documents)) return undefined
    if (judgePolicies(policies, { documents, parentage, isWhole: true }).length > 0) return undefined
    const traces = compiled.flatMap(({ trace }) => trace ?? [])
    const trace = traces.length < shares.length ? undefined : joinTraces(traces)
    return { ...{ site, documents, residences, parentage, facts, trace }, uniques: uniquesOf(judged, documents) }
  } finally {
    await Promise.all(threads.map(thread => thread.close()))
  }
}

/** A site of so many machines is compiled as a whole, which tells what is wrong with it at once. */
const wholeUpTo = 400

/** What the shares have come to, together; undefined where one has come to nothing. */
const joined = async <One>(answers: readonly Promise<One | undefined>[]): Promise<readonly One[] | undefined> => {
  const all = await Promise.all(answers)
  return all.every(one => one !== undefined) ? all : undefined
}

/** In the order of the names. Throws where a worker has left out a machine. */
const inOrder = <One extends Pick<Facts, 'name'>>(
  names: readonly string[],
  all: readonly One[] | undefined,
): readonly One[] | undefined => {
  if (all === undefined) return undefined
  const byName = new Map(all.map(one => [one.name, one]))
  return names.map(name => {
    const one = byName.get(name)
    if (one === undefined) throw new Error(`no worker had the machine ${name}`)
    return one
  })
}
