// The actions of an installation: the installer is started, and when it has come to its end the domain itself. Part of
// plan-run.ts; pure.
import type { Action } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { type Domain, startKey, startPath } from './domain.js'
import { createOp, heldBack, start, startRequires } from './domain-action.js'
import { unlinkedKey } from './filling.js'
import { closeInstallation, type Installation, installerOf, noteEnd, noteInstallation } from './install.js'
import { destroy } from './stop.js'

/**
 * An installer is not the domain that others need, and no start is remembered: it is kept after its end, so that only who
 * destroyed it has it start again.
 */
export const install = (
  domain: Domain,
  installation: Installation,
  actual: Actual,
  needed: readonly Domain[],
): readonly Action[] => [
  {
    ...start(domain, actual, needed),
    summary: `start the installer of domain ${domain.key}`,
    reasons: [`its boot disk ${installation.disk.target} is new`],
    provides: [],
    requires: [
      ...startRequires(installerOf(domain), needed),
      startKey(domain.key),
      unlinkedKey(installation.disk.target),
    ],
    ops: [...noteInstallation(installation, actual), createOp(startPath(domain.key))],
  },
  heldBack(domain, 'install', `${domain.key} is installed`, 'its installer comes first'),
]

/** In an order in which every step can be the last one of a run that is killed. */
export const finish = (
  domain: Domain,
  installation: Installation,
  actual: Actual,
  needed: readonly Domain[],
): Action => {
  const action = start(domain, actual, needed)
  return {
    ...action,
    id: `xen/${domain.key}/install`,
    summary: `start domain ${domain.key}, which is installed`,
    reasons: ['its installer has come to its end'],
    ops: [
      ...noteEnd(installation, actual),
      ...destroy(domain, actual),
      closeInstallation(installation, actual),
      ...action.ops,
    ],
  }
}
