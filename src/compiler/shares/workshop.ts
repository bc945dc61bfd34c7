// The stages of a compilation put together for a part of a site's machines: what is known of the machines of a part is
// forgotten with it; one that another part reads is read again.
import type { AnyComponent } from '../../model/component.js'
import { type CompiledMachine, createMachineCompiler } from '../compile-machine.js'
import { type Composition, createComposer } from '../compose/include.js'
import { enclose, type Machines, surveyMachines } from '../enclose/enclose.js'
import type { GuestMove } from '../enclose/moves.js'
import { ownTrees } from '../enclose/own-trees.js'
import type { Facts, Parentage } from '../enclose/parentage.js'
import type { Problems } from '../problems.js'
import { remember } from '../remember.js'
import { createSharedValues } from '../resolve/shared-values.js'
import type { Rules } from '../rules.js'
import type { Site } from '../site/site.js'

export type Workshop = {
  readonly survey: (part: readonly string[]) => readonly Facts[]
  /** Told what all machines enclose, and which guests move; what it comes to opens one part after the other. */
  readonly partsIn: (parentage: Parentage, moves: readonly GuestMove[]) => () => PartCompiler
}

/** Of machines that are known as long as this is. */
export type PartCompiler = {
  readonly machines: Machines
  readonly composition: (name: string) => Composition | undefined
  /** Those that there are of these. */
  readonly compile: (names: readonly string[]) => readonly CompiledMachine[]
}

export type WorkshopInput = {
  readonly site: Site
  readonly rules: Rules
  readonly components: readonly AnyComponent[]
  readonly problems: Problems
  /** They are few: what is known of one of them stays known, from the survey on. */
  readonly areFew?: boolean
}

export const openWorkshop = ({ site, rules, components, problems, areFew }: WorkshopInput): Workshop => {
  const { root, declarations } = rules
  const reading = { root, declarations, shared: createSharedValues(), problems }
  const compose = createComposer(site, declarations, problems)
  let names: readonly string[] | undefined
  const machineNames = (): readonly string[] => {
    names ??= [...site.profiles.keys()]
    return names
  }
  const isMachine = (name: string): boolean => site.profiles.get(name) !== undefined
  const freshTrees = () => ownTrees({ composition: remember(compose), isMachine, machineNames, ...reading })
  const stayingTrees = areFew === true ? freshTrees() : undefined
  return {
    survey: part => surveyMachines(part, { own: stayingTrees ?? freshTrees(), ...reading }),
    partsIn: (parentage, moves) => () => {
      const own = stayingTrees ?? freshTrees()
      const machines = enclose({ site: site.name, own, parentage, components, moves, ...reading })
      const compile = createMachineCompiler(rules, machines, problems)
      return {
        machines,
        composition: own.composition,
        compile: names => compile(names.flatMap(name => own.composition(name) ?? [])),
      }
    },
  }
}
