// What can back a guest's disk. A new type is one file beside this one, one line in the table below, and one branch of
// `disk` in schema.json.
import type { Key } from '../../../src/model/action.js'
import type { Disk, FileDisk } from '../desired.js'
import { file } from './file.js'
import { lvm } from './lvm.js'
import { phy } from './phy.js'

/** A disk as xl-disk-configuration(5) wants it. */
export type Backing = {
  readonly type: Disk['type']
  readonly format: NonNullable<FileDisk['format']>
  readonly target: string
  /** What must be there before the guest starts. */
  readonly requires: Key
}

const diskTypes: { readonly [Type in Disk['type']]: (disk: Extract<Disk, { type: Type }>) => Backing } = {
  file,
  lvm,
  phy,
}

export const backingOf = (disk: Disk): Backing => (diskTypes[disk.type] as (disk: Disk) => Backing)(disk)
