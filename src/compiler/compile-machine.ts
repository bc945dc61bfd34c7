// One machine: its document, and what its schemas and its place in the site have against it.
import type { Document } from '../model/document.js'
import { isMap } from '../model/json.js'
import { checkPerChild } from './check-enclosures.js'
import type { Machines } from './enclose.js'
import type { Composition } from './include.js'
import type { Mistake } from './mistakes.js'
import type { Problems } from './problems.js'
import type { Rules } from './rules.js'
import { createJudge, type JudgedVariable } from './validate.js'
import { type VariableDeclarations, variableSchema } from './variables.js'

export type CompiledMachine = { readonly document: Document; readonly mistakes: readonly Mistake[] }

/** Compiles machines that are complete; what cannot be computed goes to `problems`, what is wrong by the schemas comes back. */
export const createMachineCompiler = (
  { ajv, schemas, declarations, root }: Rules,
  machines: Machines,
  problems: Problems,
): ((composition: Composition) => CompiledMachine) => {
  const { trees, resolver, parentage } = machines
  const judge = createJudge(ajv, schemas, root, declarations, resolver)
  return ({ name, position }) => {
    const tree = trees.enclosed(name)
    const value = tree === undefined ? {} : (resolver.value(name, tree, '', root) ?? {})
    const children = parentage.children(name).map(child => child.name)
    const mistakes = [
      ...judge.document({ name, tree, value, position, children }),
      ...judge.variables(name, variableValues(name, machines, declarations)),
    ]
    checkPerChild(name, machines, declarations, problems)
    return { document: isMap(value) ? { ...value, name } : { name }, mistakes }
  }
}

const variableValues = (machine: string, { trees, resolver }: Machines, declarations: VariableDeclarations) => {
  const values = new Map<string, JudgedVariable>()
  for (const [name, folded] of trees.variables(machine)) {
    const value = resolver.value(machine, folded, `\${${name}}`, variableSchema(declarations, name))
    values.set(name, { folded, value })
  }
  return values
}
