// Volumes that had another name (`formerly`): renamed, so that nothing is made anew beside what a guest has. Part of
// plan.ts; pure. The table "Renames" of README.md has the same rows in the same order.
import type { Action } from '../../../src/model/action.js'
import { sorted } from '../../../src/model/sorted.js'
import type { VolumeState } from '../actual.js'
import { blockKey, inGroup, lvmCommand, volumeKey } from '../keys.js'
import { declaredIn } from '../thin.js'
import type { GroupInput } from './pools.js'

type Situation = 'nothing by that name' | 'a pool has the new name' | 'declared itself' | 'both there' | 'open' | 'free'

type Facts = {
  readonly group: string
  readonly name: string
  readonly formerly: string
  readonly there: VolumeState | undefined
  readonly isNewThere: boolean
  readonly hasPoolsName: boolean
  readonly isDeclared: boolean
}

/** `volumes` are those of the group, by the names that they will have: what else is planned goes by them. */
export const planRenames = (
  input: GroupInput,
): { readonly actions: readonly Action[]; readonly volumes: readonly VolumeState[] } => {
  let { volumes } = input.actual
  const actions = sorted(input.declared.volumes ?? {}).flatMap(([name, { formerly }]) => {
    if (formerly === undefined) return []
    const facts = factsOf(input, name, formerly, volumes)
    const situation = situationOf(facts)
    if (situation === 'open' || situation === 'free')
      volumes = volumes.map(volume => (volume === facts.there ? { ...volume, name } : volume))
    return actionOf(situation, facts)
  })
  return { actions, volumes }
}

const factsOf = (
  { group, declared, actual: { pools } }: GroupInput,
  name: string,
  formerly: string,
  volumes: readonly VolumeState[],
): Facts => ({
  group,
  name,
  formerly,
  there: volumes.find(volume => volume.name === formerly),
  isNewThere: volumes.some(volume => volume.name === name),
  hasPoolsName: pools.some(pool => pool.name === name),
  isDeclared: declaredIn(declared.volumes, formerly) !== undefined || declared.givenUp.volumes.includes(formerly),
})

const situationOf = ({ there, isNewThere, hasPoolsName, isDeclared }: Facts): Situation => {
  if (there === undefined) return 'nothing by that name'
  if (hasPoolsName) return 'a pool has the new name'
  if (isDeclared) return 'declared itself'
  if (isNewThere) return 'both there'
  return there.uses?.includes('open') ? 'open' : 'free'
}

const actionOf = (situation: Situation, facts: Facts): readonly Action[] => {
  const { group, name, formerly } = facts
  const action = renaming(facts)
  switch (situation) {
    case 'nothing by that name':
    case 'a pool has the new name':
      return []
    case 'declared itself':
      return [{ ...action, rejected: `${formerly}, which it was formerly, is declared too` }]
    case 'both there': {
      const rejected = `${formerly}, which it was formerly, is there beside it: give one of them up, or leave \`formerly\` out`
      return [{ ...action, rejected }]
    }
    case 'open': {
      const reasons = [...action.reasons, 'it is open: a domain has it as a disk, or it is mounted']
      return [{ ...action, reasons, waitsFor: `close:${group}/${formerly}` }]
    }
    case 'free':
      return [{ ...action, ops: [lvmCommand(['lvrename', group, formerly, name])] }]
  }
}

/** LVM would rename an open volume too, under the domain that has it: it is looked at again right before. */
const renaming = ({ group, name, formerly }: Facts): Action => ({
  ...inGroup(group, name, 'rename'),
  kind: '~',
  summary: `rename volume ${group}/${formerly} to ${name}`,
  reasons: [`formerly: ${formerly}, and that is there`],
  queue: 'lvm/rename',
  provides: [blockKey(group, name), volumeKey(group, name)],
  ops: [],
})
