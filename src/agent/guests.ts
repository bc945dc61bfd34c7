// What an administrator has said of a guest on this host: hands off (`agent hold`), it is ours (`agent claim`), install it
// anew (`agent reinstall`); and of all of them: an intervention, none is to run (`agent down`). Files in the memory of the
// component that starts guests: but for an order to install, a file that is there counts, whatever is in it.
import { posix } from 'node:path'
import { isMachineName } from '../model/document.js'
import { type Intervention, interventionFile, parseIntervention } from '../model/intervention.js'
import { isMap, type JsonMap, parseJson } from '../model/json.js'
import {
  parseReinstallation,
  printReinstallation,
  type Reinstallation,
  reinstallationsFolder,
  type Validity,
} from '../model/reinstallation.js'
import type { System } from '../model/system.js'

export type Hold = {
  readonly guest: string
  /** When it was put up and when it ends by itself, as ISO 8601 text; null: not recorded, not before it is released. */
  readonly since: string | null
  readonly until: string | null
  readonly reason: string | null
}

/** One whose time is over: it holds nobody, unless the clock was wrong that said so. */
export type PastHold = Hold & {
  /** When a run first found it over, as ISO 8601 text; null: none has. */
  readonly over: string | null
}

export type Holds = { readonly inForce: readonly Hold[]; readonly past: readonly PastHold[] }

export type Claim = { readonly guest: string; readonly since: string | null }

export const holdFile = (state: string, guest: string): string => posix.join(state, 'xen/holds', `${guest}.json`)
export const claimFile = (state: string, guest: string): string => posix.join(state, 'xen/claims', `${guest}.json`)

export const reinstallationFile = (state: string, guest: string): string =>
  posix.join(state, `xen/${reinstallationsFolder}/${guest}.json`)
const interventionPath = (state: string): string => posix.join(state, `xen/${interventionFile}`)

/** Null where there is none. */
export const readIntervention = async (system: System, state: string): Promise<Intervention | null> =>
  parseIntervention(await system.read(interventionPath(state)))

export const putIntervention = (intervention: Intervention, system: System, state: string): Promise<void> =>
  put(system, state, interventionPath(state), intervention)

/** One that is over is forgotten; one that somebody has begun meanwhile is not. */
export const forgetEndedIntervention = async (system: System, state: string): Promise<void> => {
  if ((await readIntervention(system, state))?.isEnding === true) await system.remove(interventionPath(state))
}

/** Puts a hold up, in place of the one that is there. */
export const putHold = ({ guest, ...hold }: Hold | PastHold, system: System, state: string): Promise<void> =>
  put(system, state, holdFile(state, guest), hold)

export const putClaim = ({ guest, ...claim }: Claim, system: System, state: string): Promise<void> =>
  put(system, state, claimFile(state, guest), claim)

/** What is asked of a guest: by which order it is installed anew, and when that may be begun. */
export type ReinstallationOrder = Validity & { readonly guest: string; readonly order: string }

/** One that has begun stays so. Where it was carried out and that is not noted, the next run notes it. */
export const putReinstallation = async (
  { guest, order, from, until }: ReinstallationOrder,
  system: System,
  state: string,
): Promise<void> => {
  const file = reinstallationFile(state, guest)
  const known = parseReinstallation(await system.read(file))
  if (known?.order === order && known.isBegun) return
  await putText(system, state, file, printReinstallation({ order, isBegun: false, from, until }))
}

const put = (system: System, state: string, path: string, content: JsonMap): Promise<void> =>
  putText(system, state, path, `${JSON.stringify(content)}\n`)

const putText = async (system: System, state: string, path: string, text: string): Promise<void> => {
  await system.mkdir(state, 0o700)
  await system.write(path, text, 0o600)
}

/** By guest. */
export const readHolds = async (system: System, state: string, now: Date): Promise<Holds> => {
  const records = await readRecords(system, posix.dirname(holdFile(state, 'any')))
  const known = records.map(([guest, record]) => {
    const hold = { guest, since: textOf(record.since), until: textOf(record.until), reason: textOf(record.reason) }
    return { hold, over: textOf(record.over) }
  })
  return {
    inForce: known.flatMap(({ hold }) => (isOver(hold, now) ? [] : hold)),
    past: known.flatMap(({ hold, over }) => (isOver(hold, now) ? { ...hold, over } : [])),
  }
}

/** Whether there is a hold in this file that is not over. */
export const isHeldBy = async (system: System, path: string, now: Date): Promise<boolean> => {
  if ((await system.stat(path)) === null) return false
  return !isOver({ until: textOf((await readRecord(system, path)).until) }, now)
}

/** Milliseconds for which the file of a hold that is over is kept: until then a clock that was wrong has been set right. */
const pastLife = 7 * 86_400_000

/** True where it was not known to be over. One that was found so long ago is removed. */
export const settleHold = async (hold: PastHold, system: System, state: string, now: Date): Promise<boolean> => {
  const age = hold.over === null ? Number.NaN : now.getTime() - Date.parse(hold.over)
  if (age >= pastLife) await system.remove(holdFile(state, hold.guest))
  if (age >= 0) return false
  await putHold({ ...hold, over: now.toISOString() }, system, state)
  return true
}

export const readClaims = async (system: System, state: string): Promise<readonly Claim[]> => {
  const records = await readRecords(system, posix.dirname(claimFile(state, 'any')))
  return records.map(([guest, { since }]) => ({ guest, since: textOf(since) }))
}

export type GuestReinstallation = Reinstallation & { readonly guest: string }

/** The last order of each guest. */
export const readReinstallations = async (system: System, state: string): Promise<readonly GuestReinstallation[]> => {
  const found: GuestReinstallation[] = []
  for (const guest of await guestsIn(system, posix.dirname(reinstallationFile(state, 'any')))) {
    const known = parseReinstallation(await system.read(reinstallationFile(state, guest)))
    if (known !== undefined) found.push({ guest, ...known })
  }
  return found
}

/** Whether a hold has ended by itself. An end that cannot be read has not come: a hold protects. */
export const isOver = ({ until }: Pick<Hold, 'until'>, now: Date): boolean =>
  until !== null && Date.parse(until) <= now.getTime()

const readRecords = async (system: System, directory: string): Promise<readonly (readonly [string, JsonMap])[]> => {
  const records: (readonly [string, JsonMap])[] = []
  for (const guest of await guestsIn(system, directory)) {
    records.push([guest, await readRecord(system, posix.join(directory, `${guest}.json`))])
  }
  return records
}

const readRecord = async (system: System, path: string): Promise<JsonMap> => {
  const record = parseJson((await system.read(path)) ?? '')
  return isMap(record) ? record : {}
}

/** Of `GUEST.json`. */
const guestsIn = async (system: System, directory: string): Promise<readonly string[]> =>
  ((await system.list(directory)) ?? []).flatMap(file => {
    const guest = file.replace(/\.json$/, '')
    return guest === file || !isMachineName(guest) ? [] : guest
  })

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
