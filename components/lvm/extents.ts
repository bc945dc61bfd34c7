// LVM counts in extents: sizes are compared and summed in them on both sides, so that a size that is no whole number of
// extents makes no perpetual difference.
import { MiB } from '../../src/model/quantity.js'

/** Bytes: what vgcreate(8) takes where nobody says otherwise. */
export const defaultExtent = 4 * MiB

/** LVM's own data before the first extent (lvm.conf(5), default_data_alignment). */
const metadata = MiB

/** The extents that hold so many MiB. */
export const extentsFor = (size: number, extent: number): number => Math.ceil((size * MiB) / extent)

/** The extents that a device of so many bytes gives to a group. */
export const extentsOn = (deviceSize: number, extent: number): number =>
  Math.max(0, Math.floor((deviceSize - metadata) / extent))
