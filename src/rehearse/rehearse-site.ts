// All hosts of a site: those that moves bind are rehearsed together, the others one after the other, of many the half in
// another thread; what was simulated is forgotten as soon as it is told.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Agents } from './actor.js'
import { type Editions, type HostRehearsal, nothingOn, orError, prepareHost, rehearseOn } from './rehearse-host.js'
import {
  boundHosts,
  type MoveRehearsal,
  type MovesRehearsal,
  type MovingParts,
  rehearseMoves,
} from './rehearse-moves.js'

export type SiteEditions = MovingParts & { readonly hosts: readonly Editions[] }

export type SiteRehearsal = {
  /** In the order of the editions. */
  readonly hosts: readonly HostRehearsal[]
  /** Their documents are the same: nothing was simulated, for an agent that plans twice does nothing. */
  readonly same: readonly string[]
  /** Hosts that the newer edition does not have: no agent has a document for them. */
  readonly gone: readonly string[]
  readonly moves: readonly MoveRehearsal[]
}

/** Rehearses hosts that no move binds in another thread; `scratch` is for its documents, too. */
export type Elsewhere = (hosts: readonly Editions[], scratch: string) => Promise<readonly HostRehearsal[]>

/** So many hosts are worth another thread. */
const worthAThread = 100

export const rehearseSite = async (
  { hosts, ...moving }: SiteEditions,
  asked: Omit<Agents, 'scratch'>,
  elsewhere?: Elsewhere,
): Promise<SiteRehearsal> => {
  const scratch = mkdtempSync(join(tmpdir(), 'xenclosure-rehearse-'))
  const agents = { ...asked, scratch }
  try {
    const bound = boundHosts(moving.moves)
    const alone = hosts.filter(({ host, after }) => after !== undefined && !bound.flat().includes(host))
    const [same, changed] = [alone.filter(isSame), alone.filter(edition => !isSame(edition))]
    const half = elsewhere === undefined || changed.length < worthAThread ? 0 : changed.length >> 1
    const there = half === 0 ? [] : elsewhere?.(changed.slice(0, half), scratch)
    const moved = await rehearseBound(bound, { hosts, ...moving }, agents)
    const here = await rehearseAlone(changed.slice(half), agents)
    const all = [...moved.hosts, ...same.map(({ host }) => nothingOn(host)), ...here, ...((await there) ?? [])]
    const found = new Map(all.map(one => [one.host, one]))
    return {
      hosts: hosts.flatMap(({ host }) => found.get(host) ?? []),
      same: same.map(({ host }) => host),
      gone: hosts.filter(({ after }) => after === undefined).map(({ host }) => host),
      moves: moved.moves,
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const isSame = ({ before, after }: Editions): boolean => before === after

/** One after the other; what one comes to has nothing to do with another one. */
export const rehearseAlone = async (hosts: readonly Editions[], agents: Agents): Promise<readonly HostRehearsal[]> => {
  const found: HostRehearsal[] = []
  for (const edition of hosts) {
    const { host, after } = edition
    if (after === undefined) continue
    const work = async () => [await rehearseOn(await prepareHost(edition, agents), after, agents)]
    found.push(...(await orError([host], work)))
  }
  return found
}

const rehearseBound = async (
  bound: readonly (readonly string[])[],
  { hosts, moves, ...moving }: SiteEditions,
  agents: Agents,
): Promise<MovesRehearsal> => {
  const found: HostRehearsal[] = []
  const ended: MoveRehearsal[] = []
  for (const names of bound) {
    const editions = hosts.filter(({ host }) => names.includes(host))
    const parts = { ...moving, moves: moves.filter(({ to }) => names.includes(to)) }
    const work = async () => {
      const together = await rehearseMoves(editions, parts, agents)
      ended.push(...together.moves)
      return together.hosts
    }
    found.push(...(await orError(names, work)))
  }
  return { hosts: found, moves: ended }
}
