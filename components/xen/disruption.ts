// Stops and restarts as actions: what a guest's users notice. They wait for leave, unless the domain says that they need
// not, and destroy only what was asked first. Pure.
import type { Action, Op } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import type { Domain } from './domain.js'
import { startOps, startRequires, waiting } from './domain-action.js'
import { destroyConsent, shutDown } from './stop.js'

export const stop = (domain: Domain, actual: Actual): Action =>
  disruptive(domain, {
    ...waiting(domain, 'stop', `stop domain ${domain.key}`, 'ensure: stopped, and it runs'),
    kind: '-',
    ops: shutDown(domain, actual),
  })

/** Not shut down before all that its start needs is there. */
export const restart = (domain: Domain, differences: readonly string[], actual: Actual): Action =>
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
export const askAgain = (action: Action): Action => ({
  ...action,
  reasons: [...action.reasons, 'it was asked to shut down, and has not: look at its console, or xl destroy it'],
  waitsFor: `shutdown:${action.resource}`,
})

/** `on_timeout: destroy`: it was asked, after what that had to wait for had come. */
export const forGood = ({ waitsFor: _came, ...action }: Action, ops: readonly Op[]): Action => ({
  ...action,
  reasons: [...action.reasons, 'it was asked to shut down, and has not; on_timeout: destroy'],
  risk: 'destructive',
  consent: destroyConsent(action.resource),
  ops,
})
