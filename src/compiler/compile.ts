import type { AnyComponent } from '../model/component.js'
import { type Diagnostic, isError } from '../model/diagnostic.js'
import type { Document } from '../model/document.js'
import { printPointer } from '../model/pointer.js'
import { checkEnclosures } from './check-enclosures.js'
import { checkSite } from './check-site.js'
import { createMachineCompiler } from './compile-machine.js'
import { enclose, type Machines, surveyMachines } from './enclose.js'
import { type Composition, createComposer } from './include.js'
import type { Residences } from './lock.js'
import { tellMistakes } from './mistakes.js'
import { checkLock } from './moves.js'
import { ownTrees } from './own-trees.js'
import { parentageOf } from './parentage.js'
import { checkPolicies } from './policies/check-policies.js'
import { collectProblems, type Problems } from './problems.js'
import { readRules } from './rules.js'
import { openNearestSite, type Site } from './site.js'
import { enclosurePath } from './survey.js'
import { traceIncludes } from './trace-includes.js'
import type { VariableDeclarations } from './variables.js'

export type CompiledSite = {
  readonly site: Site
  readonly compositions: ReadonlyMap<string, Composition>
  readonly machines: Machines
  /** What xenclosure.lock.yaml records. */
  readonly residences: Residences
  readonly declarations: VariableDeclarations
  /** The document of every machine that could be composed; valid only where there is no error. */
  readonly documents: ReadonlyMap<string, Document>
}

export type CompileResult = { readonly compiled: CompiledSite | undefined; readonly diagnostics: readonly Diagnostic[] }

export type CompileOptions = {
  /** A guest that the lock file does not record is a mistake. */
  readonly locked?: boolean
  /** What is compiled instead of the site as its files have it. */
  readonly change?: (site: Site) => Site
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
  const { compositions, machines } = compiled
  return {
    compiled,
    diagnostics: traceIncludes(problems.list(), { compositions, children: machines.parentage.children }),
  }
}

/** Whether nothing stands in the way of publishing. */
export const isSound = ({ compiled, diagnostics }: CompileResult): boolean =>
  compiled !== undefined && !diagnostics.some(isError)

const compile = (
  dir: string,
  components: readonly AnyComponent[],
  { locked = false, change = site => site }: CompileOptions,
  problems: Problems,
): CompiledSite | undefined => {
  const found = openNearestSite(dir, problems)
  if (found === undefined) return undefined
  const site = change(found)
  const rules = readRules(site, components, problems)
  const { declarations, root, residences } = rules
  const compose = createComposer(site, declarations, problems)
  const compositions = new Map(
    [...site.profiles.keys()].flatMap(name => {
      const composition = compose(name)
      return composition === undefined ? [] : [[name, composition] as const]
    }),
  )
  const names = [...compositions.keys()]
  const reading = { root, declarations, problems }
  const own = ownTrees({ composition: name => compositions.get(name), machineNames: () => names, ...reading })
  const parentage = parentageOf(surveyMachines(names, { own, ...reading }))
  const machines = enclose({ site: site.name, own, parentage, components, residences, ...reading })
  checkEnclosures(parentage, names, problems)
  checkLock(residences, parentage.hosts, names, { locked }, problems)
  const compileMachine = createMachineCompiler(rules, machines, problems)
  const compiled = [...compositions.values()].filter(({ complete }) => complete).map(compileMachine)
  const documents = new Map(compiled.map(({ document }) => [document.name, document]))
  const mistakes = compiled.flatMap(one => one.mistakes)
  tellMistakes({
    mistakes,
    faults: machines.faults(),
    children: parentage.children,
    isHypervisor: parentage.isHypervisor,
    compositions,
    isEnclosureLost: name => machines.resolver.hasFailed(name, printPointer(enclosurePath)),
    problems,
  })
  const mistaken = new Set(mistakes.map(({ machine }) => machine))
  const checking = { components: rules.judged, machines, compositions, documents, mistaken, problems }
  checkSite(checking)
  checkPolicies(rules.policies, checking)
  return { site, compositions, machines, residences, declarations, documents }
}
