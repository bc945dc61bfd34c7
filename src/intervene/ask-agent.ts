// What an intervention asks a host's own agent, and how it reads the answer.
import type { Intervention, OngoingIntervention } from '../model/intervention.js'
import { isList, isMap, type Json, type JsonMap, parseJson } from '../model/json.js'
import type { RemoteExecOptions, RemoteHost } from '../remote/remote-host.js'
import { ownOptions } from '../remote/run-there.js'

/** Graceful shutdowns have limits of their own; this is where something hangs. */
const agentLimit = 24 * 60 * 60_000

/** As the host's state has it, also where its guests are coming up again. */
export const ongoingOn = async (host: RemoteHost, parts: AskOptions): Promise<Intervention | undefined> => {
  const { report: status } = await askAgent(host, ['status'], parts)
  return isMap(status) && isMap(status.intervention) ? (status.intervention as unknown as Intervention) : undefined
}

type Answer = { readonly code: number; readonly report: Json | undefined; readonly error: string }

export type AskOptions = Pick<RemoteExecOptions, 'signal'>

/** By the options that the host's own administrators gave its agent. */
export const askAgent = async (
  host: RemoteHost,
  [verb = '', ...more]: readonly string[],
  { signal }: AskOptions,
): Promise<Answer> => {
  const errors: string[] = []
  const hear = (line: string): void => {
    const said = parseJson(line)
    if (isMap(said) && said.severity === 'error') errors.push(String(said.message))
  }
  const own = await ownOptions(host)
  const options = verb === 'status' ? own.filter((_, at) => own[at] !== '--trust' && own[at - 1] !== '--trust') : own
  const { code, stdout } = await host.agent([verb, ...options, ...more, '--json'], {
    timeout: agentLimit,
    ...(signal === undefined ? {} : { signal }),
    onLine: hear,
  })
  const report = parseJson(stdout)
  const failure = isMap(report) && isMap(report.error) ? String(report.error.message) : undefined
  return { code, report, error: failure ?? errors.at(-1) ?? `its agent ended with ${code}` }
}

/** What the agent prints is its own report: it is the same program. */
export const interventionOf = (report: Json | undefined): OngoingIntervention | undefined =>
  isMap(report) && isMap(report.intervention) ? (report.intervention as unknown as OngoingIntervention) : undefined

/** What a run was left waiting for: all of it, or where a guest is named, what an action of its waits for. */
export const namesOfWaits = (report: Json | undefined, guest?: string): readonly string[] => {
  const own = guest === undefined ? undefined : actionsOf(report, guest)
  const isOf = (actions: Json | undefined): boolean =>
    own === undefined || (isList(actions) && actions.some(id => own.includes(id)))
  return partsOf(report, 'waits').flatMap(wait => (isOf(wait.actions) ? String(wait.for) : []))
}

/** By what they are about: an id of another component may have a volume group's name where a guest's would be. */
const actionsOf = (report: Json | undefined, guest: string): readonly (Json | undefined)[] =>
  partsOf(report, 'actions').flatMap(({ id, component, resource }) =>
    component === 'xen' && resource === guest ? [id] : [],
  )

const partsOf = (report: Json | undefined, key: 'waits' | 'actions'): readonly JsonMap[] => {
  const parts = isMap(report) ? report[key] : undefined
  return isList(parts) ? parts.filter(isMap) : []
}

export const waitsText = (report: Json | undefined): string => {
  const names = namesOfWaits(report)
  return names.length === 0 ? '' : `; waits for ${names.join(', ')}`
}
