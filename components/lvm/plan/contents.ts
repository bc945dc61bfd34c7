// What is in one group: what is given up and what is renamed, then the pools, then the volumes, which may lie in them.
// Part of plan.ts; pure.
import type { Action } from '../../../src/model/action.js'
import { spaceKey } from '../keys.js'
import type { Space } from '../pool-sizes.js'
import { planGivenUp } from './given-up.js'
import { type GroupInput, planPools } from './pools.js'
import { planRenames } from './renames.js'
import { planVolumes } from './volumes.js'

export const planContents = (input: GroupInput, space: Space): readonly Action[] => {
  const renames = planRenames(input)
  const renamed = { ...input, actual: { ...input.actual, volumes: renames.volumes } }
  const { actions, freed } = planGivenUp(renamed, space.spare * space.extent)
  return [...actions, ...renames.actions, ...planWithin(renamed, space, freed / space.extent)]
}

/** What fits only into the space of what is given up waits until that is gone. */
const planWithin = (input: GroupInput, space: Space, freed: number): readonly Action[] => {
  const now = planSizes(input, space)
  if (freed === 0 || space.free === undefined) return now
  const lacking = new Set(now.filter(({ rejected }) => rejected !== undefined).map(({ id }) => id))
  return planSizes(input, { ...space, free: space.free + freed }).map(action =>
    lacking.has(action.id) && action.rejected === undefined
      ? { ...action, requires: [...action.requires, spaceKey(input.group)] }
      : action,
  )
}

const planSizes = (input: GroupInput, space: Space): readonly Action[] => {
  const { actions, left } = planPools(input, space)
  return [...actions, ...planVolumes(input, left)]
}
