// What is done to a volume: LVM's commands, and what they provide and require. Part of plan/volumes.ts; pure.
import type { Action, Op } from '../../src/model/action.js'
import { fillingTag } from '../../src/model/disk-tags.js'
import { printSize, printSizesAlike } from '../../src/model/quantity.js'
import { blockKey, inGroup, lvmCommand, poolKey, volumeKey } from './keys.js'
import { type Content, filledFrom, fillOps, fillQueue, installTagOf, unlinkedKey } from './plan/image.js'

export type Wanted = {
  readonly group: string
  readonly name: string
  /** In whole extents. */
  readonly bytes: number
  /** Null: none, its space is its own. Undefined: nobody can say which. */
  readonly pool: string | null | undefined
  /** The volume that it is a copy of. */
  readonly origin: string | undefined
}

/** Made with a mark from its first moment: where there is an image it is filled, and the mark goes when it is whole. */
export const created = (wanted: Wanted, content: Content, create: Create): Action => {
  const action = creation(wanted)
  if (content.image === undefined) return { ...action, ops: [create(wanted, installTagOf(content))] }
  const { group, name } = wanted
  const place = { kind: 'volume', group, name } as const
  return {
    ...action,
    requires: [...action.requires, unlinkedKey(place)],
    summary: `${action.summary}${filledFrom(content.image)}`,
    queue: fillQueue,
    ops: [create(wanted, fillingTag), ...fillOps(place, content.image)],
  }
}

/** The command that makes a volume, with a tag. */
export type Create = (wanted: Wanted, tag?: string) => Op

/** Provides the block device even if it is rejected: a guest without its disk is not started. */
export const creation = ({ group, name, bytes, pool, origin }: Wanted): Action => {
  const action = inGroup(group, name, 'create')
  const place = typeof pool === 'string' ? ` in pool ${pool}` : ''
  const source = origin === undefined ? '' : `, a copy of ${origin}`
  return {
    ...action,
    kind: '+',
    summary: `create volume ${group}/${name} of ${printSize(bytes)}${place}${source}`,
    reasons: ['it is not there'],
    requires: [
      ...action.requires,
      ...(typeof pool === 'string' ? [poolKey(group, pool)] : []),
      ...(origin === undefined ? [] : [blockKey(group, origin)]),
    ],
    provides: [blockKey(group, name)],
    ops: [],
  }
}

const create = ['lvcreate', '--yes']
const wipe = ['--wipesignatures', 'y']

const tagged = (tag: string | undefined): readonly string[] => (tag === undefined ? [] : ['--addtag', tag])

/** With space of its own. */
export const createVolume: Create = ({ group, name, bytes }, tag) =>
  lvmCommand([...create, ...wipe, '--size', `${bytes}b`, ...tagged(tag), '--name', name, group])

export const createThin: Create = ({ group, name, bytes, pool }, tag) => {
  const kind = ['--type', 'thin', '--virtualsize', `${bytes}b`, '--thinpool', pool ?? '']
  return lvmCommand([...create, ...wipe, ...kind, ...tagged(tag), '--name', name, group])
}

/**
 * A snapshot is not activated with its group unless it is told to be. It starts as large as its origin; a run that is
 * killed before it is grown leaves a volume that is too small, which the next one grows.
 */
export const copyVolume = (wanted: Wanted, origin: string, originBytes: number): readonly Op[] => {
  const { group, name, bytes } = wanted
  const snapshot = ['--setactivationskip', 'n', '--snapshot', '--name', name, `${group}/${origin}`]
  return [lvmCommand([...create, ...snapshot]), ...(bytes > originBytes ? [extend(wanted)] : [])]
}

/** A guest whose volume cannot grow has its disk all the same, and is not held back. */
export const growVolume = (wanted: Wanted, size: number): Action => {
  const { group, name, bytes } = wanted
  const action = inGroup(group, name, 'grow')
  const [has, declared] = printSizesAlike(size, bytes)
  return {
    ...action,
    kind: '~',
    summary: `grow volume ${group}/${name} to ${declared}`,
    reasons: [`it has ${has}, declared ${declared}`, 'the guest must then grow its filesystem itself'],
    requires: [...action.requires, volumeKey(group, name)],
    provides: [blockKey(group, name)],
    ops: [extend(wanted)],
  }
}

const extend = ({ group, name, bytes }: Wanted): Op =>
  lvmCommand(['lvextend', '--size', `${bytes}b`, `${group}/${name}`])

/** A volume of another kind than declared is a guest's disk all the same; in the place of a pool's name there is none. */
export const rejectedVolume = ({ group, name }: Wanted, rejected: string, isThere: boolean): Action => ({
  ...inGroup(group, name, 'use'),
  kind: '~',
  summary: `use volume ${group}/${name}`,
  reasons: [],
  rejected,
  requires: [],
  provides: isThere ? [] : [blockKey(group, name)],
  ops: [],
})
