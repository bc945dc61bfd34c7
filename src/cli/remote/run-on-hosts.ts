// Runs the agent on hosts side by side, so many at a time, and tells how it goes on stderr, each line with its host.
import { parseReport } from '../../agent/parse-report.js'
import { summaryOf } from '../../agent/print.js'
import type { Report } from '../../agent/report.js'
import { isMap, type Json, parseJson } from '../../model/json.js'
import { inPool } from '../../remote/pool.js'
import type { Reach, RemoteHost } from '../../remote/remote-host.js'
import { type Errand, runThere } from '../../remote/run-there.js'
import { isHostFailure, withHost } from '../../remote/with-host.js'
import { Interrupted, say } from '../agent/tell.js'
import { printable, printableJson } from '../printable.js'

export type HostResult = {
  readonly host: string
  /** That of the agent, or 1 where it could not be run to its end. */
  readonly code: number
  readonly report?: Report
  readonly plan?: string
  /** Why there is no report. */
  readonly error?: string
}

export type HostErrand = Errand & { readonly name: string }

type Parts = {
  readonly reach: Reach
  readonly jobs: number
  readonly json: boolean
  readonly signal: AbortSignal
  /** Where things are carried to on a host. */
  readonly place?: string
}

const interrupted =
  'interrupted: what is under way on a host ends, and nothing new begins; a second Ctrl-C does not wait for what they say'

/** The results, in the order of the errands. What goes wrong on one host stops no other. */
export const runOnHosts = async (errands: readonly HostErrand[], parts: Parts): Promise<readonly HostResult[]> => {
  let ended = 0
  parts.signal.addEventListener('abort', () => say('info', interrupted, parts.json), { once: true })
  return inPool(errands, parts.jobs, async errand => {
    const result = await runOnHost(errand, parts)
    ended += 1
    const { host, code, report } = result
    const outcome = report === undefined ? `no report, exit code ${code}` : summaryOf(report)
    tell({ severity: 'info', host, message: `${outcome} (${ended} of ${errands.length})` }, parts.json)
    return result
  })
}

const runOnHost = async (errand: HostErrand, { reach, json, signal, place }: Parts): Promise<HostResult> => {
  const { name: host } = errand
  const errors: string[] = []
  const onLine = (line: string): void => {
    const said = progressOf(host, line)
    if (said.severity === 'error') errors.push(said.message)
    if (json || isForPeople(said)) tell(said, json)
  }
  try {
    signal.throwIfAborted()
    const work = async (remote: RemoteHost): Promise<HostResult> => {
      const { code, stdout, savedPlan } = await runThere(remote, errand, { signal, onLine }, place)
      const report = parseReport(parseJson(stdout))
      const plan = savedPlan === undefined ? {} : { plan: savedPlan }
      if (report !== undefined) return { host, code, report, ...plan }
      const error = errors.at(-1) ?? `the agent ended with ${code}, and printed no report`
      return { host, code: code === 0 ? 1 : code, error }
    }
    return await withHost(reach, host, work, signal)
  } catch (error) {
    // What is interrupted at work on the host says so itself.
    const why = error instanceof Interrupted ? `interrupted by ${error.signal} before it was reached` : undefined
    if (why === undefined && !isHostFailure(error)) throw error
    const message = why ?? (error as Error).message
    tell({ severity: 'error', host, message }, json)
    return { host, code: 1, error: message }
  }
}

type Progress = {
  readonly severity: string
  readonly host: string
  readonly message: string
  /** Of what the agent's run tells; its command's own words have none. */
  readonly event?: Json
}

/** A JSON line of the agent; anything else is told as a warning, such as what sudo says. */
const progressOf = (host: string, line: string): Progress => {
  const event: Json | undefined = parseJson(line)
  if (!isMap(event)) return { severity: 'warning', host, message: line }
  return { ...event, severity: String(event.severity), host, message: String(event.message) }
}

/** An event without words is for programs; where the command saved a plan on the host is of no use here. */
const isForPeople = ({ severity, message, event }: Progress): boolean =>
  event === undefined ? severity !== 'info' : message !== event

/** `ce (root@192.0.2.1): why` and `ce: why` without the name, which stands before it already. */
const withoutHost = (host: string, message: string): string => {
  if (message.startsWith(`${host}: `)) return message.slice(host.length + 2)
  return message.startsWith(`${host} (`) ? message.slice(host.length + 2).replace('): ', ': ') : message
}

const columns = 1000

const tell = (progress: Progress, json: boolean): void => {
  const { severity, host, message } = progress
  const mark = severity === 'info' ? '' : `${severity}: `
  const text = `${host}: ${mark}${printable(withoutHost(host, message), columns)}`
  process.stderr.write(`${json ? printableJson(progress) : text}\n`)
}
