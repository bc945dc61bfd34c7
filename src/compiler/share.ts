// share: what one worker does of a compilation, in this thread or in one of its own: it surveys its share of the machines,
// and, told what all machines enclose, compiles them. A share says nothing about mistakes but that there are some.
import type { AnyComponent } from '../model/component.js'
import type { Document } from '../model/document.js'
import { chunksOf } from './chunks.js'
import { createMachineCompiler } from './compile-machine.js'
import { enclose, surveyMachines } from './enclose.js'
import { type Composition, createComposer } from './include.js'
import { ownTrees } from './own-trees.js'
import { type Facts, type Parentage, parentageOf } from './parentage.js'
import type { Problems } from './problems.js'
import { remember } from './remember.js'
import type { Rules } from './rules.js'
import type { Site } from './site.js'
import { joinTraces, type Trace } from './trace.js'

/** Every step comes to nothing where anything at all would have to be told, be it a warning. */
export type Share = {
  readonly survey: () => readonly Facts[] | undefined
  /** Given the facts of all machines of the site, in the order of the profiles. */
  readonly compile: (all: readonly Facts[]) => CompiledShare | undefined
}

export type CompiledShare = {
  readonly documents: readonly Document[]
  /** Undefined where files were saved meanwhile. */
  readonly trace: Trace | undefined
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
  const compose = createComposer(site, declarations, problems)
  const freshTrees = () => ownTrees({ composition: remember(compose), machineNames: () => machines, ...reading })

  const compilePart = (part: readonly string[], parentage: Parentage) => {
    const own = freshTrees()
    const enclosed = enclose({ site: site.name, own, parentage, components, residences, ...reading })
    const compileMachine = createMachineCompiler(rules, enclosed, problems)
    const compiled = part.map(name => own.composition(name)).map(it => it && compileMachine(it))
    const documents = compiled.flatMap(it => (it === undefined || it.mistakes.length > 0 ? [] : [it.document]))
    const files = new Map(part.map(name => [name, filesOf(own.composition(name))]))
    return {
      documents,
      trace: { files, reads: enclosed.resolver.othersRead, digests: new Map() },
      isWrong: documents.length < part.length || enclosed.faults().length > 0,
    }
  }

  return {
    survey: () => {
      const facts = inParts(names).flatMap(part => surveyMachines(part, { own: freshTrees(), ...reading }))
      return unless(!facts.every(({ complete }) => complete), facts)
    },
    compile: all => {
      const parentage = parentageOf(all)
      const compiled = inParts(byHost(names, parentage)).map(part => compilePart(part, parentage))
      return unless(
        compiled.some(({ isWrong }) => isWrong),
        {
          documents: compiled.flatMap(({ documents }) => documents),
          trace: joinTraces([...compiled.map(({ trace }) => trace), { ...noTrace, digests: site.digests }]),
        },
      )
    },
  }
}

const noTrace: Trace = { files: new Map(), reads: new Map(), digests: new Map() }

const filesOf = (composition: Composition | undefined): readonly string[] => [
  ...new Set(composition?.inclusions.map(({ file }) => file.file)),
]

/** What is known of the machines of a part is forgotten with it; one that another part reads is read again. */
const partSize = 400

const inParts = (names: readonly string[]) => chunksOf(names, partSize)

/** Each host beside its guests, which it is made from. */
const byHost = (names: readonly string[], { hosts }: Parentage): readonly string[] => {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const host = hosts.get(name) ?? name
    groups.set(host, [...(groups.get(host) ?? []), name])
  }
  return [...groups.values()].flat()
}
