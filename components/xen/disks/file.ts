// An image file of the host as a guest's disk.
import type { FileDisk } from '../desired.js'
import type { Backing } from './disk-types.js'

export const file = ({ path, format = 'raw' }: FileDisk): Backing => ({
  type: 'file',
  format,
  target: path,
  requires: `file:${path}`,
})
