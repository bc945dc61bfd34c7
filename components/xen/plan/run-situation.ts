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
  const state = facts.there?.state
  const wasStarted = (facts.starts?.numbers ?? []).length > 0
  const isOpen = facts.installation !== undefined && !facts.installation.isDone
  const isBegun = isOpen && facts.installation.mark === 'there'
  if (facts.isHeld) return 'held'
  const overdue = domain.onTimeout === 'destroy' ? 'overdue for good' : 'overdue'
  if (domain.ensure === 'stopped') {
    if (state === 'paused') return 'to be stopped, paused'
    if (state !== 'running') return 'stopped'
    if (isOpen) return 'to be stopped, installer runs'
    return facts.isOverdue ? `to be stopped, ${overdue}` : 'to be stopped'
  }
  if (facts.order !== undefined && !(facts.isAwaited && state === 'running')) {
    if (state === 'running') return facts.isOverdue ? `to be installed anew, ${overdue}` : 'to be installed anew'
    if (state === 'crashed' || state === 'shut down') return 'to be installed anew, kept'
  }
  if (facts.isInstallerOver) return 'installed'
  if (isOpen && state === 'running') return 'installer runs'
  if (isBegun && (state === 'crashed' || state === 'shut down')) return 'installer failed'
  if (state === 'running') {
    if (facts.differences.length > 0) {
      if (facts.isOverdue) return `running otherwise, ${overdue}`
      if (facts.shared.length > 0) return 'running otherwise, contested'
      if (facts.halfFilled.length > 0) return 'running otherwise, half-filled disk'
      return facts.lacking > 0 ? 'running otherwise, no room' : 'running otherwise'
    }
    if (facts.changes.length > 0) return 'running, changeable'
    if (facts.there?.config?.hasItsMemory === false) return 'running, short of memory'
    return domain.isKeptUp || wasStarted ? 'running' : 'running, not remembered'
  }
  if (state !== undefined) return state
  if (!facts.mayCreate) return 'creation switched off'
  if (domain.movedFrom !== undefined) return 'not released'
  if (!facts.xenRuns) return 'no Xen'
  if (facts.isSaved) return 'saved'
  const isOrdered = facts.installation !== undefined || facts.order !== undefined
  if (!domain.isKeptUp && wasStarted && !isOrdered) return 'has run'
  if (domain.isShared && !facts.isClaimed) return 'not claimed'
  if (facts.shared.length > 0) return 'there under another name'
  if (isOpen && domain.installer === undefined) return 'no installer'
  if (facts.halfFilled.length > 0) return 'being filled'
  if (facts.inUse.length > 0) return 'in use'
  if (facts.lacking > 0) return 'no room'
  if (isOpen) return 'to be installed'
  if (facts.order !== undefined) return 'not running'
  if (facts.starts?.recent === 'too many') return 'crash loop'
  return facts.starts?.recent === 'many' ? 'backing off' : 'not running'
}
