// /etc/xen/NAME.start, the config of a domain while it is installed: a table of README.md. Pure.
import type { Action } from '../../../src/model/action.js'
import type { Actual } from '../actual.js'
import { isOurs, printConfig } from '../config/print.js'
import { type Domain, startFile, startKey, startPath } from '../domain.js'
import { faultsOf } from '../domain-faults.js'
import { installerOf, isInstalling, isTurning } from '../install.js'
import { keepOther, writeConfig } from '../write-config.js'

type Situation = 'held' | 'unwanted' | 'none wanted' | 'contradictory' | 'same' | 'absent or different'

const situationOf = (domain: Domain, actual: Actual, content: string, faults: readonly string[]): Situation => {
  const present = actual.configs[startFile(domain.key)] ?? null
  if (actual.held.includes(domain.key)) return 'held'
  const isWanted = domain.installer !== undefined && domain.ensure === 'running' && isInstalling(domain, actual)
  if (!isWanted) return present !== null && isOurs(present) ? 'unwanted' : 'none wanted'
  if (faults.length > 0) return 'contradictory'
  return present === content ? 'same' : 'absent or different'
}

export const planInstaller = (domain: Domain, all: readonly Domain[], actual: Actual): readonly Action[] => {
  const path = startPath(domain.key)
  const installer = installerOf(domain)
  const content = printConfig(installer)
  const faults = faultsOf(installer, all)
  const present = actual.configs[startFile(domain.key)] ?? null
  const action = {
    id: `xen/${domain.key}/installer`,
    component: 'xen',
    resource: domain.key,
    kind: '+',
    summary: `write ${path}`,
    reasons: ['it is to be installed'],
    risk: 'safe',
    ...(isTurning(domain, actual) && { routine: true as const }),
    provides: [startKey(domain.key)],
    requires: [],
    ops: [],
  } satisfies Action
  switch (situationOf(domain, actual, content, faults)) {
    case 'held':
    case 'none wanted':
    case 'same':
      return []
    case 'unwanted': {
      const removal = { kind: '-', summary: `remove ${path}`, reasons: ['it is not to be installed'] } as const
      return [{ ...action, ...removal, provides: [], ops: [{ op: 'remove', path }] }]
    }
    case 'contradictory':
      return [{ ...action, rejected: faults.join('; ') }]
    case 'absent or different':
      return [{ ...action, ops: [...keepOther(path, present, actual), writeConfig(path, content)] }]
  }
}
