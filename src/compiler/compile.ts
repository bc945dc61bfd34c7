// compile: load -> include -> merge -> fold -> resolve -> enclose -> validate -> check, for a whole site at once. Sealing
// and writing come after (publish.ts), and only when nothing is wrong.
import { createAjv } from '../model/ajv.js'
import type { AnyComponent } from '../model/component.js'
import { type Diagnostic, isError } from '../model/diagnostic.js'
import type { Document } from '../model/document.js'
import { isMap } from '../model/json.js'
import { printPointer } from '../model/pointer.js'
import { checkEnclosures, checkFacts, checkPerChild } from './check-enclosures.js'
import { checkSite } from './check-site.js'
import { enclose, type Machines, surveyMachines } from './enclose.js'
import { type Composition, compose } from './include.js'
import { type Residences, readLock } from './lock.js'
import { type Mistake, tellMistakes } from './mistakes.js'
import { checkLock } from './moves.js'
import { ownTrees } from './own-trees.js'
import { parentageOf } from './parentage.js'
import { collectProblems, type Problems } from './problems.js'
import { viewSchema } from './schema-view.js'
import { documentSchema, readSchemas } from './schemas.js'
import { openNearestSite, type Site } from './site.js'
import { enclosurePath } from './survey.js'
import { traceIncludes } from './trace-includes.js'
import { createJudge, type JudgedVariable } from './validate.js'
import { declareVariables, type VariableDeclarations, variableSchema } from './variables.js'

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
  { locked = false }: CompileOptions,
  problems: Problems,
): CompiledSite | undefined => {
  const site = openNearestSite(dir, problems)
  if (site === undefined) return undefined
  const ajv = createAjv()
  const schemas = readSchemas(site, ajv, problems)
  const declarations = declareVariables(site, ajv, problems)
  const compositions = new Map(
    [...site.profiles].map(([name, file]) => [name, compose(site, name, file, declarations, problems)]),
  )
  const view = viewSchema(documentSchema(schemas))
  const residences = readLock(site.lock?.root, problems)
  const names = [...compositions.keys()]
  const reading = { root: view, declarations, problems }
  const own = ownTrees({ compositions, ...reading })
  const parentage = parentageOf(surveyMachines(names, { own, ...reading }))
  const machines = enclose({ site: site.name, own, parentage, components, residences, ...reading })
  checkEnclosures(parentage, names, problems)
  checkLock(residences, parentage.hosts, names, { locked }, problems)
  const judge = createJudge(ajv, schemas, view, declarations, machines.resolver)
  const documents = new Map<string, Document>()
  const mistakes: (readonly Mistake[])[] = []
  for (const { name, complete, position } of compositions.values()) {
    if (!complete) continue
    const tree = machines.trees.enclosed(name)
    const value = tree === undefined ? {} : (machines.resolver.value(name, tree, '', view) ?? {})
    const children = parentage.children(name).map(child => child.name)
    mistakes.push(judge.document({ name, tree, value, position, children }))
    mistakes.push(judge.variables(name, variableValues(name, machines, declarations)))
    checkPerChild(name, machines, declarations, problems)
    checkFacts({ name, tree, position, value }, machines, problems)
    documents.set(name, isMap(value) ? { ...value, name } : { name })
  }
  tellMistakes({
    mistakes: mistakes.flat(),
    faults: machines.faults(),
    children: parentage.children,
    compositions,
    isEnclosureLost: name => machines.resolver.hasFailed(name, printPointer(enclosurePath)),
    problems,
  })
  const ours = components.filter(({ name }) => !schemas.replaced.has(name))
  checkSite({ components: ours, machines, compositions, documents, problems })
  return { site, compositions, machines, residences, declarations, documents }
}

const variableValues = (machine: string, { trees, resolver }: Machines, declarations: VariableDeclarations) => {
  const values = new Map<string, JudgedVariable>()
  for (const [name, folded] of trees.variables(machine)) {
    const value = resolver.value(machine, folded, `\${${name}}`, variableSchema(declarations, name))
    values.set(name, { folded, value })
  }
  return values
}
