// A domain that is given up (`ensure: absent`) comes to its end: a table of README.md. Its config and links go by
// plan/config.ts and plan/auto-link.ts; its volumes are another component's. Pure.
import type { Action } from '../../../src/model/action.js'
import type { Actual, ActualDomain } from '../actual.js'
import { requireNoVeto } from '../disruption.js'
import { absentKey, type Domain } from '../domain.js'
import { waiting } from '../domain-action.js'
import { nameFaults } from '../domain-faults.js'
import { destroy, destroyConsent, shutDown } from '../stop.js'

type Situation = 'named twice' | 'dying' | 'running' | 'kept' | 'saved' | 'gone'

const situationOf = (there: ActualDomain | undefined, isSaved: boolean, faults: readonly string[]): Situation => {
  if (faults.length > 0) return 'named twice'
  if (there?.state === 'dying') return 'dying'
  if (there?.state === 'running') return 'running'
  if (there !== undefined) return 'kept'
  return isSaved ? 'saved' : 'gone'
}

export const planAbsent = (domain: Domain, all: readonly Domain[], actual: Actual): readonly Action[] => {
  const { key, name, onTimeout } = domain
  const there = actual.domains.find(other => other.name === name)
  const faults = nameFaults(domain, all)
  const ending = {
    id: `xen/${key}/end`,
    component: 'xen',
    resource: key,
    kind: '-',
    summary: `shut ${key} down for good`,
    reasons: [`ensure: absent, and it is there: ${there?.state}`],
    risk: 'destructive',
    consent: destroyConsent(key),
    provides: [absentKey(key)],
    requires: [],
    ops: [],
  } satisfies Action

  switch (situationOf(there, actual.saved.includes(name), faults)) {
    case 'named twice':
      return [{ ...ending, rejected: faults.join('; ') }]
    case 'dying':
      return [{ ...waiting(domain, 'gone', `${key} is gone`, 'it is being torn down'), provides: [absentKey(key)] }]
    case 'running': {
      const forced = [...requireNoVeto(domain, actual), ...destroy(domain, actual)]
      return [{ ...ending, ops: shutDown(domain, actual, onTimeout === 'destroy' ? forced : []) }]
    }
    case 'kept':
      return [{ ...ending, summary: `destroy domain ${key}`, ops: destroy(domain, actual) }]
    case 'saved': {
      const path = `${actual.saveDirectory}/${name}`
      const reasons = ['ensure: absent, and xendomains would restore it']
      return [{ ...ending, summary: `remove ${path}`, reasons, ops: [{ op: 'remove', path }] }]
    }
    case 'gone':
      return []
  }
}
