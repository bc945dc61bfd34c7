// What is given up in one group (`ensure: absent`): volumes and thin pools are removed, with consent. Part of plan.ts;
// pure. The table "Given up" of README.md has the same rows in the same order.
import type { Action } from '../../../src/model/action.js'
import { printSize } from '../../../src/model/quantity.js'
import { sorted } from '../../../src/model/sorted.js'
import type { VolumeState } from '../actual.js'
import { blockKey, goneKey, inGroup, lvmCommand, poolKey, spaceKey } from '../keys.js'
import type { GroupInput } from './pools.js'

type Situation =
  | 'gone'
  | 'a volume, to be copied'
  | 'a volume with snapshots'
  | 'a volume, open'
  | 'a volume'
  | 'a pool with volumes that are not given up'
  | 'a pool'

type Facts = {
  readonly kind: 'volume' | 'pool'
  readonly group: string
  readonly name: string
  readonly there: Pick<VolumeState, 'size' | 'uses'> | undefined
  /** The declared volumes that are copies of it. */
  readonly copies: readonly string[]
  /** The volumes in it: those that are given up with it, and others. */
  readonly inside: readonly string[]
  readonly others: readonly string[]
}

/**
 * `freed` are the bytes that the group has back when all of them are gone. The `spare`, in bytes too, goes with the last
 * pool, unless another one is made meanwhile.
 */
export const planGivenUp = (
  input: GroupInput,
  spare: number,
): { readonly actions: readonly Action[]; readonly freed: number } => {
  const { volumes, pools } = input.declared.givenUp
  const facts = [...volumes.map(name => volumeFacts(input, name)), ...pools.map(name => poolFacts(input, name))]
  const goes = facts.filter(one => ['a volume', 'a pool'].includes(situationOf(one)))
  const isPoolLeft =
    Object.keys(input.declared.pools ?? {}).length > 0 ||
    input.actual.pools.some(({ name }) => !goes.some(one => one.kind === 'pool' && one.name === name))
  return {
    actions: facts.flatMap(one => actionOf(situationOf(one), one)),
    freed: goes.reduce((sum, { kind, name }) => sum + spaceOf(kind, name, input), isPoolLeft ? 0 : spare),
  }
}

const volumeFacts = ({ group, declared, actual }: GroupInput, name: string): Facts => ({
  kind: 'volume',
  group,
  name,
  there: actual.volumes.find(volume => volume.name === name),
  copies: sorted(declared.volumes ?? {}).flatMap(([copy, { origin }]) => (origin === name ? [copy] : [])),
  inside: [],
  others: [],
})

const poolFacts = ({ group, declared, actual }: GroupInput, name: string): Facts => {
  const volumes = actual.volumes.filter(({ pool }) => pool === name).map(volume => volume.name)
  return {
    kind: 'pool',
    group,
    name,
    there: actual.pools.find(pool => pool.name === name),
    copies: [],
    inside: volumes,
    others: volumes.filter(volume => !declared.givenUp.volumes.includes(volume)),
  }
}

const situationOf = ({ kind, there, copies, others }: Facts): Situation => {
  if (there === undefined) return 'gone'
  if (kind === 'pool') return others.length > 0 ? 'a pool with volumes that are not given up' : 'a pool'
  if (copies.length > 0) return 'a volume, to be copied'
  if (there.uses?.includes('snapshots')) return 'a volume with snapshots'
  return there.uses?.includes('open') ? 'a volume, open' : 'a volume'
}

const actionOf = (situation: Situation, facts: Facts): readonly Action[] => {
  const { group, name, copies, others } = facts
  const action = removal(facts)
  switch (situation) {
    case 'gone':
      return []
    case 'a volume, to be copied':
      return [{ ...action, rejected: copiesFault(copies) }]
    case 'a volume with snapshots':
      return [{ ...action, rejected: 'LVM would remove its snapshots with it: remove or merge them first' }]
    case 'a volume, open': {
      const { consent: _consent, ...waiting } = action
      const reasons = [...action.reasons, 'it is open: a domain has it as a disk, or it is mounted']
      return [{ ...waiting, risk: 'safe', reasons, waitsFor: `close:${group}/${name}` }]
    }
    case 'a volume':
      return [{ ...action, ops: [lvmCommand(['lvremove', '--yes', `${group}/${name}`])] }]
    case 'a pool with volumes that are not given up':
      return [{ ...action, rejected: `volumes are in it that are not given up: ${others.join(', ')}` }]
    case 'a pool':
      return [{ ...action, ops: [lvmCommand(removeEmptyPool(`${group}/${name}`))] }]
  }
}

const copiesFault = (copies: readonly string[]): string =>
  copies.length === 1 ? `${copies[0]} is declared as a copy of it` : `${copies.join(', ')} are declared as copies of it`

/** LVM removes a pool's volumes with it. So that one which somebody made meanwhile stays, an empty pool is selected. */
const removeEmptyPool = (path: string): readonly string[] => ['lvremove', '--yes', '--select', 'thin_count=0', path]

/** It provides what it takes away as well: a guest that is given it all the same is not started meanwhile. */
const removal = ({ kind, group, name, there, inside }: Facts): Action => {
  const action = inGroup(group, name, kind === 'pool' ? 'remove-pool' : 'remove')
  const own = kind === 'pool' ? poolKey(group, name) : blockKey(group, name)
  return {
    ...action,
    kind: '-',
    summary: `remove ${kind} ${group}/${name} of ${printSize(there?.size ?? 0)}`,
    reasons: ['ensure: absent'],
    risk: 'destructive',
    consent: `destroy:lvm/${action.resource}`,
    requires: [...action.requires, ...inside.map(volume => goneKey(group, volume))],
    provides: [goneKey(group, name), spaceKey(group), own],
    ops: [],
  }
}

/** A thin volume gives its space back to its pool. */
const spaceOf = (kind: Facts['kind'], name: string, { actual }: GroupInput): number => {
  const found = actual.pools.find(pool => pool.name === name)
  if (kind === 'pool') return (found?.size ?? 0) + (found?.metadata ?? 0)
  const volume = actual.volumes.find(state => state.name === name)
  return volume?.pool === null ? volume.size : 0
}
