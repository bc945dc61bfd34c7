// The contract between the core and the components. A component is one folder under components/: schema.json (what may
// be declared), observe (what the system has), plan (the difference, pure), and for the compiler pull, check, checkSite.
import type { Action } from './action.js'
import type { DiagnosticCode } from './diagnostic.js'
import type { OngoingIntervention } from './intervention.js'
import type { Json } from './json.js'
import type { Misplaced } from './misplaced.js'
import type { GuestInstallation } from './reinstallation.js'
import type { System } from './system.js'
import type { Use } from './used-twice.js'

export interface Component<Desired, Actual> {
  /** The folder's name and the key below /software/components. */
  readonly name: string
  /**
   * Reads what the host has, as plain JSON without times, counters and domids; the system it is given refuses changes.
   * `memory` is the directory on the host for what the component must remember: observe reads it, operations write it.
   */
  observe(system: System, desired: Desired, memory: string): Promise<Actual>
  /** Pure: the same values give the same actions. Assumes that what other components provide will be there. */
  plan(desired: Desired, actual: Actual): readonly Action[]
  /** What is on the host and in no document: domains, volumes. Reported, never touched. */
  orphans?(desired: Desired, actual: Actual): readonly string[]
  /** The guests that the document declares, whichever of the components knows them. */
  guests?(desired: Desired): readonly Guest[]
  /** The guests that the document names as moved to another host, and that are still here. Never touched. */
  misplaced?(desired: Desired, actual: Actual): readonly Misplaced[]
  /** By guest that runs: what keeps it from being migrated live; nothing where it can be. Reported, nothing more. */
  migration?(desired: Desired, actual: Actual): { readonly [guest: string]: readonly string[] }
  /** How the guests that are to run go down, in a line for each; pure, for people who are about to take the host down. */
  stops?(desired: Desired): readonly GuestStop[]
  /** By guest: how its installation stands, where anything is known of one. Reported, nothing more. */
  installations?(desired: Desired, actual: Actual): { readonly [guest: string]: GuestInstallation }
  /** The intervention during which no guest of this host is to run; null where there is none. */
  intervention?(desired: Desired, actual: Actual): OngoingIntervention | null
  /** What a parent takes from one of its children. */
  pull?(parent: MachineView, child: MachineView): Pulled
  /**
   * What both hosts of a guest are told while it moves, called for each of them; the old one pulls nothing from it any
   * more.
   */
  move?(guest: string, hosts: Move, host: MachineView, machine: MachineView): Moved
  /** What is wrong with one machine's value and no schema can say. */
  check?(desired: Desired): readonly Fault[]
  /**
   * What a machine has that no other of the site may have. Between machines, `checkSite` finds nothing but that two have
   * the same of these: so one that has changed is held against the others without looking at them.
   */
  unique?(machine: Pick<MachineView, 'name' | 'get'>): readonly Unique[]
  /** What is wrong with all machines together, or with a value beside the rest of its machine. */
  checkSite?(site: SiteView): readonly SiteFault[]
  /** How much a host has of what its guests share, and who takes it; for pictures. */
  capacities?(host: Pick<MachineView, 'name' | 'get'>): readonly Capacity[]
}

/** Of a host's memory, of a volume group. Sizes are in MiB. */
export type Capacity = {
  readonly name: string
  /** Undefined where the host's profile does not say. */
  readonly has: number | undefined
  readonly shares: readonly { readonly name: string; readonly size: number }[]
}

/** A guest as the agent knows it, whatever starts it. */
export type Guest = {
  readonly name: string
  /** Other hosts reach a disk of its, too: it is started only where it was claimed. */
  readonly isShared: boolean
}

export type GuestStop = {
  readonly guest: string
  /** Seconds that it may take, and what then becomes of it. */
  readonly limit: number
  readonly onTimeout: 'wait' | 'destroy'
  /** The guests that are to be down before. */
  readonly after: readonly string[]
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
  /** Of the parent; `below` is the place in that child's value of it, as a pointer. */
  | { readonly kind: 'variable'; readonly name: string; readonly below?: string }
  /** Neither: a default or an identity, said in words (`its name`, `default`). */
  | { readonly kind: 'rule'; readonly rule: string }

export type PullFault = {
  /** Without the names of the machines: children that lack the same are told together. */
  readonly message: string
  readonly hint?: string
  /** The place in the child that is to blame, or where something is missing; absent where no child could have said it. */
  readonly pointer?: string
  /** The parent's variable that nobody set: all children that would have needed it have one fault. */
  readonly variable?: string
  /** What could have said it (`pointer`, where not given): where one of these is wrong, that is told by itself. */
  readonly from?: readonly Wanted[]
  /** Places in the parent: where its own profile says one of them, nothing is missing. */
  readonly unless?: readonly string[]
}

export type Wanted =
  | { readonly kind: 'child' | 'parent'; readonly pointer: string }
  | { readonly kind: 'variable'; readonly name: string }

export type Pulled = { readonly values: readonly PulledValue[]; readonly faults: readonly PullFault[] }

/** The host that a guest leaves, and the one that encloses it now. */
export type Move = { readonly from: string; readonly to: string }
export type Moved = { readonly onOldHost: readonly ToldValue[]; readonly onNewHost: readonly ToldValue[] }
export type ToldValue = Pick<PulledValue, 'pointer' | 'value'>

/** One thing of its kind (`MAC`), and whose it is. */
export type Unique = Pick<Use, 'value' | 'owner'> & { readonly kind: string }

/** The machines of a site that have no mistake of their own, by name: what `checkSite` gets is valid by its schema. */
export type SiteView = { readonly machines: readonly Pick<MachineView, 'name' | 'get'>[] }

export type FaultCode = Extract<
  DiagnosticCode,
  'advice' | 'contradiction' | 'overcommitted' | 'reference-missing' | 'used-twice'
>

/** `Where` is a pointer below the component's value, or a place in the site. */
type FaultAt<Where> = Where & {
  /** `advice` is a warning, everything else an error. */
  readonly code: FaultCode
  /** Where there is another place, it ends with that: the compiler adds the other's file and line. */
  readonly message: string
  readonly hint?: string
  /** Where the value is a name that is not there: the names that there are. The compiler adds the near spelling. */
  readonly known?: readonly string[]
  /** Told only where one of these is a near spelling: any other name may be right. */
  readonly isSlip?: boolean
}

export type Fault = FaultAt<{ readonly pointer: string; readonly other?: string }>
export type SiteFault = FaultAt<Place & { readonly other?: Place }>
export type Place = { readonly machine: string; readonly pointer: string }

/** A component whose types the core need not know. Desired is validated by the component's schema before it gets here. */
// biome-ignore lint/suspicious/noExplicitAny: the only place where components of different types stand in one list
export type AnyComponent = Component<any, any>

/** Where a component's desired value breaks its schema: `pointer` is relative to it. */
export type SchemaFault = { readonly pointer: string; readonly message: string }

/** Checks a desired value by the schema of a component; an empty list is a valid one. */
export type Validate = (component: string, desired: Json) => readonly SchemaFault[]
