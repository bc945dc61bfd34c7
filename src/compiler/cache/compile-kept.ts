// Some machines of an edition of a site, compiled by what is kept of another one that had nothing to tell: as the whole edition
// would have them, where nothing is in doubt.
import type { AnyComponent } from '../../model/component.js'
import type { CompiledSite } from '../compile.js'
import type { GuestMove } from '../enclose/moves.js'
import { hasFaults, uniquesOf } from '../judge/check-site.js'
import { judgedWith } from '../policies/judge-policies.js'
import { collectProblems, type Problems } from '../problems.js'
import { type Rules, readRules } from '../rules.js'
import { openWorkshop } from '../shares/workshop.js'
import type { Contents, Parses } from '../site/file-reader.js'
import { lockFile } from '../site/lock-file.js'
import { openSite, type Site } from '../site/site.js'
import { areUsedTwice, isAsSeen, isEnclosedAsKept, keptProfiles } from './compile-edit.js'
import { inOrder } from './concerned.js'
import { judgeConcerned } from './judge-concerned.js'
import type { Kept } from './kept.js'
import { keptParentage } from './kept-parentage.js'

export type KeptEdition = {
  /** Of files that hold something else than those in the site's directory. */
  readonly contents: Contents
  /** Of files that hold something else than is kept. */
  readonly digests: ReadonlyMap<string, string>
  readonly moves: readonly GuestMove[]
  /** The lock file that says so, where it holds something else than the one in the site's directory. */
  readonly lock: Buffer | undefined
}

/** What need not be read and worked out anew for the next edition of a site by the same rules. */
export type MemoryOfEditions = { readonly parses: Parses; rules: Rules | undefined }

/**
 * With these machines, among which are all that the edition's files concern, and those that policies read for them; undefined where
 * others may be concerned, or there is anything to tell.
 */
export const compileKept = (
  dir: string,
  components: readonly AnyComponent[],
  kept: Kept,
  edition: KeptEdition,
  concerned: readonly string[],
  memory: MemoryOfEditions,
): CompiledSite | undefined => {
  const problems = collectProblems()
  const { lock, moves } = edition
  const contents = lock === undefined ? edition.contents : new Map([...edition.contents, [lockFile, lock]])
  const site = openSite(dir, problems, { parses: memory.parses, contents, profiles: keptProfiles(kept) })
  if (site === undefined) return undefined
  // Another schema or policy is no edition that is compiled here.
  const rules = memory.rules ?? readRules(site, components, problems, { areSound: true })
  memory.rules = rules
  const isJudged = rules.policies.length > 0
  // In whose order a difference tells them.
  const names = inOrder(isJudged ? [...judgedWith(concerned, keptParentage(kept, []))] : concerned, kept)
  const compiled = compileSome({ site, rules, components, problems, kept, names, moves })
  if (compiled === undefined || !isAsSeen(site.digests, kept, edition.digests)) return undefined
  const { documents, machines } = compiled
  if (areUsedTwice(uniquesOf(rules.judged, documents), kept)) return undefined
  const judging = {
    documents,
    parentage: machines.parentage,
    published: () => undefined,
    kept,
    gone: new Set<string>(),
    most: documents.size,
  }
  if (judgeConcerned(rules.policies, judging)?.findings.length !== 0) return undefined
  // What a host is told of a move is shown with its line there.
  if (moves.length > 0) site.text(lockFile)
  return compiled
}

type Some = {
  readonly site: Site
  readonly rules: Rules
  readonly components: readonly AnyComponent[]
  readonly problems: Problems
  readonly kept: Kept
  readonly names: readonly string[]
  readonly moves: readonly GuestMove[]
}

/** Each of them sound by itself, and enclosing what is kept of it; undefined where one is not, or `problems` lists anything. */
export const compileSome = ({
  site,
  rules,
  components,
  problems,
  kept,
  names,
  moves,
}: Some): CompiledSite | undefined => {
  const workshop = openWorkshop({ site, rules, components, problems, areFew: true })
  const facts = workshop.survey(names)
  if (!facts.every(one => isEnclosedAsKept(one, kept))) return undefined
  const { machines, composition, compile } = workshop.partsIn(keptParentage(kept, facts), moves)()
  const compiled = compile(names)
  const isSound = compiled.every(({ mistakes }) => mistakes.length === 0) && machines.faults().length === 0
  if (compiled.length < names.length || !isSound || problems.list().length > 0) return undefined
  const documents = new Map(compiled.map(({ document }) => [document.name, document]))
  if (hasFaults(rules.judged, documents)) return undefined
  const compositions = names.flatMap(name => {
    const its = composition(name)
    return its === undefined ? [] : [[name, its] as const]
  })
  return {
    ...{ site, machines, rules, facts, documents, residences: rules.residences, declarations: rules.declarations },
    compositions: new Map(compositions),
  }
}
