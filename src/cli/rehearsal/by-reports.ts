// What the agents would do about a change where their reports are at hand: a host is rehearsed whose report is of the
// edition of before, as it says that the host stands. Nothing is told of any other.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { parseReport } from '../../agent/parse-report.js'
import type { Report } from '../../agent/report.js'
import type { CompiledSite } from '../../compiler/compile.js'
import { byCodeUnit, canonicalJson, isList, isMap, type Json, parseJson } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import { rehearseSite, type SiteRehearsal } from '../../rehearse/rehearse-site.js'
import { namedDirectory, readNamedFile } from '../named-file.js'
import { agentsWith } from './rehearse-thread.js'

/** By host, the newest of its reports. */
export type Reports = ReadonlyMap<string, Report>

const remedy = 'agent run --json, plan --json and /var/lib/xenclosure/report.json of a host are reports'

/** Those in the files `*.json` of a directory: a report each, or what `plan --json` and `apply --json` print. */
export const readReports = (dir: string): Reports => {
  const files = readdirSync(namedDirectory(remedy)(dir)).filter(file => file.endsWith('.json'))
  const found = new Map<string, Report>()
  for (const path of files.sort(byCodeUnit).map(file => join(dir, file))) {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isDirectory() === true) continue
    // A FIFO would be waited for until somebody writes into it.
    if (stat?.isFile() === false) throw new InvalidArgumentError(`${path}: this is not a regular file; ${remedy}`)
    const reports = reportsIn(parseJson(readNamedFile(path, remedy)))
    if (reports.length === 0) throw new InvalidArgumentError(`${path}: no report of an agent; ${remedy}`)
    for (const report of reports) {
      const other = found.get(report.host)
      if (other === undefined || Date.parse(other.time) < Date.parse(report.time)) found.set(report.host, report)
    }
  }
  return found
}

const reportsIn = (value: Json | undefined): readonly Report[] => {
  const single = parseReport(value)
  if (single !== undefined) return [single]
  if (!isMap(value) || !isList(value.hosts)) return []
  return value.hosts.flatMap(host => (isMap(host) ? (parseReport(host.report ?? undefined) ?? []) : []))
}

export type ByReports = {
  readonly rehearsal: SiteRehearsal
  /** Hosts whose document changes, and whose report is of another edition than that of before. */
  readonly otherEdition: readonly string[]
}

export const rehearseByReports = async (
  reports: Reports,
  before: Pick<CompiledSite, 'documents'>,
  after: Pick<CompiledSite, 'documents'>,
): Promise<ByReports> => {
  const changed = [...reports.values()].flatMap(report => {
    const [older, newer] = [before, after].map(({ documents }) => documents.get(report.host))
    if (older === undefined || newer === undefined) return []
    const editions = { host: report.host, before: canonicalJson(older), after: canonicalJson(newer) }
    return editions.before === editions.after ? [] : [{ ...editions, report }]
  })
  const isOfBefore = ({ report, before: bytes }: (typeof changed)[number]): boolean =>
    report.document.sha256 === digestOf(bytes)
  const hosts = changed
    .filter(isOfBefore)
    .map(({ report, ...editions }) => ({ ...editions, standing: standingOf(report) }))
  const rehearsal = await rehearseSite(
    { hosts, moves: [], documentWhen: () => undefined, sizeOf: () => 0 },
    agentsWith({ allow: [], now: new Date(), times: [] }),
  )
  return { rehearsal, otherEdition: changed.filter(one => !isOfBefore(one)).map(({ host }) => host) }
}

const standingOf = ({ holds, waits }: Report) => ({
  holds,
  waitsForReboot: waits.some(wait => wait.for === 'reboot'),
})
