// Stops and restarts as actions: what a guest's users notice. They wait for leave, unless the domain says that they need
// not, and destroy only what was asked first. Pure.
import type { Action, Op } from '../../src/model/action.js'
import { offFile } from '../../src/model/off-file.js'
import type { Actual } from './actual.js'
import type { Domain } from './domain.js'
import { startOps, startRequires, waiting } from './domain-action.js'
import { holdPath } from './marks.js'
import { startsDirectory } from './starts.js'
import { destroyConsent, shutDown } from './stop.js'

export const stop = (domain: Domain, actual: Actual): Action =>
  disruptive(domain, {
    ...waiting(domain, 'stop', `stop domain ${domain.key}`, `${against(domain)}, and it runs`),
    kind: '-',
    ops: [...forgetStarts(domain, actual), ...shutDown(domain, actual)],
  })

const against = ({ isIntervened }: Domain): string => (isIntervened ? 'an intervention' : 'ensure: stopped')

/** One that is started once in a boot of the host is started again when the intervention is over. */
const forgetStarts = ({ key, isIntervened, isKeptUp }: Domain, { starts, memory }: Actual): readonly Op[] =>
  !isIntervened || isKeptUp
    ? []
    : (starts[key]?.numbers ?? []).map(number => ({ op: 'remove', path: `${startsDirectory(memory, key)}/${number}` }))

/** Not ended before all that its start needs is there. */
export const restart = (domain: Domain, differences: readonly string[], actual: Actual): Action =>
  disruptive(domain, {
    ...waiting(domain, 'restart', `restart ${domain.key} with its new values`, ...differences),
    requires: startRequires(domain),
    ops: restartOps(domain, actual, shutDown(domain, actual)),
  })

export const restartOps = (domain: Domain, actual: Actual, ending: readonly Op[]): readonly Op[] => [
  ...lookForBootFiles(domain),
  ...ending,
  ...requireNoVeto(domain, actual),
  ...startOps(domain, actual),
]

/**
 * Behind the end of a domain: that may take minutes, in which somebody begins a repair of the guest, or of its disks, and
 * has put up a hold or switched the agent off.
 */
export const requireNoVeto = ({ key }: Domain, { memory }: Actual): readonly Op[] =>
  [{ kind: 'unheld', path: holdPath(memory, key) } as const, { kind: 'absent', path: offFile } as const].map(probe => ({
    op: 'await',
    probe,
    within: 0,
    otherwise: [],
  }))

/** Xen itself would find out when the guest is down. `ls` says which one is missing. */
export const lookForBootFiles = ({ options: { kernel, ramdisk } }: Domain): readonly Op[] => {
  const files = [kernel ?? '', ramdisk ?? ''].filter(file => file.startsWith('/'))
  return files.length === 0 ? [] : [{ op: 'exec', argv: ['ls', ...files], timeout: 30_000 }]
}

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

/** Who began the intervention has said what becomes of a guest that takes too long: that is the consent. */
export const asOrdered = ({ isIntervened }: Domain, { consent, ...action }: Action): Action =>
  isIntervened || consent === undefined ? action : { ...action, consent }
