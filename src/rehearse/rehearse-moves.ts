// Guests that move, over all hosts that their moves bind together: the old host runs its agent, the guest is shut down
// there, its disks are copied, it is released, the new host runs its agent. An administrator's part in it is taken as done.
import { CommandFailed } from '../model/system.js'
import { type AbsencePart, secondsOf } from './absences.js'
import { type Actor, type Agents, type Settled, settle } from './actor.js'
import { type Editions, finishOn, type HostRehearsal, prepareHost, type ReadyHost } from './rehearse-host.js'

export type Move = { readonly guest: string; readonly from: string; readonly to: string }

export type MoveRehearsal = Move & {
  /** Null: it does not come up on its new host. */
  readonly seconds: number | null
  readonly parts: readonly AbsencePart[]
  /** It moves by the older edition already, and is rehearsed as if it had arrived. */
  readonly isOld: boolean
  /** Why it was not released, or is down on its new host. */
  readonly problems: readonly string[]
}

export type MovingParts = {
  readonly moves: readonly Move[]
  /** The bytes of a host's document when these guests are released. */
  readonly documentWhen: (released: ReadonlySet<string>, host: string) => string | undefined
  /** GiB of its disks. */
  readonly sizeOf: (guest: string) => number
}

export type MovesRehearsal = { readonly hosts: readonly HostRehearsal[]; readonly moves: readonly MoveRehearsal[] }

/** Hosts that guests move between, each with those that it is bound to by them. */
export const boundHosts = (moves: readonly Move[]): readonly (readonly string[])[] => {
  let groups: readonly (readonly string[])[] = []
  for (const { from, to } of moves) {
    const touched = groups.filter(group => group.includes(from) || group.includes(to))
    groups = [...groups.filter(group => !touched.includes(group)), [...new Set([from, to, ...touched.flat()])]]
  }
  return groups
}

/** Of hosts that are bound together; one that has no document any more is not there. */
export const rehearseMoves = async (
  editions: readonly Editions[],
  { moves, documentWhen, sizeOf }: MovingParts,
  agents: Agents,
): Promise<MovesRehearsal> => {
  const stages = new Map<string, Stage>()
  for (const edition of editions) {
    if (edition.after === undefined) continue
    const ready = await prepareHost(edition, agents)
    ready.actor.watch.begin()
    stages.set(edition.host, { ready, settled: undefined })
  }
  const arrived = moves.filter(({ guest, to }) => stages.get(to)?.ready.actor.watch.isUp(guest))
  const released = new Set(arrived.map(({ guest }) => guest))
  const advance = async (host: string): Promise<boolean> => {
    const stage = stages.get(host)
    const document = documentWhen(released, host)
    if (stage === undefined || document === undefined) return false
    const settled = await settle(stage.ready.actor, document, agents, 'as asked')
    stages.set(host, { ...stage, settled: after(stage.settled, settled) })
    return settled.done.length > 0
  }
  const advanceAll = async (): Promise<boolean> => {
    let isMoving = false
    for (const host of stages.keys()) isMoving = (await advance(host)) || isMoving
    return isMoving
  }

  await advanceAll()
  const stayed = new Set<string>()
  for (const { guest, from, to } of moves.filter(move => !arrived.includes(move))) {
    const old = stages.get(from)
    if (old !== undefined) await shutDown(guest, old.ready.actor)
    await advance(from)
    if (stages.get(from)?.settled?.report.misplaced.some(one => one.guest === guest)) {
      stayed.add(guest)
      continue
    }
    released.add(guest)
    for (const host of [from, to]) await advance(host)
  }
  for (let rounds = 0; rounds < mostRounds && (await advanceAll()); rounds += 1);

  const hosts: HostRehearsal[] = []
  for (const [host, { ready, settled }] of stages) {
    const document = documentWhen(released, host)
    if (settled === undefined || document === undefined) continue
    const left = moves.filter(({ from }) => from === host).map(({ guest }) => guest)
    const found = await finishOn(ready, settled, document, agents)
    hosts.push({ ...found, away: found.away.filter(({ guest }) => !left.includes(guest)) })
  }
  const outcomeOf = (move: Move): MoveRehearsal => {
    const down = hosts.find(({ host }) => host === move.to)?.down.find(({ guest }) => guest === move.guest)
    const problems = stayed.has(move.guest) ? [`it does not leave ${move.from}`] : (down?.reasons ?? [])
    const isOld = arrived.includes(move)
    const isDown = stayed.has(move.guest) || down !== undefined
    const parts = isOld || isDown ? [] : partsOf(move, sizeOf(move.guest), agents)
    return { ...move, isOld, problems, parts, seconds: isDown ? null : secondsOf(parts) }
  }
  return { hosts, moves: moves.map(outcomeOf) }
}

type Stage = { readonly ready: ReadyHost; readonly settled: Settled | undefined }

const mostRounds = 5

const after = (before: Settled | undefined, now: Settled): Settled => ({
  ...now,
  done: [...(before?.done ?? []), ...now.done],
})

/** As an administrator does: asked first, then ended. */
const shutDown = async (guest: string, { system }: Actor): Promise<void> => {
  for (const verb of ['shutdown', 'destroy']) {
    const isThere = (await system.exec(['xl', 'list', guest], { effect: 'observe' })).code === 0
    if (isThere) await orFail(['xl', verb, guest], system)
  }
}

const orFail = async (argv: readonly string[], system: Actor['system']): Promise<void> => {
  const { code, stderr } = await system.exec(argv, { effect: 'change' })
  if (code !== 0) throw new CommandFailed(argv, { reason: `exit code ${code}`, code, stderr })
}

const partsOf = ({ guest, to }: Move, size: number, { times }: Agents): readonly AbsencePart[] => {
  const parts: readonly AbsencePart[] = [
    { what: 'shutdown', seconds: times('shutdown', guest) },
    { what: 'copy', seconds: Math.round(times('copy', guest) * size) },
    { what: 'interval', seconds: times('interval', to) },
    { what: 'start', seconds: times('start', guest) },
    { what: 'boot', seconds: times('boot', guest) },
  ]
  return parts.filter(({ seconds }) => seconds > 0)
}
