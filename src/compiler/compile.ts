// compile: load -> include -> merge -> fold -> resolve -> enclose -> validate, for a whole site at once. Sealing and
// writing come after (publish.ts), and only when nothing is wrong.
import type { AnyComponent } from '../model/component.js'
import { type Diagnostic, isError } from '../model/diagnostic.js'
import type { Document } from '../model/document.js'
import { isMap } from '../model/json.js'
import { checkEnclosures, enclose, type Machines } from './enclose.js'
import { type Composition, compose } from './include.js'
import { collectProblems, type Problems } from './problems.js'
import { viewSchema } from './schema-view.js'
import { documentSchema, readSchemas } from './schemas.js'
import { findSite, openSite, type Site } from './site.js'
import { createJudge, type JudgedVariable } from './validate.js'
import { declareVariables, type VariableDeclarations, variableSchema } from './variables.js'

export type CompiledSite = {
  readonly site: Site
  readonly compositions: ReadonlyMap<string, Composition>
  readonly machines: Machines
  readonly declarations: VariableDeclarations
  /** The document of every machine that could be composed; valid only where there is no error. */
  readonly documents: ReadonlyMap<string, Document>
}

export type CompileResult = { readonly compiled: CompiledSite | undefined; readonly diagnostics: readonly Diagnostic[] }

/** Compiles the site in a directory or above it. All mistakes of the site come back in one go. */
export const compileSite = (dir: string, components: readonly AnyComponent[]): CompileResult => {
  const problems = collectProblems()
  const compiled = compile(dir, components, problems)
  return { compiled, diagnostics: problems.list() }
}

/** Whether nothing stands in the way of publishing. */
export const isSound = ({ compiled, diagnostics }: CompileResult): boolean =>
  compiled !== undefined && !diagnostics.some(isError)

const compile = (dir: string, components: readonly AnyComponent[], problems: Problems): CompiledSite | undefined => {
  const root = findSite(dir)
  if (root === undefined) {
    const hint = 'run inside a site, name one with --site, or make one: a directory with xenclosure.yaml and profiles/'
    problems.error('usage', `there is no xenclosure.yaml in ${dir} or above`, { hint })
    return undefined
  }
  const site = openSite(root, problems)
  if (site === undefined) return undefined
  const schemas = readSchemas(root, problems)
  const declarations = declareVariables(site, problems)
  const compositions = new Map([...site.profiles].map(([name, file]) => [name, compose(site, name, file, problems)]))
  const view = viewSchema(documentSchema(schemas))
  const machines = enclose({ site: site.name, compositions, components, root: view, declarations, problems })
  checkEnclosures(machines, compositions, problems)
  const judge = createJudge(schemas, declarations, machines.resolver, problems)
  const documents = new Map<string, Document>()
  for (const { name, complete, position } of compositions.values()) {
    if (!complete) continue
    const tree = machines.trees.enclosed(name)
    const value = tree === undefined ? {} : (machines.resolver.value(name, tree, '', view) ?? {})
    judge.document({ name, tree, value, position })
    judge.variables(name, variableValues(name, machines, declarations))
    documents.set(name, isMap(value) ? { ...value, name } : { name })
  }
  return { site, compositions, machines, declarations, documents }
}

const variableValues = (machine: string, { trees, resolver }: Machines, declarations: VariableDeclarations) => {
  const values = new Map<string, JudgedVariable>()
  for (const [name, folded] of trees.variables(machine)) {
    const value = resolver.value(machine, folded, `\${${name}}`, variableSchema(declarations, name))
    values.set(name, { folded, value })
  }
  return values
}
