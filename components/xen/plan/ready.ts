// That a domain is ready for those that need it, as an action that awaits it. Pure.
import type { Action, Op } from '../../../src/model/action.js'
import type { Actual } from '../actual.js'
import { type Domain, type Readiness, readyKey, runningKey } from '../domain.js'
import { needFaults } from '../needs-faults.js'

/**
 * For each domain that a missing one needs and that is not ready; one that is ready as soon as it runs awaits nothing.
 * Where no domain is started (`mayCreate`), none waits for another.
 */
export const planReady = (domains: readonly Domain[], actual: Actual, mayCreate: boolean): readonly Action[] =>
  domains.flatMap(domain => {
    if (!mayCreate) return []
    const { key, ready } = domain
    const op = awaiting(ready)
    if (op === undefined || actual.ready.includes(key)) return []
    const isMissing = ({ name }: Domain): boolean => !actual.domains.some(other => other.name === name)
    const isToStart = (other: Domain): boolean => other.ensure === 'running' && needFaults(other, domains).length === 0
    const needing = domains.filter(other => other.needs.includes(key) && isMissing(other) && isToStart(other))
    if (needing.length === 0) return []
    return [
      {
        id: `xen/${key}/ready`,
        component: 'xen',
        resource: key,
        kind: '~',
        summary: `wait until ${key} is ready`,
        reasons: needing.map(other => `${other.key} needs it`),
        risk: 'safe',
        routine: true,
        provides: [readyKey(domain)],
        requires: [runningKey(key)],
        ops: [op],
      },
    ]
  })

const awaiting = (ready: Readiness): Op | undefined => {
  switch (ready.when) {
    case 'running':
      return undefined
    case 'port': {
      const { address, port, within } = ready
      if (address === undefined) return undefined
      return { op: 'await', probe: { kind: 'listening', host: address, port }, within, otherwise: [] }
    }
    case 'delay': {
      const seconds = String(ready.delay / 1000)
      return { op: 'exec', argv: ['sleep', seconds], timeout: ready.delay + 60_000 }
    }
  }
}
