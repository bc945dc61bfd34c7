// /etc/xen/NAME.cfg: the first table of README.md.
import type { Action, Op } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { printConfig } from './config/print.js'
import { configFile, configKey, configPath, type Domain } from './domain.js'
import { faultsOf } from './domain-faults.js'

/** Root alone: a config may hold a VNC password. */
const mode = 0o600
const updateTimeout = 120_000

type Situation = 'contradictory' | 'absent' | 'same' | 'different, domain there' | 'different'

const situationOf = (domain: Domain, actual: Actual, content: string): Situation => {
  if (faultsOf(domain).length > 0) return 'contradictory'
  const present = actual.configs[configFile(domain.key)] ?? null
  if (present === null) return 'absent'
  if (present === content) return 'same'
  const isThere = actual.domains.some(({ name, state }) => name === domain.name && state !== 'dying')
  return isThere ? 'different, domain there' : 'different'
}

export const planConfig = (domain: Domain, actual: Actual): readonly Action[] => {
  const path = configPath(domain.key)
  const content = printConfig(domain)
  const write: Op = { op: 'write', path, content, mode }
  const action = {
    id: `xen/${domain.key}/config`,
    component: 'xen',
    resource: domain.key,
    kind: '~',
    summary: `rewrite ${path}`,
    reasons: [`changed: ${changedOptions(actual.configs[configFile(domain.key)] ?? '', content).join(', ')}`],
    risk: 'safe',
    provides: [configKey(domain.key)],
    requires: [],
    ops: [write],
  } satisfies Action

  switch (situationOf(domain, actual, content)) {
    case 'contradictory': {
      const faults = faultsOf(domain)
      return [{ ...action, summary: `write ${path}`, reasons: faults, rejected: faults.join('; '), ops: [] }]
    }
    case 'absent':
      return [{ ...action, kind: '+', summary: `write ${path}`, reasons: [`there is no ${path}`] }]
    case 'same':
      return []
    case 'different, domain there':
      return [{ ...action, ops: updateRunning(domain.name, path, content, write) }]
    case 'different':
      return [action]
  }
}

/**
 * The guest's own reboot takes up only what `xl config-update` was given, and nothing shows later what that was: so the
 * config itself is written after it. A run that is killed in between finds a config that differs, and does it again.
 */
const updateRunning = (name: string, path: string, content: string, write: Op): readonly Op[] => {
  const next = `${path}.next`
  return [
    { op: 'write', path: next, content, mode },
    { op: 'exec', argv: ['xl', 'config-update', name, next], timeout: updateTimeout },
    write,
    { op: 'remove', path: next },
  ]
}

/** The names only: values may be secret. */
const changedOptions = (before: string, after: string): readonly string[] => {
  const old = new Set(before.split('\n'))
  const current = new Set(after.split('\n'))
  const changed = [...[...old].filter(line => !current.has(line)), ...[...current].filter(line => !old.has(line))]
  const names = changed.map(line => /^([a-z]\w*)\s*=/.exec(line)?.[1] ?? 'comments')
  return [...new Set(names)]
}
