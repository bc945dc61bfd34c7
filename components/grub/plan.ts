// plan: what makes the next boot the declared one, and whether this boot is. Pure. The table in README.md, the branches
// here and the cases in the test stand in the same order.
import type { Action } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { type Aim, aimOf } from './aim.js'
import type { GRUB } from './desired.js'
import { faultOf } from './fault.js'
import { isTrialPassed, makeMenu, rewrite } from './rewrite.js'
import { cancelTrial, prepareTrial, trialStateOf } from './trial.js'

export const plan = (desired: GRUB, actual: Actual): readonly Action[] => {
  const { way } = actual
  if (way === null) return [reject(unknownWay)]
  const aim = aimOf(desired, actual, way)
  const fault = faultOf(desired, actual, aim)
  if (fault !== undefined) return [reject(fault)]
  const state = aim.trial === null ? undefined : trialStateOf(aim.trial, actual)
  return [
    ...planMenu(aim, actual),
    ...(state === 'to prepare' ? [prepare(aim, actual)] : []),
    ...(state === 'failed' ? [retry(aim, actual)] : []),
    ...(state !== 'failed' && aim.waits.length > 0 ? [reboot(aim)] : []),
  ]
}

const unknownWay =
  'neither /etc/default/grub.d, update-grub nor grub2-mkconfig is there, and no other way to configure GRUB is known'

/** The menu, and what GRUB is told to boot once. */
const planMenu = (aim: Aim, actual: Actual): readonly Action[] => {
  const { found, script, way, lacks } = aim
  const cancel = aim.trial === null ? cancelTrial(way, actual) : []
  if (found !== 'these' || script !== actual.script) {
    const { reasons, ops } = rewrite(aim, actual)
    const routine = isTrialPassed(aim, actual) ? { routine: true as const } : {}
    return [{ ...configAction, ...routine, summary: `update ${way.config}`, reasons, ops: [...cancel, ...ops] }]
  }
  if (lacks.length > 0)
    return [{ ...configAction, summary: `update ${way.config}`, reasons: lacks, ops: [...cancel, ...makeMenu(way)] }]
  if (cancel.length === 0) return []
  const reasons = [`${way.environment} names a trial, and nothing is to be tried`]
  return [{ ...configAction, summary: 'boot the default next', reasons, ops: cancel }]
}

const configAction = {
  id: 'grub/config',
  component: 'grub',
  resource: 'config',
  kind: '~',
  risk: 'safe',
  provides: ['grub:config'],
  requires: [],
} as const

const reject = (rejected: string): Action => ({
  ...configAction,
  summary: 'update the boot menu',
  rejected,
  reasons: [],
  ops: [],
})

/** `trial` is known to be there. */
const prepare = ({ trial, way, kept }: Aim, actual: Actual): Action => ({
  ...trialAction,
  reasons: [`it has not been booted yet; where it does not boot, the host comes back with ${kept?.entry.title}`],
  ops: prepareTrial(trial ?? '', way, actual),
})

const retry = ({ trial, way, kept, waits }: Aim, actual: Actual): Action => ({
  ...trialAction,
  consent: 'retry:grub',
  routine: true,
  reasons: [`it was to be tried at a reboot, and the host came back with ${kept?.entry.title}`, ...waits],
  ops: prepareTrial(trial ?? '', way, actual),
})

const trialAction = {
  id: 'grub/trial',
  component: 'grub',
  resource: 'trial',
  kind: '~',
  summary: 'boot once with what is declared, at the next reboot',
  risk: 'safe',
  provides: [],
  requires: ['grub:config'],
} as const

const reboot = ({ waits, trial, obstacle }: Aim): Action => ({
  id: 'grub/reboot',
  component: 'grub',
  resource: 'boot',
  kind: '~',
  summary: 'boot with what is declared',
  reasons: [
    ...waits,
    ...(trial === null ? [] : ['a boot that fails comes back with the last good entry']),
    ...(obstacle === null ? [] : [`a boot that fails does not come back by itself: ${obstacle}`]),
  ],
  risk: 'disruptive',
  waitsFor: 'reboot',
  provides: [],
  requires: ['grub:config'],
  ops: [],
})
