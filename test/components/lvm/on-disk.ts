// What the decision tables of lvm are tested with: a group vg on one disk of 255 extents of 4 MiB, and how a plan is
// written down.
import t from 'tap'
import type { Actual, DeviceState, PoolState, VolumeState, VolumeUse } from '../../../components/lvm/actual.js'
import { lvm } from '../../../components/lvm/component.js'
import type { Group, LVMVolumes } from '../../../components/lvm/desired.js'
import { MiB } from '../../../src/model/quantity.js'

export const extent = 4 * MiB
export const disk = '/dev/disk/by-id/ata-1'

export const empty: Actual = {
  memory: '/state/lvm',
  groups: [],
  volumes: [],
  pools: [],
  physical: [],
  devices: {},
  files: {},
  partitions: {},
  tags: {},
}

export const member = (group: string, device = '/dev/sdb'): DeviceState => ({ state: 'member', device, group })

/** Sizes in MiB. */
export type Contents = {
  /** With space of their own, or `[size, pool]`. */
  readonly volumes?: { readonly [name: string]: number | readonly [size: number, pool: string] }
  /** What stands against the removal or renaming of a volume. */
  readonly uses?: { readonly [name: string]: readonly VolumeUse[] }
  readonly pools?: { readonly [name: string]: Partial<PoolState> & { readonly size: number } }
  readonly spare?: number
}

/** Group vg on the disk, and what is in it. A pool has 4 MiB of metadata unless it says otherwise. */
export const having = ({ volumes = {}, uses = {}, pools = {}, spare = 0 }: Contents, device = member('vg')): Actual => {
  const volumeStates = Object.entries(volumes).map(([name, what]): VolumeState => {
    const [size, pool] = typeof what === 'number' ? [what, null] : what
    const use = uses[name]
    const more = use === undefined ? {} : { uses: use }
    return { group: 'vg', name, uuid: name, size: size * MiB, pool, tags: [], ...more }
  })
  const poolStates = Object.entries(pools).map(([name, { size, metadata = 4, ...more }]): PoolState => {
    const sizes = { size: size * MiB, metadata: metadata * MiB }
    return { group: 'vg', name, uuid: name, chunk: 64 * 1024, full: [], fullWhenGrown: [], ...more, ...sizes }
  })
  const thick = volumeStates.filter(({ pool }) => pool === null).reduce((sum, { size }) => sum + size, 0)
  const used = poolStates.reduce((sum, { size, metadata }) => sum + size + metadata, thick + spare * MiB)
  return {
    ...empty,
    groups: [{ name: 'vg', uuid: 'U', size: 255 * extent, free: 255 * extent - used, extent, spare: spare * MiB }],
    volumes: volumeStates,
    pools: poolStates,
    physical: [{ device: '/dev/sdb', group: 'vg' }],
    devices: { [disk]: device },
  }
}

/** Group vg on the disk, declared. */
export const onDisk = (more: Partial<Group> = {}): LVMVolumes => ({
  groups: { vg: { devices: [{ path: disk }], ...more } },
})

/** Volumes of so many MiB each. */
export const sized = (volumes: { readonly [name: string]: number }): NonNullable<Group['volumes']> =>
  Object.fromEntries(Object.entries(volumes).map(([name, size]) => [name, { size }]))

/** `ID: COMMAND; COMMAND`, `ID rejected: REASON`, or `ID waits for EVENT`. */
export const planned = (desired: LVMVolumes, actual: Actual): readonly string[] =>
  lvm.plan(desired, actual).map(({ id, rejected, waitsFor, ops }) => {
    if (rejected !== undefined) return `${id} rejected: ${rejected}`
    if (waitsFor !== undefined) return `${id} waits for ${waitsFor}`
    const words = ops.map(op =>
      'argv' in op
        ? op.argv.join(' ')
        : `${op.op}${'path' in op ? ` ${op.path}` : ''}${op.op === 'fill' ? ` ${op.target}` : ''}`,
    )
    return `${id}: ${words.join('; ')}`
  })

/** `KEY, KEY < KEY`: what each action provides, and what it requires. */
export const keysOf = (desired: LVMVolumes, actual: Actual): readonly string[] =>
  lvm.plan(desired, actual).map(({ provides, requires }) => `${provides.join(', ')} < ${requires.join(', ')}`)

export type Case = {
  readonly name: string
  readonly desired: LVMVolumes
  readonly actual: Actual
  readonly plan?: readonly string[]
  readonly orphans?: readonly string[]
}

export const testCases = (cases: readonly Case[]): void => {
  for (const { name, desired, actual, plan = [], orphans = [] } of cases) {
    t.test(name, async t => {
      t.same(planned(desired, actual), plan)
      t.same(lvm.orphans?.(desired, actual), orphans)
    })
  }
}
