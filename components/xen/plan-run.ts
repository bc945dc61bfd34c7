// Which domains run: the third table of README.md. Starts come in the declared order, and two domains that share what
// only one may have are never started together.
import type { Action, Op } from '../../src/model/action.js'
import type { Actual, ActualDomain, Starts } from './actual.js'
import { differences } from './differences.js'
import type { Domain } from './domain.js'
import { heldBack, start, startOps, startRequires, waiting } from './domain-action.js'
import { actualIdentities, type Identity, identityOf, sharedWith } from './identity.js'
import { type LiveChange, liveChanges } from './live.js'
import { planAbsent } from './plan-absent.js'
import { planLive } from './plan-live.js'
import { backOff, giveUp, rememberStart } from './starts.js'
import { destroy, destroyConsent, shutDown } from './stop.js'

type Situation =
  | 'held'
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
  | 'running, not remembered'
  | 'running'
  | 'creation switched off'
  | 'not released'
  | 'no Xen'
  | 'saved'
  | 'has run'
  | 'crash loop'
  | 'backing off'
  | 'not claimed'
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
  readonly isHeld: boolean
  readonly isClaimed: boolean
  readonly starts: Starts | undefined
  readonly isSaved: boolean
  readonly isOverdue: boolean
  readonly mayCreate: boolean
}

const situationOf = (domain: Domain, facts: Facts): Situation => {
  const state = facts.there?.state
  const wasStarted = (facts.starts?.numbers ?? []).length > 0
  if (facts.isHeld) return 'held'
  const overdue = domain.onTimeout === 'destroy' ? 'overdue for good' : 'overdue'
  if (domain.ensure === 'stopped') {
    if (state === 'paused') return 'to be stopped, paused'
    if (state !== 'running') return 'stopped'
    return facts.isOverdue ? `to be stopped, ${overdue}` : 'to be stopped'
  }
  if (state === 'running') {
    if (facts.differences.length > 0) return facts.isOverdue ? `running otherwise, ${overdue}` : 'running otherwise'
    if (facts.changes.length > 0) return 'running, changeable'
    if (facts.there?.config?.hasItsMemory === false) return 'running, short of memory'
    return domain.isKeptUp || wasStarted ? 'running' : 'running, not remembered'
  }
  if (state !== undefined) return state
  if (!facts.mayCreate) return 'creation switched off'
  if (domain.movedFrom !== undefined) return 'not released'
  if (!facts.xenRuns) return 'no Xen'
  if (facts.isSaved) return 'saved'
  if (!domain.isKeptUp && wasStarted) return 'has run'
  if (facts.starts?.recent === 'too many') return 'crash loop'
  if (facts.starts?.recent === 'many') return 'backing off'
  if (domain.isShared && !facts.isClaimed) return 'not claimed'
  return facts.shared.length > 0 ? 'there under another name' : 'not running'
}

/** `domains` in their start order. */
export const planRuns = (domains: readonly Domain[], actual: Actual, mayCreate: boolean): readonly Action[] => {
  const taken: Identity[] = [...actualIdentities(actual.domains)]
  const actions: Action[] = []
  for (const domain of domains) {
    const isHeld = actual.held.includes(domain.key)
    if (domain.ensure === 'absent' && !isHeld) {
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
      isHeld,
      isClaimed: actual.claimed.includes(domain.key),
      starts: actual.starts[domain.key],
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
    case 'held': {
      const hold = facts.there?.state === 'running' ? waiting : heldBack
      return [hold(domain, 'hold', `leave ${key} alone`, `agent hold ${key}: nothing is done to it`)]
    }
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
      return [heldBack(domain, 'gone', `${key} starts again`, 'it is being torn down')]
    case 'crashed':
      return [heldBack(domain, 'gone', `${key} starts again`, 'it crashed and is kept: look at it, then xl destroy')]
    case 'shut down':
      return [heldBack(domain, 'gone', `${key} starts again`, 'it has shut down and is kept: xl destroy removes it')]
    case 'paused':
      return [heldBack(domain, 'unpause', `${key} goes on`, `it is paused: xl unpause ${name}`)]
    case 'running otherwise, overdue':
      return [...changesBefore(domain, facts, actual), askAgain(restart(domain, facts, actual))]
    case 'running otherwise, overdue for good':
      return [forGood(restart(domain, facts, actual), [...destroy(domain, actual), ...startOps(domain, actual)])]
    case 'running otherwise':
      return [...changesBefore(domain, facts, actual), restart(domain, facts, actual)]
    case 'running, changeable':
      return planLive(domain, facts.changes, actual)
    case 'running, short of memory':
      return [waiting(domain, 'guest', `${key} takes or gives the memory`, 'it has another amount than it was told to')]
    case 'running, not remembered':
      return [note(domain, actual)]
    case 'running':
    case 'creation switched off':
      return []
    case 'not released':
      return [heldBack(domain, 'release', `${key} starts`, `it has not left ${domain.movedFrom} yet`)]
    case 'no Xen':
      return [{ ...heldBack(domain, 'boot', `${key} starts`, 'Xen does not run'), waitsFor: 'reboot' }]
    case 'saved':
      return [
        heldBack(domain, 'restore', `${key} is restored`, 'xendomains saved it: a cold start would lose its state'),
      ]
    case 'has run':
      return []
    case 'crash loop':
      return [
        startAnew(domain, actual, `it ended ${giveUp.starts} times within ${giveUp.minutes} min, and is left down`),
      ]
    case 'backing off':
      return [
        startAnew(
          domain,
          actual,
          `it ended ${backOff.starts} times within ${backOff.minutes} min: it is started later`,
        ),
      ]
    case 'not claimed':
      return [heldBack(domain, 'lease', `${key} starts`, `other hosts have its disks, too: agent claim ${key}`)]
    case 'there under another name':
      return [{ ...start(domain, actual), reasons: facts.shared, rejected: facts.shared.join('; ') }]
    case 'not running':
      return [start(domain, actual)]
  }
}

/** What runs was started, by xendomains if not by us: when it has ended, it is not started again. */
const note = (domain: Domain, actual: Actual): Action => {
  const { waitsFor: _nothing, ...action } = waiting(
    domain,
    'note',
    `remember that ${domain.key} was started`,
    'restart: no',
  )
  return { ...action, ops: rememberStart(domain, actual) }
}

/** Allowed, it is started at once, and what was before is forgotten. */
const startAnew = (domain: Domain, actual: Actual, reason: string): Action => {
  const action = start(domain, actual)
  const ops = [...action.ops.filter(({ op }) => op === 'exec'), ...rememberStart(domain, actual, 'none')]
  return { ...action, reasons: [reason], waitsFor: `crash-loop:${domain.key}`, ops }
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
    ops: [...shutDown(domain, actual), ...startOps(domain, actual)],
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
