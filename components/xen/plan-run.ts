// Which domains run: the third table of README.md. Starts come in the declared order, and two domains that share what
// only one may have are never started together.
import type { Action } from '../../src/model/action.js'
import type { Actual, ActualDomain } from './actual.js'
import { differences } from './differences.js'
import { configKey, configPath, type Domain, runningKey } from './domain.js'
import { actualIdentities, type Identity, identityOf, sharedWith } from './identity.js'

/** Long: an emulated host takes up to 25 s, and an xl that is killed may leave a half-made domain. */
const createTimeout = 300_000

type Situation =
  | 'stopped'
  | 'to be stopped'
  | 'dying'
  | 'crashed'
  | 'shut down'
  | 'paused'
  | 'running otherwise'
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
  readonly differences: readonly string[]
  readonly shared: readonly string[]
  readonly xenRuns: boolean
  readonly isSaved: boolean
  readonly mayCreate: boolean
}

const situationOf = (domain: Domain, facts: Facts): Situation => {
  const state = facts.there?.state
  if (domain.ensure === 'stopped') return state === 'running' || state === 'paused' ? 'to be stopped' : 'stopped'
  if (state === 'running') return facts.differences.length > 0 ? 'running otherwise' : 'running'
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
    const there = actual.domains.find(({ name }) => name === domain.name)
    const config = there?.config ?? null
    const facts = {
      there,
      differences: config === null ? [] : differences(domain, config),
      shared: taken.flatMap(identity => sharedWith(identityOf(domain), identity)),
      xenRuns: actual.xenRuns,
      isSaved: actual.saved.includes(domain.name),
      mayCreate,
    }
    const situation = situationOf(domain, facts)
    if (situation === 'not running') taken.push(identityOf(domain))
    actions.push(...actionOf(situation, domain, facts))
  }
  return actions
}

const actionOf = (situation: Situation, domain: Domain, facts: Facts): readonly Action[] => {
  const { key, name } = domain
  switch (situation) {
    case 'stopped':
      return []
    case 'to be stopped':
      return [{ ...waiting(domain, 'stop', `${key} stops`, 'ensure: stopped, and it runs'), kind: '-' }]
    case 'dying':
      return [waiting(domain, 'gone', `${key} starts again`, 'it is being torn down')]
    case 'crashed':
      return [waiting(domain, 'gone', `${key} starts again`, 'it crashed and is kept: look at it, then xl destroy')]
    case 'shut down':
      return [waiting(domain, 'gone', `${key} starts again`, 'it has shut down and is kept: xl destroy removes it')]
    case 'paused':
      return [waiting(domain, 'unpause', `${key} goes on`, `it is paused: xl unpause ${name}`)]
    case 'running otherwise':
      return [waiting(domain, 'restart', `${key} takes up its new values`, ...facts.differences)]
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
      return [{ ...start(domain), reasons: facts.shared, rejected: facts.shared.join('; ') }]
    case 'not running':
      return [start(domain)]
  }
}

/** Nothing that the agent does today: somebody restarts, stops, restores it, and the next run finds it so. */
const waiting = (domain: Domain, event: string, summary: string, ...reasons: readonly string[]): Action => ({
  id: `xen/${domain.key}/${event}`,
  component: 'xen',
  resource: domain.key,
  kind: '~',
  summary,
  reasons,
  risk: event === 'restart' || event === 'stop' ? 'disruptive' : 'safe',
  waitsFor: `${event}:${domain.key}`,
  provides: [],
  requires: [],
  ops: [],
})

/** One after the other, in their order; in a scope of its own, so that xl's monitor outlives the agent. */
const start = (domain: Domain): Action => ({
  id: `xen/${domain.key}/start`,
  component: 'xen',
  resource: domain.key,
  kind: '+',
  summary: `start domain ${domain.key}`,
  reasons: ['it does not run'],
  risk: 'safe',
  queue: 'xen/start',
  provides: [runningKey(domain.key)],
  requires: [configKey(domain.key), ...domain.disks.map(({ requires }) => requires)],
  ops: [
    {
      op: 'exec',
      argv: ['systemd-run', '--scope', '--quiet', '--collect', 'xl', 'create', configPath(domain.key)],
      timeout: createTimeout,
    },
  ],
})
