// The plan as data: what is to be done on a host, in plain JSON, so that it can be printed, saved, reviewed and
// carried out later. Nothing here holds a closure.
import type { Encoding, Fill } from './system.js'

/** Something that one action makes and another needs: `block:/dev/vg0/ce`, `file:/etc/xen/ce.cfg`, `domain:mon/running`. */
export type Key = string

export type Op =
  | {
      readonly op: 'exec'
      readonly argv: readonly string[]
      /** Milliseconds. */
      readonly timeout: number
      /** Exit codes that count as done; [0] where absent. */
      readonly expect?: readonly number[]
      readonly stdin?: string
      readonly sensitive?: boolean
    }
  | {
      readonly op: 'write'
      readonly path: string
      readonly content: string
      /** utf8 where absent. */
      readonly encoding?: Encoding
      readonly mode: number
      /** The content is shown nowhere: reports have its digest. */
      readonly sensitive?: boolean
    }
  | { readonly op: 'mkdir'; readonly path: string; readonly mode: number }
  | { readonly op: 'link'; readonly path: string; readonly target: string }
  | { readonly op: 'remove'; readonly path: string }
  | (Fill & { readonly op: 'fill' })
  | {
      readonly op: 'await'
      readonly probe: Probe
      /** Milliseconds. */
      readonly within: number
      /** Carried out where the probe does not hold in time; without any, the action waits for the next run. */
      readonly otherwise: readonly Op[]
      /** Why the action has failed when that is carried out; without it, the action goes on. */
      readonly failure?: string
    }

/** A question to the host that is asked again until the answer is yes. */
export type Probe =
  /** The command observes; yes is one of these exit codes, [0] where absent. */
  | { readonly kind: 'exec'; readonly argv: readonly string[]; readonly expect?: readonly number[] }
  /** Something accepts TCP connections there. */
  | { readonly kind: 'listening'; readonly host: string; readonly port: number }
  /** There is no such file. */
  | { readonly kind: 'absent'; readonly path: string }
  /** There is no hold in this file, or it is over. */
  | { readonly kind: 'unheld'; readonly path: string }

export type Risk = 'safe' | 'disruptive' | 'destructive'

export type Action = {
  /** Unique within a plan and the same from run to run: `lvm/vg0/ce/create`. */
  readonly id: string
  readonly component: string
  /** What it is about, below the component: `vg0/ce`. */
  readonly resource: string
  readonly kind: '+' | '~' | '-'
  /** One line for people: `create volume vg0/ce of 20 GiB`. */
  readonly summary: string
  /** Why: which desired value differs from which actual one. */
  readonly reasons: readonly string[]
  readonly risk: Risk
  /** The consent that it needs, `destroy:lvm/vg0/se`. */
  readonly consent?: string
  /** What it waits for: `restart:se`, `reboot`. Leave of the same name counts as its coming, unless it is one of `requires`. */
  readonly waitsFor?: string
  /** It follows from what the host or a guest does by itself, as a reboot does, or from an order: no drift. */
  readonly routine?: true
  /** Why no consent helps: the input is wrong (a device with foreign data). */
  readonly rejected?: string
  /** Of the actions with the same word here one is carried out at a time, in the plan's order, after a last look. */
  readonly queue?: string
  readonly provides: readonly Key[]
  readonly requires: readonly Key[]
  readonly ops: readonly Op[]
}

export type Status = 'due' | 'pending' | 'refused' | 'rejected'
export type GatedAction = Action & { readonly status: Status }

/** What applying did with an action; `waiting`: what it awaits has not come in time, and the next run goes on. */
export type Outcome = 'done' | 'failed' | 'skipped' | 'waiting' | 'not applied'
