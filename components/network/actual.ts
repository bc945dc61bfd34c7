// What the host has: the answer of observe.ts, the input of plan.ts. Plain JSON.
import type { Vlan } from '../../src/model/links.js'

/** Whose an interface is; a bridge of nobody's on a host that systemd-networkd runs on may be made by it. */
export type Manager = 'systemd-networkd' | 'ifupdown' | 'NetworkManager' | 'nobody'

export type ActualLink = {
  /** `bridge`, `vlan`, `bond`...; `device` for a card. */
  readonly kind: string
  readonly mac: string
  readonly mtu: number
  /** The bridge that it is a port of. */
  readonly bridge: string | null
  readonly vlan: Vlan | null
  readonly stp: boolean | null
  /** Seconds. */
  readonly forwardDelay: number | null
  /** Without those that every link gives itself (fe80::). */
  readonly addresses: readonly string[]
}

export type ActualRoute = { readonly to: string; readonly via: string; readonly link: string }

export type Actual = {
  /** Where the component remembers what it tried. */
  readonly memory: string
  /** The declared ones that are there, by name. */
  readonly links: Readonly<Record<string, ActualLink>>
  /** Of the declared ones; of none where nothing is to be done. */
  readonly managers: Readonly<Record<string, Manager>>
  /** Of the declared bridges, those with ports that are not declared: guests' interfaces. */
  readonly used: readonly string[]
  /** Declared addresses that links have which are not of their trunk. */
  readonly elsewhere: Readonly<Record<string, string>>
  /** Those by a gateway; none where no route is declared and nothing is to be done. */
  readonly routes: readonly ActualRoute[]
  /** Our files, by path. */
  readonly files: Readonly<Record<string, string>>
  /** The trunks whose change is taken back by a timer if nobody stops it. */
  readonly armed: readonly string[]
  /** The digest of the change that was tried last and is not confirmed, by trunk. */
  readonly tried: Readonly<Record<string, string>>
}
