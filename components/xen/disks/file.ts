// An image file of the host as a guest's disk.
import type { FileDisk } from '../desired.js'
import type { Backing } from './disk-types.js'

export const file = ({ path }: FileDisk): Backing => ({
  type: 'file',
  format: 'raw',
  target: path,
  requires: `file:${path}`,
})
