// compile: a site -> the document of every machine. The folders beside this file are the stages, in this order:
//   parse/    a file's text -> YAML nodes -> a tree of operations, one for each set of parameters
//   site/     which files there are, and what is recorded of them: the lock file, git
//   schema/   what may be declared, and how a value is read by it
//   compose/  a profile's includes -> one merged tree -> folded: which operation counts
//   resolve/  the values that expressions stand for
//   enclose/  what a parent takes from its children, and who encloses whom
//   judge/    values against schemas, machines against each other, and how mistakes are told
//   policies/ the site's own rules
//   publish/  documents, seals and the index on disk
// shares/ does this in parts and threads, cache/ for what an edit concerns; inspect/, expectations/ and format/ answer questions.
import type { AnyComponent } from '../model/component.js'
import { type Diagnostic, isError } from '../model/diagnostic.js'
import type { Document } from '../model/document.js'
import { printPointer } from '../model/pointer.js'
import { createMachineCompiler } from './compile-machine.js'
import { type Composition, createComposer } from './compose/include.js'
import { enclose, type Machines, surveyMachines } from './enclose/enclose.js'
import { checkLock, movesOf } from './enclose/moves.js'
import { type OwnTrees, ownTreesOf } from './enclose/own-trees.js'
import { type Facts, parentageOf } from './enclose/parentage.js'
import { enclosurePath } from './enclose/survey.js'
import { checkEnclosures } from './judge/check-enclosures.js'
import { checkSite } from './judge/check-site.js'
import { tellMistakes } from './judge/mistakes.js'
import { traceIncludes } from './judge/trace-includes.js'
import { checkPolicies } from './policies/check-policies.js'
import { collectProblems, type Problems } from './problems.js'
import { type Rules, readRules } from './rules.js'
import type { VariableDeclarations } from './schema/variables.js'
import type { Residences } from './site/plain-lock.js'
import { openNearestSite, type Site } from './site/site.js'

export type CompiledSite = {
  readonly site: Site
  readonly compositions: ReadonlyMap<string, Composition>
  readonly machines: Machines
  readonly rules: Rules
  /** What xenclosure.lock.yaml records. */
  readonly residences: Residences
  readonly declarations: VariableDeclarations
  /** What the survey found of every machine, in the order of the profiles. */
  readonly facts: readonly Facts[]
  /** The document of every machine that could be composed; valid only where there is no error. */
  readonly documents: ReadonlyMap<string, Document>
}

export type CompileResult = { readonly compiled: CompiledSite | undefined; readonly diagnostics: readonly Diagnostic[] }

export type CompileOptions = {
  /** A guest that the lock file does not record is a mistake. */
  readonly locked?: boolean
}

/** Compiles the site in a directory or above it. All mistakes of the site come back in one go. */
export const compileSite = (
  dir: string,
  components: readonly AnyComponent[],
  options: CompileOptions = {},
): CompileResult => {
  const problems = collectProblems()
  const compiled = compile(dir, components, options, problems)
  if (compiled === undefined) return { compiled, diagnostics: problems.list() }
  return { compiled, diagnostics: diagnosticsOf(compiled, problems) }
}

/** What there is to tell of a compilation, with the ways by which its files were included. */
export const diagnosticsOf = ({ compositions, machines }: CompiledSite, problems: Problems): readonly Diagnostic[] =>
  traceIncludes(problems.list(), { compositions, children: machines.parentage.children })

/** Whether nothing stands in the way of publishing. */
export const isSound = ({ compiled, diagnostics }: CompileResult): boolean =>
  compiled !== undefined && !diagnostics.some(isError)

const compile = (
  dir: string,
  components: readonly AnyComponent[],
  { locked = false }: CompileOptions,
  problems: Problems,
): CompiledSite | undefined => {
  const site = openNearestSite(dir, problems)
  if (site === undefined) return undefined
  const rules = readRules(site, components, problems)
  const { declarations, root } = rules
  const compose = createComposer(site, declarations, problems)
  const compositions = new Map(
    [...site.profiles.keys()].flatMap(name => {
      const composition = compose(name)
      return composition === undefined ? [] : [[name, composition] as const]
    }),
  )
  const names = [...compositions.keys()]
  const reading = { root, declarations, problems }
  const own = ownTreesOf(compositions, reading)
  const facts = surveyMachines(names, { own, ...reading })
  const { compiled, mistaken } = compileSurveyed({
    ...{ site, rules, components, compositions, own, facts, locked, problems },
    known: new Map(),
  })
  const checking = { ...compiled, components: rules.judged, mistaken, problems }
  checkSite(checking)
  checkPolicies(rules.policies, checking, compositions.size)
  return compiled
}

/** What the stages after the survey begin with: facts of all machines, and the compositions of those to be compiled. */
export type Surveyed = Pick<CompiledSite, 'site' | 'rules' | 'compositions' | 'facts'> & {
  readonly components: readonly AnyComponent[]
  readonly own: OwnTrees
  /** The documents that are not compiled, for they are known and sound. */
  readonly known: ReadonlyMap<string, Document>
  readonly locked: boolean
  readonly problems: Problems
}

/** The documents of a site whose enclosures are known, before they are checked; `mistaken` are those with a mistake. */
export const compileSurveyed = (
  surveyed: Surveyed,
): { readonly compiled: CompiledSite; readonly mistaken: ReadonlySet<string> } => {
  const { site, rules, components, compositions, own, facts, known, locked, problems } = surveyed
  const { declarations, root, residences } = rules
  const names = facts.map(({ name }) => name)
  const parentage = parentageOf(facts)
  const machines = enclose({
    site: site.name,
    ...{ own, parentage, components, root, declarations, problems },
    moves: movesOf(residences, parentage.hosts),
  })
  checkEnclosures(parentage, names, problems)
  checkLock(residences, parentage.hosts, names, { locked }, problems)
  const compileMachines = createMachineCompiler(rules, machines, problems)
  const compiled = [...compositions.values()]
    .filter(({ name, complete }) => complete && !known.has(name))
    .flatMap(composition => compileMachines([composition]))
  const documents = new Map([...known, ...compiled.map(({ document }) => [document.name, document] as const)])
  const mistakes = compiled.flatMap(one => one.mistakes)
  tellMistakes({
    mistakes,
    faults: machines.faults(),
    children: parentage.children,
    isHypervisor: parentage.isHypervisor,
    compositions: { has: own.isMachine, get: own.composition },
    isEnclosureLost: name => machines.resolver.hasFailed(name, printPointer(enclosurePath)),
    problems,
  })
  return {
    compiled: { site, rules, residences, declarations, facts, compositions, machines, documents },
    mistaken: new Set(mistakes.map(({ machine }) => machine)),
  }
}
