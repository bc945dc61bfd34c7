// What is kept of a compilation that had nothing to tell: what its documents were made from, and what the checks between
// machines must know of each. Printed with its digest, so that what is not whole is noticed.
import type { Unique } from '../../model/component.js'
import type { Json } from '../../model/json.js'
import { isMap, parseJson } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import type { Facts } from '../parentage.js'
import type { Trace } from '../trace.js'
import type { Listing } from './inputs.js'

export type Kept = {
  /** The compiler that made it, and the key that it signed with. */
  readonly by: string
  /** The site's name. */
  readonly site: string
  /** The directories of the load path that are the site's. */
  readonly loadpath: readonly string[]
  readonly inputs: Listing
  /** By file that was read, what tells its content from any other. */
  readonly digests: Readonly<Record<string, string>>
  /** The templates of machines, where many have the same. */
  readonly templates: readonly (readonly string[])[]
  /** By name, in the order of the profiles. */
  readonly machines: Readonly<Record<string, KeptMachine>>
  /** What the directory of the documents looked like when they had been published. */
  readonly published: string
}

export type KeptMachine = {
  readonly profile: string
  /** Which of `templates` it has. */
  readonly templates: number
  /** The machines that its values were read from, directly. */
  readonly reads: readonly string[]
  readonly unique: readonly Unique[]
  /** What the survey found, where it encloses anything. */
  readonly enclosure?: {
    readonly type: Json | undefined
    readonly maxchildren: Json | undefined
    readonly children: readonly string[]
  }
}

/** What a compilation tells of its machines. */
export type Compiled = {
  readonly trace: Trace
  readonly facts: readonly Facts[]
  readonly uniques: ReadonlyMap<string, readonly Unique[]>
}

/** The machines of a compilation as they are kept, beside those that are kept already. */
export const keepMachines = (
  { trace, facts, uniques }: Compiled,
  before: Pick<Kept, 'templates' | 'machines'> = { templates: [], machines: {} },
): Pick<Kept, 'templates' | 'machines'> => {
  const templates = [...before.templates]
  const numbers = new Map(templates.map((files, number) => [files.join('\n'), number]))
  const numberOf = (files: readonly string[]): number => {
    const key = files.join('\n')
    const number = numbers.get(key) ?? templates.push(files) - 1
    numbers.set(key, number)
    return number
  }
  const machines = facts.map(({ name, type, maxchildren, children }): readonly [string, KeptMachine] => {
    const [profile = '', ...files] = trace.files.get(name) ?? []
    const enclosure = { type, maxchildren, children: children.map(child => child.name) }
    const isEnclosure = type !== undefined || maxchildren !== undefined || children.length > 0
    const reads = [...(trace.reads.get(name) ?? [])]
    const machine = { profile, templates: numberOf(files), reads, unique: uniques.get(name) ?? [] }
    return [name, isEnclosure ? { ...machine, enclosure } : machine]
  })
  return { templates, machines: { ...before.machines, ...Object.fromEntries(machines) } }
}

/** What the survey of a machine came to; where its children are written is not kept. */
export const factsOf = (name: string, { profile, enclosure }: KeptMachine): Facts => {
  const position = { file: profile, line: 1, column: 1 }
  const children = (enclosure?.children ?? []).map(child => ({ name: child, position }))
  return { name, complete: true, type: enclosure?.type, maxchildren: enclosure?.maxchildren, children }
}

/** What is asked first: whether anything has changed at all. */
export type KeptHead = Pick<Kept, 'by' | 'loadpath' | 'published'> & {
  readonly site: string
  /** How many machines there are. */
  readonly machines: number
  /** Of the listing. */
  readonly inputs: string
  /** Of what follows. */
  readonly body: string
}

/** A line with the digest of the head, the head, and all the rest. */
export const printKept = (kept: Kept): string => {
  const body = JSON.stringify(kept)
  const { by, site, loadpath, published, inputs, machines } = kept
  const head: KeptHead = {
    ...{ by, site, loadpath, published, machines: Object.keys(machines).length },
    inputs: digestOf(inputs),
    body: digestOf(body),
  }
  const text = JSON.stringify(head)
  return `${digestOf(text)}\n${text}\n${body}`
}

/** Undefined where the text does not begin with one that is whole. */
export const parseHead = (text: string): { readonly head: KeptHead; readonly length: number } | undefined => {
  const [digest = '', line = ''] = text.split('\n', 2)
  const head = parseJson(line)
  if (digest !== digestOf(line) || !isMap(head)) return undefined
  return { head: head as unknown as KeptHead, length: digest.length + line.length + 2 }
}

/** What follows a head; undefined where it is not whole. */
export const parseBody = (text: string, head: KeptHead): Kept | undefined =>
  digestOf(text) === head.body ? (parseJson(text) as unknown as Kept) : undefined
