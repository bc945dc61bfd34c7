// One host rehearsed: brought to where it is said to be now, then given the new document, and left alone until nothing
// more is done; and, to know how long guests would be away, once more with the leave that what waits asks for.
import { DocumentRejected } from '../agent/document-rejected.js'
import { mayBeAllowed } from '../agent/gate.js'
import { type Hold, putClaim, putHold } from '../agent/guests.js'
import type { PrintedAction } from '../agent/print.js'
import type { ReportedAction } from '../agent/report.js'
import { defaultStateDirectory } from '../agent/state.js'
import { declaredComponents } from '../agent/verify.js'
import { stopsOf } from '../intervene/guests.js'
import type { Guest } from '../model/component.js'
import type { Document } from '../model/document.js'
import { parseJson } from '../model/json.js'
import { CommandFailed } from '../model/system.js'
import { declaredHost } from '../system/simulated/declared-host.js'
import type { Absence } from './absences.js'
import { type Actor, type Agents, createActor, type Settled, settle } from './actor.js'
import { nameIn } from './groups.js'

/** A host's documents, as bytes; undefined where an edition has none. */
export type Editions = {
  readonly host: string
  readonly before: string | undefined
  readonly after: string | undefined
  /** What its last report tells of it, by the document of before; where there is none, nothing was in its way. */
  readonly standing?: Standing
}

export type Standing = {
  readonly holds: readonly Hold[]
  /** It has not restarted since its document asked for it. */
  readonly waitsForReboot: boolean
}

/** An action without what carries it out. */
export type RehearsedAction = PrintedAction & {
  /** That it is about, as far as its resource names one. */
  readonly guest?: string
  /** The host was left with it, in the same status, by the document of before, too. */
  readonly isOld: boolean
}

export type HostRehearsal = {
  readonly host: string
  /** In order: what the agent does by itself, then what is left, whatever for. */
  readonly actions: readonly RehearsedAction[]
  readonly orphans: readonly string[]
  /** Guests that are away by what the agent does by itself. */
  readonly away: readonly Absence[]
  /** Guests that are away when what waits for a restart, a reboot or a window comes; nothing else comes by it. */
  readonly awayLater: readonly Absence[]
  /** Guests that are to run and do not, even then; and why. */
  readonly down: readonly DownGuest[]
  /** Why a run came to no end. */
  readonly error?: string
  /** By when the windows open that something waits for. */
  readonly opens: { readonly [waitsFor: string]: string | null }
}

/** `isOld`: it does not run by the document of before either. */
export type DownGuest = { readonly guest: string; readonly isOld: boolean; readonly reasons: readonly string[] }

/** A host as its document of before makes it, with all that this takes: restarts, a reboot, installations. */
export type ReadyHost = { readonly actor: Actor; readonly left: Leftovers }

/** What the document of before leaves: actions by `leftoverOf`, orphans, guests that are to run and do not. */
type Leftovers = { readonly [kind in 'actions' | 'orphans' | 'down']: ReadonlySet<string> }

/** The simulated machine has the hardware of the newer document: who declares a disk has plugged it in. */
export const prepareHost = async ({ host, before, after, standing }: Editions, agents: Agents): Promise<ReadyHost> => {
  const first = documentOf(before ?? after)
  const { hardware = first.hardware } = after === undefined ? first : documentOf(after)
  const described: Document = hardware === undefined ? first : { ...first, hardware }
  const actor = createActor(host, declaredHost(described), agents)
  if (before === undefined) return { actor, left: { actions: new Set(), orphans: new Set(), down: new Set() } }
  await claimAll(actor, first, agents)
  const leave = standing?.waitsForReboot ? 'as asked' : 'everything that waits'
  const { left, report } = await settle(actor, before, { ...agents, allow: [] }, leave)
  for (const hold of standing?.holds ?? []) await putHold(hold, actor.system, defaultStateDirectory)
  const actions = new Set(left.map(leftoverOf))
  return { actor, left: { actions, orphans: new Set(report.orphans), down: new Set(downOn(actor, first, agents)) } }
}

/** What waited before and is rejected now is another matter. */
const leftoverOf = ({ id, status }: Pick<ReportedAction, 'id' | 'status'>): string => `${id}: ${status}`

/** What other hosts reach, too, this one has claimed long ago. */
const claimAll = async ({ system }: Actor, document: Document, { components }: Agents): Promise<void> => {
  for (const guest of guestsIn(document, components).filter(({ isShared }) => isShared))
    await putClaim({ guest: guest.name, since: null }, system, defaultStateDirectory)
}

/** Rehearses the document of after on a host that is ready for it. */
export const rehearseOn = async (ready: ReadyHost, after: string, agents: Agents): Promise<HostRehearsal> => {
  const { actor } = ready
  actor.watch.begin()
  const asked = await settle(actor, after, agents, 'as asked')
  return finishOn(ready, asked, after, agents)
}

/** What there is to tell when a host has been settled as asked. */
export const finishOn = async (
  { actor, left }: ReadyHost,
  asked: Settled,
  after: string,
  agents: Agents,
): Promise<HostRehearsal> => {
  const away = actor.watch.absences()
  actor.watch.begin()
  const later = await settle(actor, after, agents, 'everything that waits', asked)
  const { error = asked.report.fallback, waits } = asked.report
  const document = documentOf(after)
  const guests = guestsIn(document, agents.components).map(({ name }) => name)
  return {
    host: actor.host,
    actions: [...asked.done, ...asked.left].map(action => rehearsed(action, guests, left.actions)),
    orphans: asked.report.orphans.filter(orphan => !left.orphans.has(orphan)),
    away,
    awayLater: actor.watch.absences(),
    down: downOn(actor, document, agents).map(guest => ({
      guest,
      isOld: left.down.has(guest),
      reasons: whyDown(guest, later.left),
    })),
    ...(error === undefined ? {} : { error: error.message }),
    opens: Object.fromEntries(
      waits.flatMap(wait => (wait.opens === undefined ? [] : [[wait.for, wait.opens] as const])),
    ),
  }
}

/** What a host comes to; where its agent has no document to go by, or cannot see the host, that is its error. */
export const orError = async (
  hosts: readonly string[],
  work: () => Promise<readonly HostRehearsal[]>,
): Promise<readonly HostRehearsal[]> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DocumentRejected || error instanceof CommandFailed)) throw error
    return hosts.map(host => ({ ...nothingOn(host), error: error.message }))
  }
}

/** A host that is as declared already, or that no edition has a document for, has nothing to do. */
export const nothingOn = (host: string): HostRehearsal => ({
  host,
  ...{ actions: [], orphans: [], away: [], awayLater: [], down: [], opens: {} },
})

const rehearsed = (reported: ReportedAction, guests: readonly string[], old: ReadonlySet<string>): RehearsedAction => {
  const { ops: _ops, provides: _provides, requires: _requires, duration: _duration, ...action } = reported
  const guest = guestNamedIn(action.resource, guests)
  return {
    ...action,
    isAllowable: mayBeAllowed(reported),
    ...(guest === undefined ? {} : { guest }),
    isOld: action.outcome !== 'done' && old.has(leftoverOf(action)),
  }
}

/** The one of the longest name: that of another one may be a part of it. */
const guestNamedIn = (resource: string, guests: readonly string[]): string | undefined =>
  guests.filter(guest => nameIn(guest).test(resource)).sort((a, b) => b.length - a.length)[0]

const downOn = ({ watch }: Actor, document: Document, { components }: Agents): readonly string[] =>
  stopsOf(document, components).flatMap(({ guest }) => (watch.isUp(guest) ? [] : [guest]))

const whyDown = (guest: string, left: readonly ReportedAction[]): readonly string[] =>
  left
    .filter(({ resource }) => resource === guest)
    .flatMap(({ summary, reasons, rejected, error }) => [
      [
        summary,
        ...reasons,
        ...(rejected === undefined ? [] : [rejected]),
        ...(error === undefined ? [] : [error]),
      ].join(': '),
    ])

/** The guests of a host by either document. */
export const guestNamesOf = ({ before, after }: Editions, components: Agents['components']): readonly string[] =>
  [before, after].flatMap(text =>
    text === undefined ? [] : guestsIn(documentOf(text), components).map(({ name }) => name),
  )

const guestsIn = (document: Document, components: Agents['components']): readonly Guest[] => {
  const declared = declaredComponents(document)
  return components.flatMap(({ name, guests }) => {
    const desired = declared[name]
    return desired === undefined ? [] : (guests?.(desired) ?? [])
  })
}

const documentOf = (text: string | undefined): Document => parseJson(text ?? '') as Document
