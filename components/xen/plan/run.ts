// Which domains run: the table "What runs" of README.md, a case for each row. Of each domain the facts are gathered
// (run-facts.ts), its situation is told by them (run-situation.ts), and this says what is done in that. Starts come in the
// declared order, and two domains that share what only one may have are never started together. Pure.
import type { Action } from '../../../src/model/action.js'
import type { Actual } from '../actual.js'
import { askAgain, asOrdered, forGood, restart, restartOps, stop } from '../disruption.js'
import { absentKey, type Domain } from '../domain.js'
import { heldBack, start, waiting } from '../domain-action.js'
import { afterFilling, sayHalfFilled, whenFilled } from '../filling.js'
import { actualIdentities, identityOf } from '../identity.js'
import { finish, install, installAnew, noteOrder, startAfterInstallation } from '../install-action.js'
import { inReverse } from '../intervened.js'
import { sayTooLittle, untilRoom } from '../memory-need.js'
import { backOff, giveUp, type Limit, limitReached, rememberStart, sayStarts } from '../starts.js'
import { destroy, shutDown } from '../stop.js'
import { planAbsent } from './absent.js'
import { planLive } from './live.js'
import { type Facts, factsOf, type Left } from './run-facts.js'
import { type Situation, situationOf } from './run-situation.js'

/** `domains` in their start order: what one takes, those behind it cannot have. */
export const planRuns = (domains: readonly Domain[], actual: Actual, mayCreate: boolean): readonly Action[] => {
  let left: Left = { room: actual.room ?? Number.POSITIVE_INFINITY, taken: actualIdentities(actual) }
  return domains.flatMap(domain => {
    if (domain.ensure === 'absent' && !actual.held.includes(domain.key)) return planAbsent(domain, domains, actual)
    const facts = factsOf(domain, domains, actual, left, mayCreate)
    const situation = situationOf(domain, facts)
    left = leftBehind(domain, situation, facts, left, actual)
    const planned = [...actionOf(situation, domain, facts, actual), ...noteOrder(domain, facts.order, actual)]
    return domain.isIntervened ? planned.map(inReverse(domain, domains, actual)) : planned
  })
}

const leftBehind = (domain: Domain, situation: Situation, facts: Facts, left: Left, { links }: Actual): Left => ({
  room: takesRoom.includes(situation) && facts.lacking === 0 ? left.room - facts.moreMemory : left.room,
  taken: starting.includes(situation) ? [...left.taken, identityOf(domain, links)] : left.taken,
})

const starting: readonly Situation[] = ['being filled', 'to be installed', 'not running']
const takesRoom: readonly Situation[] = [
  'to be installed anew',
  'to be installed anew, kept',
  'running otherwise',
  'running, changeable',
  ...starting,
]

const actionOf = (situation: Situation, domain: Domain, facts: Facts, actual: Actual): readonly Action[] => {
  const { key, name } = domain
  switch (situation) {
    case 'held':
      return [leaveAlone(domain, facts)]
    case 'stopped':
      return []
    case 'to be stopped, paused':
      return [waiting(domain, 'unpause', `${key} stops`, `ensure: stopped, and it is paused: xl unpause ${name}`)]
    case 'to be stopped, installer runs':
      return [waiting(domain, 'install', `${key} is installed`, `ensure: stopped, but ${sayUnstoppable}`)]
    case 'to be stopped, overdue':
      return [askAgain(stop(domain, actual))]
    case 'to be stopped, overdue for good':
      return [asOrdered(domain, forGood(stop(domain, actual), destroy(domain, actual)))]
    case 'to be stopped':
      return [stop(domain, actual)]
    case 'to be installed anew, overdue':
      return installAnew(domain, facts, actual, shutDown(domain, actual)).map(action =>
        action.waitsFor === undefined ? askAgain(action) : action,
      )
    case 'to be installed anew, overdue for good':
    case 'to be installed anew, kept':
      return installAnew(domain, facts, actual, destroy(domain, actual))
    case 'to be installed anew':
      return installAnew(domain, facts, actual, shutDown(domain, actual))
    case 'installed':
      return facts.installation === undefined ? [] : [finish(domain, facts.installation, actual, facts.needed)]
    case 'installer runs':
      return [heldBack(domain, 'install', `${key} is installed`, 'its installer runs')]
    case 'installer failed':
      return [heldBack(domain, 'gone', `${key} is installed again`, sayFailed(facts))]
    case 'dying':
      return [heldBack(domain, 'gone', `${key} starts again`, 'it is being torn down')]
    case 'crashed':
      return [heldBack(domain, 'gone', `${key} starts again`, 'it crashed and is kept: look at it, then xl destroy')]
    case 'shut down':
      return [heldBack(domain, 'gone', `${key} starts again`, 'it has shut down and is kept: xl destroy removes it')]
    case 'paused':
      return [heldBack(domain, 'unpause', `${key} goes on`, `it is paused: xl unpause ${name}`)]
    case 'running otherwise, overdue':
      return [...changesBefore(domain, facts, actual), askAgain(restart(domain, facts.differences, actual))]
    case 'running otherwise, overdue for good':
      return [forGood(restart(domain, facts.differences, actual), restartOps(domain, actual, destroy(domain, actual)))]
    case 'running otherwise, contested':
      return [{ ...restart(domain, facts.differences, actual), rejected: facts.shared.join('; '), ops: [] }]
    case 'running otherwise, half-filled disk': {
      const reasons = [...facts.differences, ...facts.halfFilled.map(sayHalfFilled)]
      return [...changesBefore(domain, facts, actual), afterFilling(restart(domain, reasons, actual), facts.halfFilled)]
    }
    case 'running otherwise, no room': {
      const reasons = [...facts.differences, sayTooLittle(domain.options, facts.lacking)]
      return [...changesBefore(domain, facts, actual), untilRoom(restart(domain, reasons, actual))]
    }
    case 'running otherwise':
      return restartInTime(domain, facts, actual)
    case 'running, changeable':
      return planLive(domain, facts.changes, facts.lacking, actual)
    case 'running, short of memory':
      return [waiting(domain, 'guest', `${key} takes or gives the memory`, 'it has another amount than it was told to')]
    case 'running, not remembered':
      return [noteStart(domain, actual)]
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
    case 'not claimed':
      return [heldBack(domain, 'lease', `${key} starts`, `other hosts have its disks, too: agent claim ${key}`)]
    case 'there under another name':
      return [{ ...start(domain, actual, facts.needed), rejected: facts.shared.join('; ') }]
    case 'no installer':
      return [{ ...start(domain, actual, facts.needed), rejected: sayNoInstaller(facts), ops: [] }]
    case 'being filled':
      return [whenFilled(start(domain, actual, facts.needed), facts.halfFilled)]
    case 'in use':
      return [heldBack(domain, 'unmount', `${key} starts`, ...facts.inUse.map(disk => `the host itself uses ${disk}`))]
    case 'no room':
      return [
        untilRoom({ ...start(domain, actual, facts.needed), reasons: [sayTooLittle(domain.options, facts.lacking)] }),
      ]
    case 'to be installed':
      return facts.installation === undefined ? [] : install(domain, facts.installation, actual, facts.needed)
    case 'crash loop':
      return [startAnew(domain, facts, actual, `${sayEnds(giveUp)}, and is left down`)]
    case 'backing off':
      return [startAnew(domain, facts, actual, `${sayEnds(backOff)}: it is started later`)]
    case 'not running':
      return [startAfterInstallation(domain, facts, actual)]
  }
}

/** What is to follow the end of one that is given up waits, too. */
const leaveAlone = (domain: Domain, { there }: Facts): Action => {
  const { key, ensure } = domain
  const hold = there?.state === 'running' ? waiting : heldBack
  const action = hold(domain, 'hold', `leave ${key} alone`, `agent hold ${key}: nothing is done to it`)
  return ensure === 'absent' ? { ...action, provides: [absentKey(key)] } : action
}

const sayUnstoppable = 'an installer that is shut down looks like one that has come to its end'

const sayFailed = ({ there }: Facts): string =>
  `its installer ${there?.state === 'crashed' ? 'crashed' : 'ended'} and is kept (${there?.reason ?? 'crash'}): look at it, then xl destroy it to try once more`

/** While a restart has to wait, what needs none is done; else the restart takes it up. */
const changesBefore = (domain: Domain, { changes, lacking }: Facts, actual: Actual): readonly Action[] =>
  domain.mayDisrupt ? [] : planLive(domain, changes, lacking, actual)

/**
 * `apply: restart` is leave for some restarts within an hour: one that Xen shows otherwise than it was told to be would be
 * restarted by every run.
 */
const restartInTime = (domain: Domain, facts: Facts, actual: Actual): readonly Action[] => {
  const limit = limitReached(facts.starts)
  const its = limit === undefined ? domain : { ...domain, mayDisrupt: false }
  const often = limit === undefined ? [] : [`${sayStarts(limit)}, and is restarted later`]
  return [...changesBefore(its, facts, actual), restart(its, [...facts.differences, ...often], actual)]
}

/** What runs was started, by xendomains if not by us: when it has ended, it is not started again. */
const noteStart = (domain: Domain, actual: Actual): Action => {
  const { waitsFor: _nothing, ...action } = waiting(
    domain,
    'note',
    `remember that ${domain.key} was started`,
    'restart: no',
  )
  return { ...action, routine: true, ops: rememberStart(domain, actual) }
}

const sayNoInstaller = ({ installation }: Facts): string =>
  `${installation?.disk.target} is to be installed, and no install_options are declared: declare them, or delete its tag xenclosure_install=${installation?.id}`

/** Allowed, it is started at once, and what was before is forgotten. */
const startAnew = (domain: Domain, { needed }: Facts, actual: Actual, reason: string): Action => {
  const action = start(domain, actual, needed)
  const ops = [...action.ops.filter(({ op }) => op === 'exec'), ...rememberStart(domain, actual, 'none')]
  return { ...action, routine: true, reasons: [reason], waitsFor: `crash-loop:${domain.key}`, ops }
}

const sayEnds = (limit: Limit): string => `${sayStarts(limit)}, and ended each time`
