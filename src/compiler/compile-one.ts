// One machine compiled for who asks about it: read is what it is made from, and no more of a large site than that. Nothing is told:
// where there is anything to tell of it, or in doubt, `compileSite` does that.
import type { AnyComponent } from '../model/component.js'
import { reachedFrom } from '../model/reached.js'
import type { CompiledSite } from './compile.js'
import { type GuestMove, movesOf } from './enclose/moves.js'
import { enclosuresBy, type Facts, type Parentage } from './enclose/parentage.js'
import { hasFaults } from './judge/check-site.js'
import { createJudgings } from './judge/validate.js'
import { collectProblems } from './problems.js'
import { remember } from './remember.js'
import { readRules } from './rules.js'
import { openWorkshop } from './shares/workshop.js'
import type { Parses } from './site/file-reader.js'
import { lockFile } from './site/lock-file.js'
import { openPlainLock, readPlainLock } from './site/plain-lock.js'
import { openNearestSite, type Site } from './site/site.js'

/** What is kept of an earlier compilation of the site. */
export type KnownOfSite = {
  readonly parses: Parses
  /** The machine that enclosed another one then. */
  readonly parent: (machine: string) => string | undefined
}

/** The site as far as the machine is made from it; undefined where more has to be known, or there is no such machine. */
export const compileOne = (
  dir: string,
  components: readonly AnyComponent[],
  name: string,
  known?: KnownOfSite,
): CompiledSite | undefined => {
  const problems = collectProblems()
  const site = openNearestSite(dir, problems, { ...(known && { parses: known.parses }), profiles: 'one by one' })
  if (site?.profiles.get(name) === undefined) return undefined
  // Whether the site's schemas and policies are sound is not asked here; where a schema says more than is plain, it may not be.
  const found = readRules(site, components, problems, { areSound: true })
  const rules = { ...found, judgings: createJudgings(notPlain, found.schemas, found.declarations) }
  const workshop = openWorkshop({ site, rules, components, problems, areFew: true })
  const parentage = parentageBelow(remember(machine => workshop.survey([machine])[0]))
  const parent = known?.parent ?? (() => undefined)
  const moves = movesAt(name, parentage, site, parent)
  if (moves === undefined) return undefined
  const { machines, composition, compile } = workshop.partsIn(parentage, moves)()
  const its = composition(name)
  const [compiled] = ifPlain(() => compile([name])) ?? []
  const isSound = compiled?.mistakes.length === 0 && machines.faults().length === 0 && problems.list().length === 0
  if (its === undefined || !its.complete || compiled === undefined || !isSound) return undefined
  // A host that it reads, itself or by others, is enclosed with its own moves.
  const read = new Set([...machines.resolver.othersRead.values()].flatMap(names => [...names]))
  const isMoving = (machine: string): boolean => movesAt(machine, parentage, site, parent)?.length !== 0
  if ([...read].some(machine => machine !== name && isMoving(machine))) return undefined
  const documents = new Map([[name, compiled.document]])
  if (hasFaults(rules.judged, documents)) return undefined
  return {
    ...{ site, machines, rules, residences: rules.residences, declarations: rules.declarations },
    facts: workshop.survey([name]),
    compositions: new Map([[name, its]]),
    documents,
  }
}

/** A value is to be judged by a schema of the site that takes ajv. */
class NotPlain extends Error {
  override readonly name = 'NotPlain'
}

const notPlain = (): never => {
  throw new NotPlain()
}

const ifPlain = <Result>(compile: () => Result): Result | undefined => {
  try {
    return compile()
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

/** Who is enclosed by a machine and by those below it; who encloses it is not known. */
const parentageBelow = (facts: (machine: string) => Facts | undefined): Parentage => {
  const enclosures = enclosuresBy(facts)
  const childNames = (machine: string): readonly string[] => enclosures.children(machine).map(({ name }) => name)
  const parent = (machine: string): never => {
    throw new Error(`who encloses ${machine} is not known from its own files`)
  }
  return {
    ...enclosures,
    parent,
    isAncestor: (ancestor, machine) => reachedFrom(childNames(ancestor), childNames).has(machine),
    hosts: new Map(),
  }
}

/**
 * The moves to a machine and from it, by where the lock file says that guests live; undefined where it is not known who encloses one
 * that leaves it. `parent` may have been so once: its own files are to say the same.
 */
const movesAt = (
  name: string,
  { children, isHypervisor }: Parentage,
  site: Site,
  parent: (machine: string) => string | undefined,
): readonly GuestMove[] | undefined => {
  if (!isHypervisor(name)) return []
  const isMachine = (machine: string): boolean => site.profiles.get(machine) !== undefined
  const lock = openPlainLock(site.text(lockFile))
  if (lock === undefined) return undefined
  const its = children(name).map(child => child.name)
  const coming = its.filter(guest => lock.hostsOf(guest).some(host => host !== name))
  const leaving = lock.guestsOf(name).filter(guest => !its.includes(guest))
  const hosts = new Map<string, string>(coming.map(guest => [guest, name]))
  for (const guest of leaving) {
    const host = parent(guest)
    const isHost = host !== undefined && isMachine(host) && isHypervisor(host)
    if (!isHost || !children(host).some(child => child.name === guest)) return undefined
    hosts.set(guest, host)
  }
  if (its.some(guest => lock.hostsOf(guest).length > 1)) return undefined
  if (hosts.size === 0) return []
  const residences = readPlainLock(site.text(lockFile))
  const moves = residences && movesOf(residences, hosts)
  return moves?.every(({ guest, from }) => isMachine(guest) && isMachine(from)) ? moves : undefined
}
