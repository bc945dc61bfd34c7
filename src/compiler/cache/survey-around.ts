// Who encloses whom after an edit that may have done that wrong: machines are surveyed with all around them, and what is kept tells of
// the others.
import { reachedFrom } from '../../model/reached.js'
import { createComposer } from '../compose/include.js'
import { surveyMachines } from '../enclose/enclose.js'
import { type OwnTrees, ownTrees } from '../enclose/own-trees.js'
import type { Facts } from '../enclose/parentage.js'
import type { Problems } from '../problems.js'
import { remember } from '../remember.js'
import type { Rules } from '../rules.js'
import type { Site } from '../site/site.js'
import type { ComeAndGone } from './come-and-gone.js'
import { inOrder } from './concerned.js'
import { factsOf, type Kept, keptMachines } from './kept.js'
import { mostConcerned } from './look.js'

export type Around = {
  readonly own: OwnTrees
  /** Of all machines of the site. */
  readonly facts: readonly Facts[]
  /** Those that were surveyed. */
  readonly names: readonly string[]
}

/** The machines of a site after an edit. */
export type AllMachines = {
  /** In the order of the profiles. */
  readonly names: readonly string[]
  /** What is kept of one; nothing of one that has come. */
  readonly asKept: (name: string) => Facts | undefined
}

/** All at once: to look them up one by one takes several times as long. */
export const allMachines = (kept: Pick<Kept, 'lines'>, { profiles, gone }: ComeAndGone): AllMachines => {
  const before = new Map(keptMachines(kept.lines))
  const profile = (name: string): string | undefined => profiles.get(name) ?? before.get(name)?.profile
  const now = [...new Set([...before.keys(), ...profiles.keys()])].filter(name => !gone.has(name))
  const asKept = (name: string): Facts | undefined => {
    const machine = before.get(name)
    return machine && factsOf(name, machine)
  }
  return { names: inOrder(now, { profile }), asKept }
}

/** Surveys machines and all that is in one enclosure with them, now or before. Undefined where these are too many. */
export const surveyAround = (
  start: ReadonlySet<string>,
  site: Site,
  { declarations, root }: Pick<Rules, 'declarations' | 'root'>,
  problems: Problems,
  kept: Kept,
  { names: all, asKept }: AllMachines,
): Around | undefined => {
  const composition = remember(createComposer(site, declarations, problems))
  const reading = { root, declarations, problems }
  const own = ownTrees({
    composition,
    isMachine: name => kept.profile(name) !== undefined,
    machineNames: () => all,
    ...reading,
  })
  const survey = remember(name => (own.isMachine(name) ? surveyMachines([name], { own, ...reading })[0] : undefined))
  const most = mostConcerned(kept)
  let count = 0
  const around = reachedFrom(start, name => {
    count += 1
    if (count > most) return []
    const children = [...(survey(name)?.children.map(child => child.name) ?? []), ...childrenBefore(name, kept)]
    return [...children, ...[kept.parent(name)].filter(parent => parent !== undefined)]
  })
  if (count > most) return undefined
  const facts = all.flatMap(name => (around.has(name) ? survey(name) : asKept(name)) ?? [])
  return { own, facts, names: all.filter(name => around.has(name) && own.isMachine(name)) }
}

/** Whom a machine enclosed when it was kept. */
export const childrenBefore = (name: string, kept: Kept): readonly string[] =>
  kept.machine(name)?.enclosure?.children ?? []
