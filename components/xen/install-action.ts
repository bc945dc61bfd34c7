// The actions of an installation: the installer is started, and when it has come to its end the domain itself. Part of
// plan/run.ts; pure.
import type { Action, Op } from '../../src/model/action.js'
import { installedTag } from '../../src/model/disk-tags.js'
import type { Actual } from './actual.js'
import { lookForBootFiles, requireNoVeto } from './disruption.js'
import { type Domain, runningKey, startKey, startPath } from './domain.js'
import { createOp, heldBack, start, startOps, startRequires, waiting } from './domain-action.js'
import { afterFilling, unlinkedKey } from './filling.js'
import {
  carryOutOrder,
  closeInstallation,
  type Installation,
  installerOf,
  noteBegun,
  noteEnd,
  noteInstallation,
} from './install.js'
import { sayTooLittle, untilRoom } from './memory-need.js'
import type { Facts } from './plan/run-facts.js'
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
    ...(installation.mark === 'ordered' && { routine: true as const }),
    summary: `start the installer of domain ${domain.key}`,
    reasons: [whyInstalled(installation)],
    provides: [],
    requires: installerRequires(domain, installation, needed),
    ops: [...noteInstallation(domain, installation, actual), createOp(startPath(domain.key))],
  },
  installerFirst(domain),
]

const installerRequires = (domain: Domain, { disk }: Installation, needed: readonly Domain[]): Action['requires'] => [
  ...startRequires(installerOf(domain), needed),
  startKey(domain.key),
  unlinkedKey(disk.target),
]

const installerFirst = (domain: Domain): Action =>
  heldBack(domain, 'install', `${domain.key} is installed`, 'its installer comes first')

/** The domain comes to its end by these operations (`ending`), and is installed anew. */
export const installAnew = (domain: Domain, facts: Facts, actual: Actual, ending: readonly Op[]): readonly Action[] => {
  if (facts.order === undefined) return []
  const action = whenStartable(reinstall(domain, facts.order, facts, actual, ending), domain, facts)
  return facts.installation === undefined ? [action] : [action, installerFirst(domain)]
}

/** Not ended before it could be started again. */
const whenStartable = (action: Action, { options }: Domain, { shared, halfFilled, lacking }: Facts): Action => {
  if (shared.length > 0) return { ...action, rejected: shared.join('; '), ops: [] }
  if (halfFilled.length > 0) return afterFilling(action, halfFilled)
  return lacking > 0 ? untilRoom({ ...action, reasons: [sayTooLittle(options, lacking)] }) : action
}

/**
 * That it is no more what it was is noted in between. Who orders that has given leave for the restart, and for what
 * `on_timeout` says. Without an installer of its own, it asks its provisioner what it boots.
 */
const reinstall = (
  domain: Domain,
  order: string,
  { installation, needed }: Pick<Facts, 'installation' | 'needed'>,
  actual: Actual,
  ending: readonly Op[],
): Action => {
  const { waitsFor: _leave, ...action } = waiting(
    domain,
    'reinstall',
    `shut ${domain.key} down to install it anew`,
    sayOrder(order),
  )
  const down = [...ending, ...requireNoVeto(domain, actual)]
  const files = lookForBootFiles(installation === undefined ? domain : installerOf(domain))
  if (installation === undefined) {
    const ops = [...files, ...down, ...leaveToProvisioner(domain, order, actual), ...startOps(domain, actual)]
    const requires = startRequires(domain, needed)
    return { ...action, routine: true, risk: 'disruptive', provides: [runningKey(domain.key)], requires, ops }
  }
  const noted = noteInstallation(domain, installation, actual)
  const ops = [...files, ...down, ...noted, createOp(startPath(domain.key))]
  const requires = installerRequires(domain, installation, needed)
  return { ...action, routine: true, risk: 'disruptive', requires, ops }
}

/** Its provisioner says by what it is installed: for the agent it is installed. */
const leaveToProvisioner = (domain: Domain, order: string, actual: Actual): readonly Op[] =>
  carryOutOrder(domain, order, installedTag, actual)

const sayOrder = (order: string): string => `agent reinstall ${order}`

/** Left by a run that was killed when the boot disk had the order. */
export const noteOrder = (
  domain: Domain,
  order: string | undefined,
  { reinstallations, memory }: Actual,
): readonly Action[] => {
  const known = Object.hasOwn(reinstallations, domain.key) ? reinstallations[domain.key] : undefined
  if (known === undefined || order !== undefined) return []
  const { waitsFor: _nothing, ...action } = waiting(
    domain,
    'order',
    `note that ${domain.key} has gone down to be installed anew`,
    `its boot disk has it: ${known}`,
  )
  return [{ ...action, routine: true, ops: [noteBegun(domain, known, memory)] }]
}

const whyInstalled = ({ mark, id, disk }: Installation): string =>
  mark === 'ordered' ? sayOrder(id) : `its boot disk ${disk.target} is new`

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

/**
 * An order to its provisioner is carried out first, and what a run that was killed left of an installation that has come
 * to its end is cleared away.
 */
export const startAfterInstallation = (
  domain: Domain,
  { order, installation, needed }: Pick<Facts, 'order' | 'installation' | 'needed'>,
  actual: Actual,
): Action => {
  const action = start(domain, actual, needed)
  const closed = installation === undefined ? [] : [closeInstallation(installation, actual)]
  const ordered = order === undefined ? [] : leaveToProvisioner(domain, order, actual)
  return { ...action, ops: [...closed, ...ordered, ...action.ops] }
}
