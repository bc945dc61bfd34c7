// release: a guest that moved has left its old host, by the administrator's word or by a report of the agent there.
// Pure: decides what the lock file is to say; the command line reads the report and writes the file.
import type { AnyComponent } from '../../model/component.js'
import { canonicalJson, isMap, type Json } from '../../model/json.js'
import { parseMisplaced } from '../../model/misplaced.js'
import { digestOf } from '../../model/seal.js'
import type { CompiledSite } from '../compile.js'
import { type Hosts, recordedHosts } from './moves.js'

export type Release =
  /** `to` is undefined for a guest that no host encloses: its entry goes. */
  | { readonly kind: 'released'; readonly from: string; readonly to: string | undefined; readonly hosts: Hosts }
  /** Nothing to do: it lives where the profiles have it. */
  | { readonly kind: 'at home'; readonly host: string }
  | { readonly kind: 'unrecorded' }
  | { readonly kind: 'refused'; readonly reason: string; readonly remedy: string }

/** Whether a guest may be released, and what is recorded then. `report`: an agent's, of the host that it leaves. */
export const releaseGuest = (
  compiled: CompiledSite,
  guest: string,
  report: Json | undefined,
  components: readonly AnyComponent[],
): Release => {
  const { residences, machines } = compiled
  const from = residences.get(guest)?.host
  const to = machines.parentage.hosts.get(guest)
  if (from === undefined) return { kind: 'unrecorded' }
  if (from === to) return { kind: 'at home', host: from }
  const refusal = report === undefined ? undefined : refusalOf(compiled, { guest, from, report, components })
  if (refusal !== undefined) return { kind: 'refused', ...refusal }
  const others = [...recordedHosts(residences, new Map())].filter(([name]) => name !== guest)
  return { kind: 'released', from, to, hosts: new Map(to === undefined ? others : [...others, [guest, to]]) }
}

type Evidence = {
  readonly guest: string
  readonly from: string
  readonly report: Json
  readonly components: readonly AnyComponent[]
}
type Refusal = { readonly reason: string; readonly remedy: string }

/**
 * Why a report does not show that the guest is gone. One from before the move, or of a part of the host, says nothing
 * of the guest: so it must be of the document that says where the guest went.
 */
const refusalOf = ({ documents, machines }: CompiledSite, evidence: Evidence): Refusal | undefined => {
  const { guest, from, report, components } = evidence
  const again = `publish the site, run the agent on ${from} and take its new report`
  const misplaced = isMap(report) ? parseMisplaced(report.misplaced) : undefined
  if (!isMap(report) || !isMap(report.document) || !isMap(report.observed) || misplaced === undefined)
    return { reason: 'this is not the report of an agent', remedy: 'xenclosure agent run --json prints one' }
  if (report.host !== from)
    return { reason: `this is the report of ${report.host}, and ${guest} leaves ${from}`, remedy: again }
  const document = documents.get(from)
  const { observed } = report
  const watching = components.filter(component => component.misplaced !== undefined)
  if (
    document === undefined ||
    !machines.parentage.hosts.has(guest) ||
    !watching.some(({ name }) => declares(document, name))
  ) {
    const reason = `the document of ${from} does not name ${guest}, so that no report of it can tell`
    return { reason, remedy: `see that ${guest} is gone, and release it without a report` }
  }
  if (report.document.sha256 !== digestOf(canonicalJson(document)))
    return { reason: `the report is of another edition of ${from}`, remedy: again }
  if (watching.some(({ name }) => declares(document, name) && !Object.hasOwn(observed, name)))
    return { reason: `the report is of a part of ${from}`, remedy: `run the agent there without --component` }
  if (misplaced.some(one => one.guest === guest))
    return { reason: `${guest} is still on ${from}`, remedy: `stop it there (xl shutdown ${guest}), and ${again}` }
  return undefined
}

const declares = ({ software }: { readonly software?: Json }, component: string): boolean =>
  isMap(software) && isMap(software.components) && Object.hasOwn(software.components, component)
