// The contract between the core and the components. A component is one folder under components/: schema.json (what may
// be declared), observe (what the system has), plan (the difference, pure), and for the compiler pull and checkSite.
import type { Action } from './action.js'
import type { Json } from './json.js'
import type { System } from './system.js'

export interface Component<Desired, Actual> {
  /** The folder's name and the key below /software/components. */
  readonly name: string
  /** Reads what the host has, as plain JSON; the system it is given refuses changes. */
  observe(system: System, desired: Desired): Promise<Actual>
  /** Pure: the same values give the same actions. Assumes that what other components provide will be there. */
  plan(desired: Desired, actual: Actual): readonly Action[]
  /** The part of the actual state whose digest must not change between plan and apply: no times, counters, domids. */
  stable?(actual: Actual): Json
  /** What is on the host and in no document: domains, volumes. Reported, never touched. */
  orphans?(desired: Desired, actual: Actual): readonly string[]
  /** What a parent takes from one of its children. */
  pull?(parent: MachineView, child: MachineView): Pulled
}

/** A machine as a component's `pull` sees it: values are resolved when they are asked for. */
export interface MachineView {
  readonly name: string
  /** The name of the site: with a machine's name it makes the machine's uuid. */
  readonly site: string
  /** The resolved value at a JSON pointer, or undefined. */
  get(pointer: string): Json | undefined
  /** A variable's resolved value; with a child, that child's (a value per child, else `default`). */
  variable(name: string, child?: string): Json | undefined
}

export type PulledValue = {
  /** Where it goes in the parent. */
  readonly pointer: string
  readonly value: Json
  /** Where it came from, for `explain` and for diagnostics. */
  readonly from: Source
}

export type Source =
  | { readonly kind: 'child'; readonly pointer: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** Neither: a default or an identity, said in words (`its name`, `default`). */
  | { readonly kind: 'rule'; readonly rule: string }

export type PullFault = {
  readonly message: string
  readonly hint?: string
  /** The place in the child that is to blame, or where something is missing. */
  readonly pointer: string
  /** Places in the parent: where its own profile says one of them, nothing is missing. */
  readonly unless?: readonly string[]
}

export type Pulled = { readonly values: readonly PulledValue[]; readonly faults: readonly PullFault[] }

/** A component whose types the core need not know. Desired is validated by the component's schema before it gets here. */
// biome-ignore lint/suspicious/noExplicitAny: the only place where components of different types stand in one list
export type AnyComponent = Component<any, any>

/** Where a component's desired value breaks its schema: `pointer` is relative to it. */
export type SchemaFault = { readonly pointer: string; readonly message: string }

/** Checks a desired value by the schema of a component; an empty list is a valid one. */
export type Validate = (component: string, desired: Json) => readonly SchemaFault[]
