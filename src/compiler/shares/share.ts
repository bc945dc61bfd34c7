// share: what one worker does of a compilation, in this thread or in one of its own: it surveys some of the machines, and,
// told what all machines enclose, compiles some. A share says nothing about mistakes but that there are some; its warnings it tells.
import type { Capacity, Unique } from '../../model/component.js'
import type { Document } from '../../model/document.js'
import { chunksOf } from '../chunks.js'
import type { Composition } from '../compose/include.js'
import { type GuestMove, movesOf } from '../enclose/moves.js'
import { type Facts, outermost, type Parentage, parentageOf } from '../enclose/parentage.js'
import { capacitiesOf, checkSite, uniquesOf } from '../judge/check-site.js'
import { tracingBy } from '../judge/trace-includes.js'
import { checkPolicies } from '../policies/check-policies.js'
import type { PolicyFinding } from '../policies/judge-policies.js'
import type { Policy } from '../policies/read-policies.js'
import { type StagedDocument, stage } from '../publish/staging.js'
import { homesOf } from './share-out.js'
import { joinTraces, noTrace, type Trace } from './trace.js'
import { traced, type Warning, type Warnings } from './warnings.js'
import { warningsOfPolicies } from './warnings-of-policies.js'
import { openWorkshop, type PartCompiler, type WorkshopInput } from './workshop.js'

/** Every step comes to nothing where there is a mistake. */
export type Share = {
  readonly survey: (names: readonly string[]) => readonly Facts[] | undefined
  /** Machines with all whom they enclose, given the facts of all machines of the site in the order of the profiles. */
  readonly compile: (names: readonly string[], all: readonly Facts[]) => CompiledShare | undefined
  /** Machines, given who encloses whom and who moves. */
  readonly compileIn: (
    names: readonly string[],
    parentage: Parentage,
    moves: readonly GuestMove[],
  ) => CompiledShare | undefined
  /**
   * What there is to tell of what policies find when all is compiled; undefined where that is a mistake. `files`: those of machines,
   * where they are known.
   */
  readonly warningsOf: (
    findings: readonly PolicyFinding[],
    parentage: Parentage,
    moves: readonly GuestMove[],
    files?: Trace['files'],
  ) => readonly Warning[] | undefined
}

export type CompiledShare = {
  /** None where they are staged. */
  readonly documents: readonly Document[]
  readonly staged: readonly StagedDocument[]
  /** By machine, what no other may have: nothing else is left to be checked between the machines of different shares. */
  readonly uniques: ReadonlyMap<string, readonly Unique[]>
  /** By host, what its guests share. */
  readonly capacities: ReadonlyMap<string, readonly Capacity[]>
  /** What there is to tell of its machines. */
  readonly warnings: readonly Warning[]
  /** Undefined where files were saved meanwhile. */
  readonly trace: Trace | undefined
}

export type ShareInput = WorkshopInput & {
  readonly problems: Warnings
  /** What they are held against beside their schemas: those with `group` wait for all machines. */
  readonly policies: readonly Policy[]
  /** The directory in which the documents wait. */
  readonly staging?: string | undefined
  /** About how many machines are compiled together. What is known of them is forgotten then; fewer take no more time. */
  readonly partSize?: number | undefined
}

export const openShare = ({ policies, staging, partSize = 50, ...input }: ShareInput): Share => {
  const { site, rules, problems } = input
  const workshop = openWorkshop(input)
  const ofOne = policies.filter(({ group }) => group === undefined)

  const compilePart = (
    part: readonly string[],
    parentage: Parentage,
    { machines, composition, compile }: PartCompiler,
  ): CompiledShare | undefined => {
    const sound = compile(part).flatMap(it => (it.mistakes.length > 0 ? [] : [it.document]))
    if (sound.length < part.length || machines.faults().length > 0 || problems.hasErrors()) return undefined
    const documents = new Map(sound.map(document => [document.name, document]))
    const compositions = { get: composition }
    const checking = { machines, compositions, documents, components: rules.judged, mistaken: noMachines, problems }
    checkSite(checking)
    checkPolicies(ofOne, checking, part.length)
    if (problems.hasErrors()) return undefined
    const files = new Map(part.map(name => [name, filesOf(composition(name))]))
    part.forEach(site.forget)
    return {
      documents: staging === undefined ? sound : [],
      staged: staging === undefined ? [] : stage(staging, sound),
      uniques: uniquesOf(rules.judged, documents),
      capacities: capacitiesOf(rules.judged, documents, parentage),
      warnings: traced(problems.take(part), tracingBy(composition, parentage)),
      trace: { files, reads: machines.resolver.othersRead, digests: new Map() },
    }
  }

  const compileIn: Share['compileIn'] = (names, parentage, moves) => {
    const openPart = workshop.partsIn(parentage, moves)
    const parts: CompiledShare[] = []
    for (const part of partsByHome(names, parentage, partSize)) {
      const compiled = compilePart(part, parentage, openPart())
      if (compiled === undefined) return undefined
      parts.push(compiled)
    }
    return joinShares([...parts, { ...nothing, trace: { ...noTrace, digests: site.digests } }])
  }

  return {
    survey: names => {
      const facts = chunksOf(names, partSize).flatMap(workshop.survey)
      return facts.every(({ complete }) => complete) && !problems.hasErrors() ? facts : undefined
    },
    compile: (names, all) => {
      const parentage = parentageOf(all)
      return compileIn(names, parentage, movesOf(rules.residences, parentage.hosts))
    },
    compileIn,
    warningsOf: (findings, parentage, moves, files) =>
      warningsOfPolicies(findings, workshop.partsIn(parentage, moves), composition => ({
        ...tracingBy(composition, parentage),
        ...(files && { isMadeOf: (name, file) => files.get(name)?.includes(file) === true }),
      })),
  }
}

const noMachines: ReadonlySet<string> = new Set()

const nothing: CompiledShare = {
  documents: [],
  staged: [],
  uniques: new Map(),
  capacities: new Map(),
  warnings: [],
  trace: noTrace,
}

export const joinShares = (shares: readonly CompiledShare[]): CompiledShare => {
  const traces = shares.flatMap(({ trace }) => trace ?? [])
  return {
    documents: shares.flatMap(({ documents }) => documents),
    staged: shares.flatMap(({ staged }) => staged),
    uniques: new Map(shares.flatMap(({ uniques }) => [...uniques])),
    capacities: new Map(shares.flatMap(({ capacities }) => [...capacities])),
    warnings: shares.flatMap(({ warnings }) => warnings),
    trace: traces.length < shares.length ? undefined : joinTraces(traces),
  }
}

const filesOf = (composition: Composition | undefined): readonly string[] => [
  ...new Set(composition?.inclusions.map(({ file }) => file.file)),
]

/** Parts in which each machine is beside those that enclose it, which are made from it, and checked with it. */
const partsByHome = (
  names: readonly string[],
  parentage: Parentage,
  partSize: number,
): readonly (readonly string[])[] => {
  const parts: string[][] = []
  for (const home of homesOf(names, name => outermost(name, parentage))) {
    const last = parts.at(-1)
    if (last !== undefined && last.length < partSize) last.push(...home)
    else parts.push([...home])
  }
  return parts
}
