// A large site compiled in parts, by one worker or several at once, as long as it is sound. Mistakes are told by one
// compilation of the whole site (compile.ts) and by nothing else, so that the words do not depend on who found them; that the
// documents do not is what enclose.ts and resolve.ts are made for. A warning is found at one machine, or by what looks at all.
import type { AnyComponent, Capacity, Unique } from '../../model/component.js'
import type { Document } from '../../model/document.js'
import type { CompileOptions } from '../compile.js'
import { checkLock, movesOf } from '../enclose/moves.js'
import { type Facts, outermost, type Parentage, parentageOf } from '../enclose/parentage.js'
import { checkEnclosures } from '../judge/check-enclosures.js'
import { haveRivals } from '../judge/check-site.js'
import { type Group, judgePolicies } from '../policies/judge-policies.js'
import type { Policy } from '../policies/read-policies.js'
import { prepareDirectory } from '../publish/publish.js'
import { openStaging, removeStaging, type Staging, type StagingPlace, stagingIn } from '../publish/staging.js'
import { readRules } from '../rules.js'
import type { Residences } from '../site/plain-lock.js'
import { openNearestSite, type Site } from '../site/site.js'
import { joinShares, openShare } from './share.js'
import { shareOut } from './share-out.js'
import { type AsyncShare, shareHere, type Task } from './share-thread.js'
import { joinTraces, noTrace, type Trace } from './trace.js'
import { collectWarnings, nowhere, traced, type Warning } from './warnings.js'

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
  readonly capacities: ReadonlyMap<string, readonly Capacity[]>
  /** Undefined where files were saved meanwhile. */
  readonly trace: Trace | undefined
  /** What there is to tell, machine by machine (`diagnosticsOf`). */
  readonly warnings: readonly Warning[]
  /** The groups that the policies have looked at. */
  readonly groups: readonly (readonly [Policy, Group])[]
  /** Where the documents of a large site wait that is to be published: `documents` has none of them then. */
  readonly staged: Staging | undefined
}

export type SharingOptions = CompileOptions & {
  /** Small sites, too, though they are compiled as a whole in no time: what they were made from is asked for. */
  readonly always?: boolean
  /** How many workers a site of that many machines gets. */
  readonly workers: (machines: number) => number
  /** Has a share compiled elsewhere, by the same components. */
  readonly elsewhere: (task: Task) => AsyncShare
  /** The directory that the documents are to be published into. */
  readonly out?: string | undefined
  /** A site of so many machines is compiled as a whole, which tells what is wrong with it at once, and in memory. */
  readonly wholeUpTo?: number
  /** Of the share of this thread. */
  readonly partSize?: number
}

/**
 * Compiles the site in a directory or above it. Undefined where it is a small site and one worker's work, or where
 * there is a mistake: then `compileSite` does it, and tells. Rejects where a thread fails, with its error.
 */
export const compileInShares = async (
  dir: string,
  components: readonly AnyComponent[],
  { workers, elsewhere, locked = false, always = false, out, wholeUpTo = 400, partSize }: SharingOptions,
): Promise<TracedCompilation | undefined> => {
  const problems = collectWarnings()
  const site = openNearestSite(dir, problems)
  if (site === undefined) return undefined
  const names = [...site.profiles.keys()]
  const count = workers(names.length)
  const isSmall = names.length <= wholeUpTo
  if (!always && count === 1 && isSmall) return undefined
  const rules = readRules(site, components, problems)
  const { residences, policies } = rules
  // A policy that counts machines looks at all documents.
  const groupPolicies = policies.filter(({ group }) => group !== undefined)
  const stagedFor = isSmall || groupPolicies.length > 0 ? undefined : out
  const staging = stagedFor === undefined ? undefined : stagingIn(stagedFor)
  const [here = [], ...others] = shareOut(names, name => name, count)
  const threads: AsyncShare[] = []
  let place: StagingPlace | undefined
  let isSound = false
  try {
    for (const machines of others) threads.push(elsewhere({ dir: site.dir, machines, staging }))
    // This thread's own share comes last: while it is at work, the others are, too.
    const own = openShare({ site, rules, components, problems, policies, staging, partSize, areFew: isSmall })
    const shares = [...threads, shareHere(own, here)]
    const surveyed = await joined(shares.map(share => share.survey()))
    if (surveyed === undefined) return undefined
    const facts = inOrder(names, surveyed.flat())
    const parentage = parentageOf(facts)
    checkEnclosures(parentage, names, problems)
    checkLock(residences, parentage.hosts, names, { locked }, problems)
    if (problems.hasErrors()) return undefined
    if (stagedFor !== undefined) place = openStaging(stagedFor, prepareDirectory(stagedFor, site.name))
    const homes = shareOut(names, name => outermost(name, parentage), shares.length)
    const compiled = await joined(shares.map((share, index) => share.compile(homes[index] ?? [], facts)))
    if (compiled === undefined) return undefined
    const { uniques, capacities, trace: compiledFrom, ...made } = joinShares(compiled)
    if (haveRivals(uniques)) return undefined
    const documents = new Map(place === undefined ? inOrder(names, made.documents).map(one => [one.name, one]) : [])
    const staged = place && { ...place, documents: inOrder(names, made.staged) }
    const groups: (readonly [Policy, Group])[] = []
    const onGroup = (policy: Policy, group: Group): void => void groups.push([policy, group])
    const broken = judgePolicies(groupPolicies, { documents, parentage, isWhole: true, onGroup })
    const ofGroups = own.warningsOf(broken, parentage, movesOf(residences, parentage.hosts), compiledFrom?.files)
    if (ofGroups === undefined) return undefined
    const warnings = [...made.warnings, ...traced(problems.take([undefined]), nowhere), ...ofGroups]
    // For the places of warnings, machines were composed again.
    const trace = compiledFrom && joinTraces([compiledFrom, { ...noTrace, digests: site.digests }])
    isSound = true
    return { site, residences, parentage, facts, uniques, capacities, trace, warnings, groups, documents, staged }
  } finally {
    await Promise.all(threads.map(thread => thread.close()))
    if (place !== undefined && !isSound) removeStaging(place)
  }
}

/** What the shares have come to, together; undefined where one has come to nothing. */
const joined = async <One>(answers: readonly Promise<One | undefined>[]): Promise<readonly One[] | undefined> => {
  const all = await Promise.all(answers)
  return all.every(one => one !== undefined) ? all : undefined
}

/** In the order of the names. Throws where a worker has left out a machine. */
const inOrder = <One extends Pick<Facts, 'name'>>(names: readonly string[], all: readonly One[]): readonly One[] => {
  const byName = new Map(all.map(one => [one.name, one]))
  return names.map(name => {
    const one = byName.get(name)
    if (one === undefined) throw new Error(`no worker had the machine ${name}`)
    return one
  })
}
