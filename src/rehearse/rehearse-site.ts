// All hosts of a site: those that moves bind are rehearsed together, the others one after the other, and what was simulated
// is forgotten as soon as it is told.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Agents } from './actor.js'
import { type Editions, type HostRehearsal, nothingOn, orError, prepareHost, rehearseOn } from './rehearse-host.js'
import { boundHosts, type MoveRehearsal, type MovingParts, rehearseMoves } from './rehearse-moves.js'

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

export const rehearseSite = async (
  { hosts, ...moving }: SiteEditions,
  asked: Omit<Agents, 'scratch'>,
): Promise<SiteRehearsal> => {
  const scratch = mkdtempSync(join(tmpdir(), 'xenclosure-rehearse-'))
  const agents = { ...asked, scratch }
  try {
    const bound = boundHosts(moving.moves)
    const moves: MoveRehearsal[] = []
    const found = new Map<string, HostRehearsal>()
    const tell = (some: readonly HostRehearsal[]): void => some.forEach(one => void found.set(one.host, one))
    for (const names of bound) {
      const parts = { ...moving, moves: moving.moves.filter(({ to }) => names.includes(to)) }
      const editions = hosts.filter(({ host }) => names.includes(host))
      const work = async () => {
        const together = await rehearseMoves(editions, parts, agents)
        moves.push(...together.moves)
        return together.hosts
      }
      tell(await orError(names, work))
    }
    const alone = hosts.filter(({ host }) => !bound.flat().includes(host))
    const same = alone.filter(({ before, after }) => after !== undefined && before === after)
    for (const edition of alone) {
      const { host, after } = edition
      if (after === undefined) continue
      const work = async () => [await rehearseOn(await prepareHost(edition, agents), after, agents)]
      tell(same.includes(edition) ? [nothingOn(host)] : await orError([host], work))
    }
    return {
      hosts: hosts.flatMap(({ host }) => found.get(host) ?? []),
      same: same.map(({ host }) => host),
      gone: hosts.filter(({ after }) => after === undefined).map(({ host }) => host),
      moves,
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
