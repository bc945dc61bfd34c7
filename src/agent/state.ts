// The agent's memory between runs: files under its state directory, on the host itself, reached through the System (a
// simulated host keeps them in its simulated files). What a run needs to know of the past is here, never in a process.
import { posix } from 'node:path'
import { isList, isMap, type Json, parseJson } from '../model/json.js'
import { printSeal } from '../model/seal.js'
import type { System } from '../model/system.js'
import type { Report } from './report.js'
import type { Accepted } from './verify.js'

export const defaultStateDirectory = '/var/lib/xenclosure'

const fileMode = 0o600
const directoryMode = 0o700

export type State = {
  /** The highest serial that was applied here. */
  readonly lastSerial: number | undefined
  /** What of the last report the next one is compared with. */
  readonly lastReport: LastReport | undefined
}

export type LastReport = {
  /** Of its document. */
  readonly sha256: string
  /** Whether everything that was due was done. */
  readonly succeeded: boolean
  /** The ids of the actions that were left, pending or refused. */
  readonly left: readonly string[]
}

/** Reads the memory; a directory that is not there is a first run. */
export const recall = async (system: System, directory: string): Promise<State> => {
  const serial = await readJson(system, posix.join(directory, 'serial.json'))
  const report = await readJson(system, posix.join(directory, 'report.json'))
  return {
    lastSerial: typeof serial === 'number' ? serial : undefined,
    lastReport: lastReportOf(report),
  }
}

/** Keeps a verified document, as it came, and its serial: before anything is applied, for a kill must not undo it. */
export const rememberDocument = async (system: System, directory: string, accepted: Accepted): Promise<void> => {
  const { text, seal } = accepted
  await system.mkdir(directory, directoryMode)
  if (seal !== undefined) await keep(system, posix.join(directory, 'serial.json'), `${seal.serial}\n`)
  await keep(system, posix.join(directory, 'document.json'), text)
  if (seal === undefined) await system.remove(posix.join(directory, 'document.seal'))
  else await keep(system, posix.join(directory, 'document.seal'), printSeal(seal))
}

export const rememberReport = (system: System, directory: string, report: Report): Promise<void> =>
  keep(system, posix.join(directory, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)

/** A run with nothing to do writes nothing. */
const keep = async (system: System, path: string, content: string): Promise<void> => {
  if ((await system.read(path)) !== content) await system.write(path, content, fileMode)
}

const lastReportOf = (report: Json | undefined): LastReport | undefined => {
  if (!isMap(report) || !isMap(report.document) || !isList(report.actions)) return undefined
  const { sha256 } = report.document
  if (typeof sha256 !== 'string') return undefined
  const left = report.actions.filter(isMap).filter(action => action.outcome === 'not applied')
  return { sha256, succeeded: report.error === undefined, left: left.map(action => String(action.id)) }
}

/** A file that was cut short or edited is as good as none: the next run writes it anew. */
const readJson = async (system: System, path: string): Promise<Json | undefined> => {
  const text = await system.read(path)
  return text === null ? undefined : parseJson(text)
}
