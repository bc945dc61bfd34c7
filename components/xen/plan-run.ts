// Which domains run: the third table of README.md. Starts come in the declared order, and two domains that share what
// only one may have are never started together.
import type { Action, Op } from '../../src/model/action.js'
import type { Actual, ActualDomain } from './actual.js'
import { differences } from './differences.js'
import type { Domain } from './domain.js'
import { start, startOps, startRequires, waiting } from './domain-action.js'
import { actualIdentities, type Identity, identityOf, sharedWith } from './identity.js'
import { type LiveChange, liveChanges } from './live.js'
import { planAbsent } from './plan-absent.js'
import { planLive } from './plan-live.js'
import { destroy, destroyConsent, shutDown } from './stop.js'

type Situation =
  | 'stopped'
  | 'to be stopped, paused'
  | 'to be stopped, overdue'
  | 'to be stopped, overdue for good'
  | 'to be stopped'
  | 'dying'
  | 'crashed'
  | 'shut down'
  | 'paused'
  | 'running otherwise, overdue'
  | 'running otherwise, overdue for good'
  | 'running otherwise'
  | 'running, changeable'
  | 'running, short of memory'
  | 'running'
  | 'creation switched off'
  | 'not released'
  | 'no Xen'
  | 'saved'
  | 'there under another name'
  | 'not running'

/** What the classification needs to know of a domain and the host. */
type Facts = {
  readonly there: ActualDomain | undefined
  /** What only a restart takes up. */
  readonly differences: readonly string[]
  readonly changes: readonly LiveChange[]
  readonly shared: readonly string[]
  readonly xenRuns: boolean
  readonly isSaved: boolean
  readonly isOverdue: boolean
  readonly mayCreate: boolean
}

const situationOf = (domain: Domain, facts: Facts): Situation => {
  const state = facts.there?.state
  const overdue = domain.onTimeout === 'destroy' ? 'overdue for good' : 'overdue'
  if (domain.ensure === 'stopped') {
    if (state === 'paused') return 'to be stopped, paused'
    if (state !== 'running') return 'stopped'
    return facts.isOverdue ? `to be stopped, ${overdue}` : 'to be stopped'
  }
  if (state === 'running') {
    if (facts.differences.length > 0) return facts.isOverdue ? `running otherwise, ${overdue}` : 'running otherwise'
    if (facts.changes.length > 0) return 'running, changeable'
    return facts.there?.config?.hasItsMemory === false ? 'running, short of memory' : 'running'
  }
  if (state !== undefined) return state
  if (!facts.mayCreate) return 'creation switched off'
  if (domain.movedFrom !== undefined) return 'not released'
  if (!facts.xenRuns) return 'no Xen'
  if (facts.isSaved) return 'saved'
  return facts.shared.length > 0 ? 'there under another name' : 'not running'
}

/** `domains` in their start order. */
export const planRuns = (domains: readonly Domain[], actual: Actual, mayCreate: boolean): readonly Action[] => {
  const taken: Identity[] = [...actualIdentities(actual.domains)]
  const actions: Action[] = []
  for (const domain of domains) {
    if (domain.ensure === 'absent') {
      actions.push(...planAbsent(domain, domains, actual))
      continue
    }
    const there = actual.domains.find(({ name }) => name === domain.name)
    const config = there?.config ?? null
    const facts = {
      there,
      differences: config === null ? [] : differences(domain, config),
      changes: config === null ? [] : liveChanges(domain, config),
      shared: taken.flatMap(identity => sharedWith(identityOf(domain), identity)),
      xenRuns: actual.xenRuns,
      isSaved: actual.saved.includes(domain.name),
      isOverdue: actual.overdue.includes(domain.key),
      mayCreate,
    }
    const situation = situationOf(domain, facts)
    if (situation === 'not running') taken.push(identityOf(domain))
    actions.push(...actionOf(situation, domain, facts, actual))
  }
  return actions
}

const actionOf = (situation: Situation, domain: Domain, facts: Facts, actual: Actual): readonly Action[] => {
  const { key, name } = domain
  switch (situation) {
    case 'stopped':
      return []
    case 'to be stopped, paused':
      return [waiting(domain, 'unpause', `${key} stops`, `ensure: stopped, and it is paused: xl unpause ${name}`)]
    case 'to be stopped, overdue':
      return [askAgain(stop(domain, actual))]
    case 'to be stopped, overdue for good':
      return [forGood(stop(domain, actual), destroy(domain, actual))]
    case 'to be stopped':
      return [stop(domain, actual)]
    case 'dying':
      return [waiting(domain, 'gone', `${key} starts again`, 'it is being torn down')]
    case 'crashed':
      return [waiting(domain, 'gone', `${key} starts again`, 'it crashed and is kept: look at it, then xl destroy')]
    case 'shut down':
      return [waiting(domain, 'gone', `${key} starts again`, 'it has shut down and is kept: xl destroy removes it')]
    case 'paused':
      return [waiting(domain, 'unpause', `${key} goes on`, `it is paused: xl unpause ${name}`)]
    case 'running otherwise, overdue':
      return [...changesBefore(domain, facts, actual), askAgain(restart(domain, facts, actual))]
    case 'running otherwise, overdue for good':
      return [forGood(restart(domain, facts, actual), [...destroy(domain, actual), ...startOps(domain)])]
    case 'running otherwise':
      return [...changesBefore(domain, facts, actual), restart(domain, facts, actual)]
    case 'running, changeable':
      return planLive(domain, facts.changes, actual)
    case 'running, short of memory':
      return [waiting(domain, 'guest', `${key} takes or gives the memory`, 'it has another amount than it was told to')]
    case 'running':
    case 'creation switched off':
      return []
    case 'not released':
      return [waiting(domain, 'release', `${key} starts`, `it has not left ${domain.movedFrom} yet`)]
    case 'no Xen':
      return [{ ...waiting(domain, 'boot', `${key} starts`, 'Xen does not run'), waitsFor: 'reboot' }]
    case 'saved':
      return [
        waiting(domain, 'restore', `${key} is restored`, 'xendomains saved it: a cold start would lose its state'),
      ]
    case 'there under another name':
      return [{ ...start(domain, actual), reasons: facts.shared, rejected: facts.shared.join('; ') }]
    case 'not running':
      return [start(domain, actual)]
  }
}

/** While a restart has to wait, what needs none is done; else the restart takes it up. */
const changesBefore = (domain: Domain, { changes }: Facts, actual: Actual): readonly Action[] =>
  domain.mayDisrupt ? [] : planLive(domain, changes, actual)

const stop = (domain: Domain, actual: Actual): Action =>
  disruptive(domain, {
    ...waiting(domain, 'stop', `stop domain ${domain.key}`, 'ensure: stopped, and it runs'),
    kind: '-',
    ops: shutDown(domain, actual),
  })

/** Not shut down before all that its start needs is there. */
const restart = (domain: Domain, { differences }: Facts, actual: Actual): Action =>
  disruptive(domain, {
    ...waiting(domain, 'restart', `restart ${domain.key} with its new values`, ...differences),
    requires: startRequires(domain),
    ops: [...shutDown(domain, actual), ...startOps(domain)],
  })

const disruptive = ({ mayDisrupt }: Domain, action: Action): Action => {
  const { waitsFor: _leave, ...unhindered } = action
  return { ...(mayDisrupt ? unhindered : action), risk: 'disruptive' }
}

/** `on_timeout: wait`: it may still go down by itself. */
const askAgain = (action: Action): Action => ({
  ...action,
  reasons: [...action.reasons, 'it was asked to shut down, and has not: look at its console, or xl destroy it'],
  waitsFor: `shutdown:${action.resource}`,
})

/** `on_timeout: destroy`: it was asked, after what that had to wait for had come. */
const forGood = ({ waitsFor: _came, ...action }: Action, ops: readonly Op[]): Action => ({
  ...action,
  reasons: [...action.reasons, 'it was asked to shut down, and has not; on_timeout: destroy'],
  risk: 'destructive',
  consent: destroyConsent(action.resource),
  ops,
})
