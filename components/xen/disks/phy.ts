// A disk or partition of the host as a guest's disk.
import type { PhyDisk } from '../desired.js'
import type { Backing } from './disk-types.js'

export const phy = ({ device }: PhyDisk): Backing => ({
  type: 'phy',
  format: 'raw',
  target: device,
  requires: `block:${device}`,
})
