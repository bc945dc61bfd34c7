// What is wrong with a site since an edit, told as one compilation of the whole site tells it. Nothing was wrong before: only what the
// edit concerns can be wrong now. That is compiled with the enclosures around it, and with whoever has the same of what only one may have.
import type { AnyComponent } from '../../model/component.js'
import type { Diagnostic } from '../../model/diagnostic.js'
import type { Document } from '../../model/document.js'
import { type CompiledSite, compileSurveyed } from '../compile.js'
import { movesUnderWay } from '../enclose/moves.js'
import { type Checking, checkSite, rivalsOf, soundDocuments, uniquesOf } from '../judge/check-site.js'
import { traceIncludes, tracingBy } from '../judge/trace-includes.js'
import { tellPolicy } from '../policies/check-policies.js'
import { isWarning, judgePolicies, type PolicyFinding } from '../policies/judge-policies.js'
import type { Policy } from '../policies/read-policies.js'
import { inOrderOfPlace, placeOf } from '../problems.js'
import { readRules } from '../rules.js'
import { collectWarnings, diagnosticsOf, traced, type Warning, type Warnings } from '../shares/warnings.js'
import type { Parses } from '../site/file-reader.js'
import { lockFile } from '../site/lock-file.js'
import { readPlainLock } from '../site/plain-lock.js'
import { openSite, type Site } from '../site/site.js'
import { asOfNow } from './come-and-gone.js'
import { isAsSeen, keptProfiles } from './compile-edit.js'
import { machinesConcerned } from './concerned.js'
import { judgeConcerned } from './judge-concerned.js'
import type { Kept } from './kept.js'
import { hostsConcerned } from './kept-moves.js'
import { keptParses } from './kept-parses.js'
import { areOfAll } from './kept-warnings.js'
import { type Edit, editSince, lookAt, mostConcerned } from './look.js'
import { sourceLines } from './source-lines.js'
import { type AllMachines, type Around, allMachines, childrenBefore, surveyAround } from './survey-around.js'

/** All that there is to tell of a site with mistakes. */
export type WrongSite = {
  readonly diagnostics: readonly Diagnostic[]
  /** The lines that these stand at, also of files that were not read for it. */
  readonly sourceLine: Site['sourceLine']
}

type Asked = {
  /** A guest that the lock file lacks is a mistake. */
  readonly locked: boolean
  /** The document of a machine that is not concerned, where it is known. */
  readonly published: (machine: string) => Document | undefined
  readonly parses?: Parses
}

/** The same of the files as they are now; undefined where nothing is wrong, or all machines have to be compiled to tell. */
export const mistakesNow = (dir: string, components: readonly AnyComponent[], kept: Kept): WrongSite | undefined => {
  const look = lookAt(kept.loadpath, dir)
  const edit = look && look.inputs !== kept.inputs ? editSince(kept, dir, look) : undefined
  return edit && mistakesOfEdit(dir, components, kept, edit, { locked: false, published: () => undefined })
}

/** Undefined where nothing is wrong, or all machines have to be compiled to tell. */
export const mistakesOfEdit = (
  dir: string,
  components: readonly AnyComponent[],
  kept: Kept,
  edit: Edit,
  asked: Asked,
): WrongSite | undefined => {
  const orphans = [...edit.other.gone].flatMap(name => childrenBefore(name, kept))
  const first = new Set([...edit.machines, ...orphans])
  const all = allMachines(kept, edit.other)
  return mistakesAmong(first, { dir, components, before: kept, edit, all, ...asked })
}

type EditedSite = Asked & {
  readonly dir: string
  readonly components: readonly AnyComponent[]
  readonly before: Kept
  readonly edit: Edit
  readonly all: AllMachines
}

/** Whoever else is found to take part is compiled in another attempt, for a mistake is told when all are known that it concerns. */
const mistakesAmong = (start: ReadonlySet<string>, edited: EditedSite): WrongSite | undefined => {
  const { before, edit } = edited
  const kept = asOfNow(before, edit.other)
  const attempt = compileAround(start, kept, edited)
  const told = attempt && toldOfMoves(attempt.compiled, start, kept, edited)
  if (attempt === undefined || told === undefined) return undefined
  const { compiled, checking, problems, names } = attempt
  const { compositions, rules, site } = compiled
  const more = [...told, ...rivalsElsewhere(checking, compositions, kept)]
  if (more.length > 0) return mistakesAmong(new Set([...start, ...more]), edited)
  checkSite(checking)
  const isWhole = soundDocuments(checking).length === names.length
  const findings = findingsOf(rules.policies, checking, isWhole, { ...edited, kept })
  if (findings === undefined) return undefined
  // Where a value comes from is known of a machine that is compiled.
  const elsewhere = findings.flatMap(placeOfFinding).filter(name => !compositions.has(name))
  if (elsewhere.length > 0) return mistakesAmong(new Set([...start, ...elsewhere]), edited)
  for (const finding of findings) tellPolicy(finding, checking)
  if (!problems.hasErrors() || !isAsSeen(site.digests, kept, edit.digests)) return undefined
  const others = warningsElsewhere(before, new Set([...names, ...edit.other.gone]), isWhole)
  const diagnostics = others && diagnosticsBeside(others, attempt)
  return diagnostics && { diagnostics, sourceLine: sourceLineOf(site, edited) }
}

type Attempt = Pick<Around, 'own' | 'names'> & {
  readonly compiled: CompiledSite
  readonly checking: Checking
  readonly problems: Warnings
}

/** Compiles machines with all that is around them, up to what is checked between machines. Undefined where these are too many. */
const compileAround = (
  start: ReadonlySet<string>,
  kept: Kept,
  { dir, components, before, all, locked, parses: known }: EditedSite,
): Attempt | undefined => {
  const problems = collectWarnings()
  const parses = keptParses(before.lines, known)
  const site = openSite(dir, problems, { parses, profiles: keptProfiles(kept) })
  const residences = site && readPlainLock(site.text(lockFile))
  if (site === undefined || residences === undefined) return undefined
  const rules = { ...readRules(site, components, problems, { areSound: true }), residences }
  const surveyed = surveyAround(start, site, rules, problems, kept, all)
  if (surveyed === undefined) return undefined
  const { own, facts, names } = surveyed
  const compositions = new Map(names.flatMap(name => withName(name, own.composition(name))))
  const { compiled, mistaken } = compileSurveyed({
    ...{ site, rules, components, compositions, own, facts, locked, problems },
    known: new Map(),
  })
  const checking = { ...compiled, compositions: { get: own.composition }, components: rules.judged, mistaken, problems }
  return { own, names, compiled, checking, problems }
}

const withName = <One>(name: string, one: One | undefined): readonly (readonly [string, One])[] =>
  one === undefined ? [] : [[name, one]]

/**
 * The hosts of guests that move now, or do no longer, and who reads these, but for some that are known. Undefined where they are too
 * many.
 */
const toldOfMoves = (
  { machines: { parentage }, residences }: CompiledSite,
  known: ReadonlySet<string>,
  { profile }: Pick<Kept, 'profile'>,
  { before, edit }: Pick<EditedSite, 'before' | 'edit'>,
): readonly string[] | undefined => {
  const hosts = hostsConcerned(before.moves, movesUnderWay(residences, parentage.hosts)).filter(
    host => profile(host) !== undefined && !known.has(host),
  )
  const concerned = new Set(hosts)
  return hosts.length === 0 ? [] : machinesConcerned(before, [], mostConcerned(before), { ...edit.other, concerned })
}

/** Machines that are not compiled, and have what only one may have, and one that is compiled has. */
const rivalsElsewhere = (
  checking: Checking,
  compiled: Pick<CompiledSite['compositions'], 'has'>,
  kept: Kept,
): readonly string[] => {
  const uniques = uniquesOf(checking.components, new Map(soundDocuments(checking)))
  const owners = new Set([...uniques.values()].flat().flatMap(kept.owners))
  const others = [...owners].filter(name => !compiled.has(name))
  return rivalsOf(
    uniques,
    others.map(name => [name, kept.machine(name)?.unique ?? []]),
  )
}

/**
 * What policies find. Those with `group` wait for a site of which all machines are sound. Undefined where that takes documents that
 * are not known, or what they find depends on machines that are not compiled.
 */
const findingsOf = (
  policies: readonly Policy[],
  checking: Checking,
  isWhole: boolean,
  { kept, edit, published }: Pick<EditedSite, 'edit' | 'published'> & { readonly kept: Kept },
): readonly PolicyFinding[] | undefined => {
  const documents = new Map(soundDocuments(checking))
  const { parentage } = checking.machines
  const judging = { documents, parentage, published, kept, gone: edit.other.gone, most: mostConcerned(kept) }
  const findings = isWhole
    ? judgeConcerned(policies, judging)?.findings
    : judgePolicies(policies, { documents, parentage, isWhole })
  return findings?.some(dependsOnOthers) ? undefined : findings
}

/** One that cannot be computed tells the first for which it cannot, and finds nothing else: what it has warned of is not told. */
const dependsOnOthers = (finding: PolicyFinding): boolean =>
  finding.kind === 'wrong' || (finding.policy.group !== undefined && isWarning(finding))

const placeOfFinding = (finding: PolicyFinding): readonly string[] =>
  finding.kind === 'broken' ? finding.machines.slice(0, 1) : []

/** What there is to tell of all others; undefined where policies look at machines together, and warn of that. */
const warningsElsewhere = (
  before: Kept,
  compiled: ReadonlySet<string>,
  isWhole: boolean,
): readonly Warning[] | undefined => {
  const warnings = before.warnings()
  if (isWhole && warnings.some(({ group }) => group !== undefined)) return undefined
  return warnings.filter(({ machine = '', group }) => group === undefined && !compiled.has(machine))
}

/** All that was found, beside what there is to tell of others. Undefined where something is told of no machine. */
const diagnosticsBeside = (
  others: readonly Warning[],
  { own, names, compiled: { compositions, machines }, problems }: Attempt,
): readonly Diagnostic[] | undefined => {
  const { parentage } = machines
  const errors = traceIncludes(problems.list(), { compositions, children: parentage.children })
  const found = traced(problems.take([...names, undefined]), tracingBy(own.composition, parentage))
  return areOfAll(found) ? undefined : joined(errors, diagnosticsOf([...others, ...found]))
}

/** What was edited may be no text any more; all that was not can be read. */
const sourceLineOf = (site: Site, { dir, edit }: Pick<EditedSite, 'dir' | 'edit'>): Site['sourceLine'] => {
  const asBefore = sourceLines(dir)
  return (file, line) => (edit.digests.has(file) ? site.sourceLine : asBefore)(file, line)
}

/** Undefined where both stand at one place: what a mistake leaves to be told there is known where both were found. */
const joined = (errors: readonly Diagnostic[], warnings: readonly Diagnostic[]): readonly Diagnostic[] | undefined => {
  const places = new Set(errors.map(placeOfDiagnostic))
  return warnings.some(warning => places.has(placeOfDiagnostic(warning)))
    ? undefined
    : inOrderOfPlace([...errors, ...warnings])
}

const placeOfDiagnostic = ({ machines: [machine], position }: Diagnostic): string => placeOf({ machine, position })
