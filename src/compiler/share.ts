// share: what one worker does of a compilation, in this thread or in one of its own: it surveys its share of the machines,
// and, told what all machines enclose, compiles them. A share says nothing about mistakes but that there are some.
import type { AnyComponent } from '../model/component.js'
import type { Document } from '../model/document.js'
import { createMachineCompiler } from './compile-machine.js'
import { enclose, surveyMachines } from './enclose.js'
import { createComposer } from './include.js'
import { ownTrees } from './own-trees.js'
import { type Facts, parentageOf } from './parentage.js'
import type { Problems } from './problems.js'
import { remember } from './remember.js'
import type { Rules } from './rules.js'
import type { Site } from './site.js'

/** Every step comes to nothing where anything at all would have to be told, be it a warning. */
export type Share = {
  readonly survey: () => readonly Facts[] | undefined
  /** Given the facts of all machines of the site, in the order of the profiles. */
  readonly compile: (all: readonly Facts[]) => readonly Document[] | undefined
}

export type ShareInput = {
  readonly site: Site
  readonly rules: Rules
  readonly components: readonly AnyComponent[]
  /** The machines of this share. */
  readonly names: readonly string[]
  readonly problems: Problems
}

export const openShare = ({ site, rules, components, names, problems }: ShareInput): Share => {
  const unless = <Result>(isWrong: boolean, result: Result): Result | undefined =>
    isWrong || problems.list().length > 0 ? undefined : result
  const { root, declarations, residences } = rules
  const reading = { root, declarations, problems }
  const machines = [...site.profiles.keys()]
  const composition = remember(createComposer(site, declarations, problems))
  const own = ownTrees({ composition, machineNames: () => machines, ...reading })
  return {
    survey: () => {
      const facts = surveyMachines(names, { own, ...reading })
      return unless(!facts.every(({ complete }) => complete), facts)
    },
    compile: all => {
      const enclosed = enclose({
        ...{ site: site.name, own, parentage: parentageOf(all), components, residences },
        ...reading,
      })
      const compileMachine = createMachineCompiler(rules, enclosed, problems)
      const compiled = names.map(name => composition(name)).map(it => it && compileMachine(it))
      const documents = compiled.flatMap(it => (it === undefined || it.mistakes.length > 0 ? [] : [it.document]))
      return unless(documents.length < names.length || enclosed.faults().length > 0, documents)
    },
  }
}
