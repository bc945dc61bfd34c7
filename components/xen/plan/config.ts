// /etc/xen/NAME.cfg: the first table of README.md.
import type { Action, Op } from '../../../src/model/action.js'
import type { Actual } from '../actual.js'
import { hasDisk, printConfig } from '../config/print.js'
import { absentKey, configFile, configKey, configPath, type Domain, type DomainDisk } from '../domain.js'
import { faultsOf } from '../domain-faults.js'
import { whenThere } from '../filling.js'
import { installationOf } from '../install.js'
import { keepOther, writeConfig } from '../write-config.js'
import { mayStart } from './auto-link.js'

const updateTimeout = 120_000

type Situation =
  | 'held'
  | 'given up'
  | 'gone'
  | 'contradictory'
  | 'absent, domain there'
  | 'absent'
  | 'same'
  | 'same, open to others'
  | 'different, domain there'
  | 'different'

const situationOf = (domain: Domain, actual: Actual, content: string, faults: readonly string[]): Situation => {
  const present = actual.configs[configFile(domain.key)] ?? null
  if (actual.held.includes(domain.key)) return 'held'
  if (domain.ensure === 'absent') return present === null ? 'gone' : 'given up'
  if (faults.length > 0) return 'contradictory'
  if (present === content) return actual.open.includes(configFile(domain.key)) ? 'same, open to others' : 'same'
  // What xl has of a domain that is being installed is its installer's config.
  const isOther = installationOf(domain, actual) !== undefined
  const isThere = !isOther && actual.domains.some(({ name, state }) => name === domain.name && state !== 'dying')
  if (present === null) return isThere ? 'absent, domain there' : 'absent'
  return isThere ? 'different, domain there' : 'different'
}

/** `all` are the declared domains, this one too. */
export const planConfig = (domain: Domain, all: readonly Domain[], actual: Actual): readonly Action[] => {
  const faults = faultsOf(domain, all)
  const path = configPath(domain.key)
  const content = printConfig(domain)
  const present = actual.configs[configFile(domain.key)] ?? null
  const write = writeConfig(path, content)
  const keep = keepOther(path, present, actual)
  const action = {
    id: `xen/${domain.key}/config`,
    component: 'xen',
    resource: domain.key,
    kind: '~',
    summary: `rewrite ${path}`,
    reasons: [`changed: ${changedOptions(present ?? '', content).join(', ')}`],
    risk: 'safe',
    provides: [configKey(domain.key)],
    requires: [],
    ops: [...keep, write],
  } satisfies Action
  const inTime = (written: Action): Action => whenThere(written, disksBefore(domain, present ?? '', actual), actual)

  const newFile = { kind: '+', summary: `write ${path}`, reasons: [`there is no ${path}`] } as const

  switch (situationOf(domain, actual, content, faults)) {
    case 'held':
      return []
    case 'given up': {
      const removal = { kind: '-', summary: `remove ${path}`, reasons: ['ensure: absent'] } as const
      return [
        {
          ...action,
          ...removal,
          provides: [],
          requires: [absentKey(domain.key)],
          ops: [...keep, { op: 'remove', path }],
        },
      ]
    }
    case 'gone':
      return []
    case 'contradictory':
      return [{ ...action, summary: `write ${path}`, reasons: [], rejected: faults.join('; '), ops: [] }]
    case 'absent, domain there':
      return [inTime({ ...action, ...newFile, ops: updateRunning(domain.name, path, content, write) })]
    case 'absent':
      return [inTime({ ...action, ...newFile })]
    case 'same':
      return []
    case 'same, open to others':
      return [{ ...action, reasons: ['others than root may read or write it'], ops: [write] }]
    case 'different, domain there':
      return [inTime({ ...action, ops: [...keep, ...updateRunning(domain.name, path, content, write)] })]
    case 'different':
      return [inTime(action)]
  }
}

/**
 * The disks that the config has not yet, and that are made and filled first: xendomains, and the reboot of a guest that
 * runs, start what the config says and ask nobody.
 */
const disksBefore = (domain: Domain, present: string, actual: Actual): readonly DomainDisk[] =>
  mayStart(domain, actual) ? domain.disks.filter(disk => hasDisk(present, disk) !== true) : []

/**
 * The guest's own reboot takes up only what `xl config-update` was given, and nothing shows later what that was: so the
 * config itself is written after it. A run that is killed in between finds a config that differs, and does it again.
 */
const updateRunning = (name: string, path: string, content: string, write: Op): readonly Op[] => {
  const next = `${path}.next`
  return [
    writeConfig(next, content),
    { op: 'exec', argv: ['xl', 'config-update', name, next], timeout: updateTimeout },
    { op: 'remove', path: next },
    write,
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
