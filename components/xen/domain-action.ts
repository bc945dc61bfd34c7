// The two kinds of action that plan/run.ts and plan/absent.ts make most: one that only waits, and the start of a domain.
import type { Action, Op } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { bridgeKeys, configKey, configPath, type Domain, readyKey, runningKey } from './domain.js'
import { whyNot } from './plan/auto-link.js'
import { rememberStart } from './starts.js'
import { askedPath } from './stop.js'

/** Long: an emulated host takes up to 25 s, and an xl that is killed may leave a half-made domain. */
const createTimeout = 300_000

/** Where it does not run, those that need it wait, too. */
export const heldBack = (domain: Domain, event: string, summary: string, ...reasons: readonly string[]): Action => ({
  ...waiting(domain, event, summary, ...reasons),
  provides: [runningKey(domain.key)],
})

/** Nothing that the agent does: somebody unpauses, releases, restores it, and the next run finds it so. */
export const waiting = (domain: Domain, event: string, summary: string, ...reasons: readonly string[]): Action => ({
  id: `xen/${domain.key}/${event}`,
  component: 'xen',
  resource: domain.key,
  kind: '~',
  summary,
  reasons,
  risk: 'safe',
  waitsFor: `${event}:${domain.key}`,
  provides: [],
  requires: [],
  ops: [],
})

/** One after the other, in their order. */
export const start = (domain: Domain, actual: Actual, needed: readonly Domain[]): Action => ({
  id: `xen/${domain.key}/start`,
  component: 'xen',
  resource: domain.key,
  kind: '+',
  summary: `start domain ${domain.key}`,
  reasons: ['it does not run'],
  risk: 'safe',
  ...(isFirstStart(domain, actual) ? { routine: true as const } : {}),
  queue: 'xen/start',
  provides: [runningKey(domain.key)],
  requires: startRequires(domain, needed),
  ops: [...forgetQuestion(domain, actual), ...startOps(domain, actual)],
})

/** Of this boot of the host, where xendomains does not start it. */
const isFirstStart = (domain: Domain, actual: Actual): boolean =>
  whyNot(domain, actual) !== undefined && (actual.starts[domain.key]?.numbers ?? []).length === 0

/** Left by a run that was killed: it was not this domain that was asked. */
const forgetQuestion = ({ key }: Domain, { asked, memory }: Actual): readonly Op[] =>
  asked.includes(key) ? [{ op: 'remove', path: askedPath(memory, key) }] : []

/** `needed` are the domains that it waits for. */
export const startRequires = ({ key, disks, vifs }: Domain, needed: readonly Domain[] = []): readonly string[] => [
  configKey(key),
  ...disks.map(({ requires }) => requires),
  ...bridgeKeys(vifs),
  ...needed.map(readyKey),
]

/** In a scope of its own, so that xl's monitor outlives the agent. Only a start that succeeded is remembered. */
export const startOps = (domain: Domain, actual: Actual): readonly Op[] => [
  createOp(configPath(domain.key)),
  ...rememberStart(domain, actual),
]

export const createOp = (config: string): Op => ({
  op: 'exec',
  argv: ['systemd-run', '--scope', '--quiet', '--collect', 'xl', 'create', config],
  timeout: createTimeout,
})
