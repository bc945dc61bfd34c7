// A logical volume as a guest's disk.
import type { LvmDisk } from '../desired.js'
import type { Backing } from './disk-types.js'

export const lvm = ({ group, volume }: LvmDisk): Backing => {
  const device = `/dev/${group}/${volume}`
  return { type: 'lvm', format: 'raw', target: device, requires: `block:${device}` }
}
