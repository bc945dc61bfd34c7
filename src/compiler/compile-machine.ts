// Machines: the document of each, and what its schemas and its place in the site have against it.
import type { Document } from '../model/document.js'
import { isMap } from '../model/json.js'
import { chunksOf } from './chunks.js'
import type { Composition } from './compose/include.js'
import type { Machines } from './enclose/enclose.js'
import { checkPerChild } from './judge/check-enclosures.js'
import type { Mistake } from './judge/mistakes.js'
import { createJudge, type JudgedMachine, type JudgedVariable } from './judge/validate.js'
import type { Problems } from './problems.js'
import type { Rules } from './rules.js'
import { type VariableDeclarations, variableSchema } from './schema/variables.js'

export type CompiledMachine = { readonly document: Document; readonly mistakes: readonly Mistake[] }

/**
 * Compiles machines that are complete; what cannot be computed goes to `problems`, what is wrong by the schemas comes back.
 * They are judged when all of some have been computed, under one limit of time. Then a mistake of one may be kept back by what
 * failed in it while another was computed: who tells mistakes compiles machines one by one.
 */
export const createMachineCompiler = (
  { judgings, declarations, root }: Rules,
  machines: Machines,
  problems: Problems,
): ((compositions: readonly Composition[]) => readonly CompiledMachine[]) => {
  const { trees, resolver, parentage } = machines
  const judge = createJudge(judgings, root, resolver)
  const compute = ({ name, position }: Composition): JudgedMachine => {
    const tree = trees.enclosed(name)
    const value = tree === undefined ? {} : (resolver.value(name, tree, '', root) ?? {})
    return { name, tree, value, position, children: parentage.children(name).map(child => child.name) }
  }
  const compileTogether = (compositions: readonly Composition[]): readonly CompiledMachine[] => {
    const computed = compositions.map(compute)
    const ofDocuments = judge.documents(computed)
    return computed.map(({ name, value, position }, index) => {
      const ofVariables = judge.variables(name, variableValues(name, machines, declarations))
      checkPerChild({ name, position }, machines, declarations, problems)
      const document = isMap(value) ? { ...value, name } : { name }
      return { document, mistakes: [...(ofDocuments[index] ?? []), ...ofVariables] }
    })
  }
  return compositions => chunksOf(compositions, judgedAtOnce).flatMap(compileTogether)
}

/** Many for one limit of time; few enough to be far from it (judge-bounded.ts). */
const judgedAtOnce = 100

const variableValues = (machine: string, { trees, resolver }: Machines, declarations: VariableDeclarations) => {
  const values = new Map<string, JudgedVariable>()
  for (const [name, folded] of trees.variables(machine)) {
    const value = resolver.value(machine, folded, `\${${name}}`, variableSchema(declarations, name))
    values.set(name, { folded, value })
  }
  return values
}
