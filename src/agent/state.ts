// The agent's memory between runs: files under its state directory, on the host itself, reached through the System (a
// simulated host keeps them in its simulated files). What a run needs to know of the past is here, never in a process.
// Every file is written only when its content changes: a run with nothing to do writes nothing.
import { posix } from 'node:path'
import type { AnyComponent, Guest } from '../model/component.js'
import { canonicalJson, isMap, type Json, type JsonMap, parseJson } from '../model/json.js'
import { type Maintenance, parseMaintenance } from '../model/maintenance.js'
import { isPanDocument } from '../model/pan-document.js'
import { valueAt } from '../model/pointer.js'
import { digestOf, parseSeal, printSeal } from '../model/seal.js'
import type { System } from '../model/system.js'
import type { Validator } from '../system/http.js'
import { parseReport } from './parse-report.js'
import { hasNothingToDo, type Report, type ReportedAction } from './report.js'
import type { Validators } from './source.js'
import type { Accepted } from './verify.js'

export const defaultStateDirectory = '/var/lib/xenclosure'

const fileMode = 0o600
const directoryMode = 0o700

export type State = {
  /** The highest serial that was applied here. */
  readonly lastSerial: number | undefined
  /** The last document that was accepted, as it came. */
  readonly lastGood: LastGood | undefined
  /** What of the last report the next one is compared with. */
  readonly lastReport: LastReport | undefined
}

export type LastGood = {
  readonly bytes: Buffer
  readonly seal: string | undefined
  /** Where it came from; undefined where that is not recorded. */
  readonly origin: Origin | undefined
}

export type Origin = {
  /** Of the document that this was recorded with. */
  readonly sha256: string
  /** As the command line named it. */
  readonly from: string
  /** When that document was first accepted here, as ISO 8601 text. */
  readonly accepted: string
  /** What a server is asked with the next time. */
  readonly validators: Validators | undefined
}

export type LastReport = {
  /** Of its document. */
  readonly sha256: string
  /** The ids of the actions that were not done; undefined where the host was not looked at again. */
  readonly left: readonly string[] | undefined
  /** The actions that waited for somebody or something else: of a guest that is held, not claimed, or being installed. */
  readonly awaited: readonly ReportedAction[]
}

/** Without the last serial, an older edition could come back. */
export class StateDamaged extends Error {
  override readonly name = 'StateDamaged'

  constructor(path: string) {
    super(
      `${path} holds no serial, nor does the seal beside it: write the last serial that is known there, or remove the file to accept any`,
    )
  }
}

/** Reads the memory; a directory that is not there is a first run. Throws StateDamaged. */
export const recall = async (system: System, directory: string): Promise<State> => {
  const lastGood = await recallDocument(system, directory)
  const report = await readReport(system, directory)
  return {
    lastSerial: await recallSerial(system, directory, lastGood),
    lastGood,
    lastReport: report && lastReportOf(report),
  }
}

/** A serial that cannot be read is found again in the seal of the last good document. */
const recallSerial = async (
  system: System,
  directory: string,
  lastGood: LastGood | undefined,
): Promise<number | undefined> => {
  const path = posix.join(directory, 'serial.json')
  const text = await system.read(path)
  const serial = text === null ? undefined : parseJson(text)
  if (typeof serial === 'number' && Number.isSafeInteger(serial)) return serial
  const sealed = lastGood?.seal === undefined ? undefined : parseSeal(lastGood.seal)?.serial
  if (text !== null && sealed === undefined) throw new StateDamaged(path)
  return sealed
}

const recallDocument = async (system: System, directory: string): Promise<LastGood | undefined> => {
  const text = await system.read(posix.join(directory, 'document.json'))
  if (text === null) return undefined
  const bytes = Buffer.from(text)
  const origin = originOf(await readJson(system, posix.join(directory, 'fetched.json')))
  return {
    bytes,
    seal: await recallSeal(system, directory, bytes),
    origin: origin?.sha256 === digestOf(bytes) ? origin : undefined,
  }
}

/** The one that is of the document: whoever was killed in between has put the document in place, and not yet its seal. */
const recallSeal = async (system: System, directory: string, document: Uint8Array): Promise<string | undefined> => {
  const seal = (await system.read(posix.join(directory, 'document.seal'))) ?? undefined
  const next = (await system.read(posix.join(directory, nextSeal))) ?? undefined
  return next !== undefined && parseSeal(next)?.sha256 === digestOf(document) ? next : seal
}

/** The seal of the document that is being put in place. */
const nextSeal = 'document.seal.next'

/** The guests of the last good document; undefined where there is none, or none of our own. */
export const knownGuests = async (
  components: readonly AnyComponent[],
  system: System,
  directory: string,
): Promise<readonly Guest[] | undefined> => {
  const document = await readJson(system, posix.join(directory, 'document.json'))
  if (!isMap(document) || isPanDocument(document)) return undefined
  return components.flatMap(({ name, guests }) => {
    const desired = valueAt(document, ['software', 'components', name])
    return desired === undefined ? [] : (guests?.(desired) ?? [])
  })
}

/** The maintenance windows of the last good document; undefined where there is none. */
export const knownMaintenance = async (system: System, directory: string): Promise<Maintenance | undefined> => {
  const document = await readJson(system, posix.join(directory, 'document.json'))
  return document === undefined ? undefined : parseMaintenance(valueAt(document, ['system', 'maintenance']))
}

/**
 * Keeps a verified document, as it came, its serial and its origin: before anything is applied, for a kill must not
 * undo it.
 */
export const rememberDocument = async (
  system: System,
  directory: string,
  accepted: Accepted,
  origin: Origin,
): Promise<void> => {
  const { text, seal } = accepted
  const printed = seal && printSeal(seal)
  const document = posix.join(directory, 'document.json')
  await system.mkdir(directory, directoryMode)
  if (seal !== undefined) await keep(system, posix.join(directory, 'serial.json'), `${seal.serial}\n`)
  if ((await system.read(document)) !== text) {
    await keep(system, posix.join(directory, nextSeal), printed)
    await keep(system, document, text)
  }
  await keep(system, posix.join(directory, 'document.seal'), printed)
  await keep(system, posix.join(directory, nextSeal), undefined)
  await keep(system, posix.join(directory, 'fetched.json'), `${JSON.stringify(origin, null, 2)}\n`)
}

const reportFile = (directory: string): string => posix.join(directory, 'report.json')

/** Milliseconds after which a report is written again though it says the same: its time tells that the agent lives. */
const reportLife = 3_600_000

/** Keeps a report where it says something new, or the one that is kept is old. */
export const rememberReport = async (system: System, directory: string, report: Report): Promise<void> => {
  const kept = await readReport(system, directory)
  const life = kept === undefined ? Number.NaN : Date.parse(report.time) - Date.parse(kept.time)
  if (kept !== undefined && life >= 0 && life < reportLife && timeless(kept) === timeless(report)) return
  await keep(system, reportFile(directory), `${JSON.stringify(report, null, 2)}\n`)
}

/** The report of the last run over all components; undefined where there was none, or its file was cut short. */
export const readReport = async (system: System, directory: string): Promise<Report | undefined> =>
  parseReport(await readJson(system, reportFile(directory)))

/** What a report says, whenever it was made: two that say the same have the same text. */
export const timeless = ({ time: _, fallback, ...report }: Report): string =>
  canonicalJson({ ...report, ...(fallback && { fallback: { ...fallback, age: null } }) } as unknown as Json)

/** A file without content is removed. */
const keep = async (system: System, path: string, content: string | undefined): Promise<void> => {
  const present = (await system.read(path)) ?? undefined
  if (present === content) return
  if (content === undefined) await system.remove(path)
  else await system.write(path, content, fileMode)
}

const originOf = (record: Json | undefined): Origin | undefined => {
  if (!isMap(record)) return undefined
  const { sha256, from, accepted, validators } = record
  if (typeof sha256 !== 'string' || typeof from !== 'string' || typeof accepted !== 'string') return undefined
  if (!isMap(validators)) return { sha256, from, accepted, validators: undefined }
  const { document, seal } = validators
  return { sha256, from, accepted, validators: { document: validatorOf(document), seal: validatorOf(seal) } }
}

const validatorOf = (record: Json | undefined): Validator => {
  const { etag, lastModified }: JsonMap = isMap(record) ? record : {}
  return {
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
  }
}

const lastReportOf = ({ document, error, actions }: Report): LastReport => {
  const { sha256 } = document
  if (error?.code === 'not-verified') return { sha256, left: undefined, awaited: [] }
  const undone = actions.filter(({ outcome }) => outcome !== 'done')
  return {
    sha256,
    left: [...undone.map(({ id }) => id), ...(error?.actions ?? [])],
    awaited: undone.filter(hasNothingToDo),
  }
}

/** A file that was cut short or edited is as good as none: the next run writes it anew. */
const readJson = async (system: System, path: string): Promise<Json | undefined> => {
  const text = await system.read(path)
  return text === null ? undefined : parseJson(text)
}
