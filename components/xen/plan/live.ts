// The changes of a running domain as actions, one for each: one that fails holds no other one back. Pure.
import type { Action } from '../../../src/model/action.js'
import type { Actual } from '../actual.js'
import type { Domain } from '../domain.js'
import { halfFilled, whenFilled } from '../filling.js'
import { actualIdentities, sharedWith } from '../identity.js'
import type { LiveChange } from '../live.js'
import { sayLacking, untilRoom } from '../memory-need.js'

/** `lacking`: MiB of the host's memory that the domain does not get. */
export const planLive = (
  domain: Domain,
  changes: readonly LiveChange[],
  lacking: number,
  actual: Actual,
): readonly Action[] =>
  changes.map(change => {
    const { what, summary, reason, requires, op, target } = change
    const attach: Action = {
      id: `xen/${domain.key}/${what}`,
      component: 'xen',
      resource: domain.key,
      kind: '~',
      summary,
      reasons: [reason],
      risk: 'safe',
      provides: [],
      requires,
      ops: [op],
    }
    const action = whenFilled(attach, halfFilled(target === undefined ? [] : [target], actual))
    if (change.memory !== undefined && lacking > 0)
      return untilRoom({ ...action, reasons: [reason, sayLacking(lacking)] })
    const taken = takenBy(change, domain, actual)
    return taken.length === 0 ? action : { ...action, rejected: taken.join('; '), ops: [] }
  })

/** One sentence for each other domain, whatever it does, that has the MAC or uses the disk. */
const takenBy = ({ takes }: LiveChange, { name }: Domain, actual: Actual): readonly string[] =>
  takes === undefined
    ? []
    : actualIdentities(actual)
        .filter(other => other.name !== name)
        .flatMap(other => sharedWith({ name, uuid: 'none', ...takes }, other))
