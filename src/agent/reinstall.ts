// A guest of this host is installed anew, by an administrator's order. The order is state of the host, by which every run
// plans, until the guest's boot disk bears its name; here runs follow each other until its installer is at work, or where
// it has come to its end, until the guest itself runs. A process that is killed at any point has only to be called again.
import { putReinstallation, type ReinstallationOrder, readReinstallations } from './guests.js'
import { runToItsEnd } from './intervene.js'
import { requireOn } from './off.js'
import type { Report } from './report.js'
import type { RunRequest } from './run.js'

export type Reinstalled = { readonly report: Report; readonly code: 0 | 1 | 3 }

/** An order is carried out once, however often it is given. */
export const reinstallGuest = async (request: RunRequest, order: ReinstallationOrder): Promise<Reinstalled> => {
  const { system, state } = request
  await requireOn(system)
  await putReinstallation(order, system, state)
  const report = await runToItsEnd(request)
  const known = (await readReinstallations(system, state)).find(({ guest }) => guest === order.guest)
  return { report, code: codeOf(report, order.guest, known?.order === order.order && known.isBegun) }
}

/**
 * | code | when                                                                                      |
 * | ---- | ----------------------------------------------------------------------------------------- |
 * | 0    | nothing is left to do for the guest: it is installed, or its provisioner says by what it is |
 * | 1    | something of it failed                                                                    |
 * | 3    | its installer runs, something keeps it from going down, or kept it until it was too late  |
 */
const codeOf = ({ error, actions, installations }: Report, guest: string, isBegun: boolean): Reinstalled['code'] => {
  const own = actions.filter(({ resource }) => resource === guest)
  const isOurs = error?.actions.every(id => own.some(action => action.id === id)) === true
  if (isOurs || own.some(({ outcome }) => outcome === 'failed')) return 1
  const isLeft = own.some(({ outcome }) => outcome !== 'done')
  const { state = 'over' } = installations[guest] ?? {}
  return isBegun && !isLeft && state === 'over' ? 0 : 3
}
