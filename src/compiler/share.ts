// share: what one worker does of a compilation, in this thread or in one of its own: it surveys its share of the machines,
// and, told what all machines enclose, compiles them. A share says nothing about mistakes but that there are some.
import type { Document } from '../model/document.js'
import { chunksOf } from './chunks.js'
import type { Composition } from './include.js'
import { type Facts, type Parentage, parentageOf } from './parentage.js'
import { joinTraces, type Trace } from './trace.js'
import { openWorkshop, type WorkshopInput } from './workshop.js'

/** Every step comes to nothing where anything at all would have to be told, be it a warning. */
export type Share = {
  readonly survey: () => readonly Facts[] | undefined
  /** Given the facts of all machines of the site, in the order of the profiles. */
  readonly compile: (all: readonly Facts[]) => CompiledShare | undefined
  /** Given who encloses whom. */
  readonly compileIn: (parentage: Parentage) => CompiledShare | undefined
}

export type CompiledShare = {
  readonly documents: readonly Document[]
  /** Undefined where files were saved meanwhile. */
  readonly trace: Trace | undefined
}

export type ShareInput = WorkshopInput & {
  /** The machines of this share. */
  readonly names: readonly string[]
}

export const openShare = ({ names, ...input }: ShareInput): Share => {
  const { site, rules, problems } = input
  const unless = <Result>(isWrong: boolean, result: Result): Result | undefined =>
    isWrong || problems.list().length > 0 ? undefined : result
  const workshop = openWorkshop({ ...input, areFew: names.length <= partSize })

  const compilePart = (part: readonly string[], parentage: Parentage) => {
    const { machines, composition, compile } = workshop.openPart(parentage, rules.residences)
    const documents = compile(part).flatMap(it => (it.mistakes.length > 0 ? [] : [it.document]))
    const files = new Map(part.map(name => [name, filesOf(composition(name))]))
    part.forEach(site.forget)
    return {
      documents,
      trace: { files, reads: machines.resolver.othersRead, digests: new Map() },
      isWrong: documents.length < part.length || machines.faults().length > 0,
    }
  }

  const compileIn = (parentage: Parentage): CompiledShare | undefined => {
    const compiled = partsByHost(names, parentage).map(part => compilePart(part, parentage))
    return unless(
      compiled.some(({ isWrong }) => isWrong),
      {
        documents: compiled.flatMap(({ documents }) => documents),
        trace: joinTraces([...compiled.map(({ trace }) => trace), { ...noTrace, digests: site.digests }]),
      },
    )
  }

  return {
    survey: () => {
      const facts = chunksOf(names, partSize).flatMap(workshop.survey)
      return unless(!facts.every(({ complete }) => complete), facts)
    },
    compile: all => compileIn(parentageOf(all)),
    compileIn,
  }
}

const noTrace: Trace = { files: new Map(), reads: new Map(), digests: new Map() }

const filesOf = (composition: Composition | undefined): readonly string[] => [
  ...new Set(composition?.inclusions.map(({ file }) => file.file)),
]

/** What is known of a part's machines is forgotten with it; smaller ones take no more time. */
const partSize = 100

/** Parts in which each host is beside its guests, which it is made from. */
const partsByHost = (names: readonly string[], { hosts }: Parentage): readonly (readonly string[])[] => {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const host = hosts.get(name) ?? name
    groups.set(host, [...(groups.get(host) ?? []), name])
  }
  const parts: string[][] = []
  for (const group of groups.values()) {
    const last = parts.at(-1)
    if (last !== undefined && last.length < partSize) last.push(...group)
    else parts.push(group)
  }
  return parts
}
