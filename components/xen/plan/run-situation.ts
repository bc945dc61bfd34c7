// The situation that a domain is in: which row of README.md's table "What runs" it is, by one early return for each. Pure.
import type { Domain } from '../domain.js'
import type { Facts } from './run-facts.js'

export type Situation =
  | 'held'
  | 'stopped'
  | 'to be stopped, paused'
  | 'to be stopped, installer runs'
  | 'to be stopped, overdue'
  | 'to be stopped, overdue for good'
  | 'to be stopped'
  | 'to be installed anew, overdue'
  | 'to be installed anew, overdue for good'
  | 'to be installed anew, kept'
  | 'to be installed anew'
  | 'installed'
  | 'installer runs'
  | 'installer failed'
  | 'dying'
  | 'crashed'
  | 'shut down'
  | 'paused'
  | 'running otherwise, overdue'
  | 'running otherwise, overdue for good'
  | 'running otherwise, contested'
  | 'running otherwise, half-filled disk'
  | 'running otherwise, no room'
  | 'running otherwise'
  | 'running, changeable'
  | 'running, short of memory'
  | 'running, not remembered'
  | 'running'
  | 'creation switched off'
  | 'not released'
  | 'no Xen'
  | 'saved'
  | 'has run'
  | 'not claimed'
  | 'there under another name'
  | 'no installer'
  | 'being filled'
  | 'in use'
  | 'no room'
  | 'to be installed'
  | 'crash loop'
  | 'backing off'
  | 'not running'

export const situationOf = (domain: Domain, facts: Facts): Situation => {
  const { there } = facts
  if (facts.isHeld) return 'held'
  if (domain.ensure === 'stopped') return whenToStop(domain, facts)
  const installation = whenToInstallAnew(domain, facts) ?? whenInstalling(facts)
  if (installation !== undefined) return installation
  if (there === undefined) return whenAbsent(domain, facts)
  return there.state === 'running' ? whenRunning(domain, facts) : there.state
}

const whenToStop = (domain: Domain, { there, isInstalling, isOverdue }: Facts): Situation => {
  if (there?.state === 'paused') return 'to be stopped, paused'
  if (there?.state !== 'running') return 'stopped'
  if (isInstalling) return 'to be stopped, installer runs'
  return isOverdue ? `to be stopped, ${overdue(domain)}` : 'to be stopped'
}

/** While an installer runs, another order waits for its end. */
const whenToInstallAnew = (domain: Domain, { order, there, isAwaited, isOverdue }: Facts): Situation | undefined => {
  if (order === undefined) return undefined
  if (isKept(there)) return 'to be installed anew, kept'
  if (there?.state !== 'running' || isAwaited) return undefined
  return isOverdue ? `to be installed anew, ${overdue(domain)}` : 'to be installed anew'
}

const whenInstalling = ({ there, installation, isInstalling, isInstallerOver }: Facts): Situation | undefined => {
  if (isInstallerOver) return 'installed'
  if (!isInstalling) return undefined
  if (there?.state === 'running') return 'installer runs'
  return isKept(there) && installation?.mark === 'there' ? 'installer failed' : undefined
}

const whenRunning = (domain: Domain, facts: Facts): Situation => {
  if (facts.differences.length > 0) return whenOtherwise(domain, facts)
  if (facts.changes.length > 0) return 'running, changeable'
  if (facts.there?.config?.hasItsMemory === false) return 'running, short of memory'
  return domain.isKeptUp || facts.wasStarted ? 'running' : 'running, not remembered'
}

const whenOtherwise = (domain: Domain, facts: Facts): Situation => {
  if (facts.isOverdue) return `running otherwise, ${overdue(domain)}`
  if (facts.shared.length > 0) return 'running otherwise, contested'
  if (facts.halfFilled.length > 0) return 'running otherwise, half-filled disk'
  return facts.lacking > 0 ? 'running otherwise, no room' : 'running otherwise'
}

const whenAbsent = (domain: Domain, facts: Facts): Situation => {
  if (!facts.mayCreate) return 'creation switched off'
  if (domain.movedFrom !== undefined) return 'not released'
  if (!facts.xenRuns) return 'no Xen'
  if (facts.isSaved) return 'saved'
  const isOrdered = facts.installation !== undefined || facts.order !== undefined
  if (!domain.isKeptUp && facts.wasStarted && !isOrdered) return 'has run'
  if (domain.isShared && !facts.isClaimed) return 'not claimed'
  if (facts.shared.length > 0) return 'there under another name'
  if (facts.isInstalling && domain.installer === undefined) return 'no installer'
  if (facts.halfFilled.length > 0) return 'being filled'
  if (facts.inUse.length > 0) return 'in use'
  if (facts.lacking > 0) return 'no room'
  if (facts.isInstalling) return 'to be installed'
  if (facts.order !== undefined) return 'not running'
  if (facts.starts?.recent === 'too many') return 'crash loop'
  return facts.starts?.recent === 'many' ? 'backing off' : 'not running'
}

/** After its end. */
const isKept = (there: Facts['there']): boolean => there?.state === 'crashed' || there?.state === 'shut down'

const overdue = ({ onTimeout }: Domain): 'overdue' | 'overdue for good' =>
  onTimeout === 'destroy' ? 'overdue for good' : 'overdue'
