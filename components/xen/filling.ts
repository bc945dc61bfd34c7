// Disks that are being filled: no domain gets one before it is whole. Pure.
import type { Action, Key } from '../../src/model/action.js'
import { fillingTag } from '../../src/model/disk-tags.js'
import type { Actual } from './actual.js'
import type { DomainDisk } from './domain.js'

/** Those of the disks that are not whole yet. */
export const halfFilled = (targets: readonly string[], { tags }: Pick<Actual, 'tags'>): readonly string[] =>
  targets.filter(target => Object.hasOwn(tags, target) && tags[target]?.includes(fillingTag))

/** Those that are not whole yet, or not even there. */
export const unfinished = (targets: readonly string[], actual: Pick<Actual, 'tags' | 'missing'>): readonly string[] => [
  ...halfFilled(targets, actual),
  ...targets.filter(target => actual.missing.includes(target)),
]

/**
 * The action waits for disks of which some are still to be made or filled: it is due in a run that does so, and pending in
 * any other.
 */
export const whenThere = (
  action: Action,
  disks: readonly DomainDisk[],
  actual: Pick<Actual, 'tags' | 'missing'>,
): Action => {
  const late = disks.find(({ target }) => unfinished([target], actual).length > 0)
  const requires = [...action.requires, ...disks.map(disk => disk.requires)]
  return { ...action, requires, ...(late === undefined ? {} : { waitsFor: late.requires }) }
}

/** What whoever fills a disk requires: that nothing starts its guest with the host. */
export const unlinkedKey = (target: string): Key => `unlinked:${target}`

/** What whoever fills the disk provides. */
export const filledKey = (target: string): Key => `filled:${target}`

export const sayHalfFilled = (target: string): string => `${target} is being filled`

/** The action waits for the disks: it is due in a run that fills them, and pending in any other. */
export const whenFilled = (action: Action, targets: readonly string[]): Action => {
  const [first, ...others] = targets.map(filledKey)
  if (first === undefined) return action
  return {
    ...action,
    reasons: [...action.reasons, ...targets.map(sayHalfFilled)],
    waitsFor: first,
    requires: [...action.requires, first, ...others],
  }
}

/** The action waits for the run after that: the one that fills the disks of a guest that runs does not end it, too. */
export const afterFilling = (action: Action, [first = '']: readonly string[]): Action => ({
  ...action,
  waitsFor: filledKey(first),
  ops: [],
})
