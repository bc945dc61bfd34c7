// ncm-xen's disks: each becomes a disk of the domain, and, if it is a volume that is to be created, a volume.
import { isMap, type Json, type JsonMap } from '../json.js'
import { numberAt, textAt } from './lookup.js'

export type PanVolume = {
  readonly group: string
  readonly volume: string
  /** MiB. */
  readonly size: number
  /** The device that the group is made on if it is not there. */
  readonly path: string | undefined
}

export type PanDisk =
  | { readonly ok: true; readonly device: string; readonly disk: JsonMap; readonly volumes: readonly PanVolume[] }
  | { readonly ok: false; readonly fault: string }

export const readDisk = (written: Json): PanDisk => {
  const device = textAt(written, '/guestdevice')
  const host = textAt(written, '/hostdevice')
  const type = textAt(written, '/type') ?? '(none)'
  if (!isMap(written) || device === undefined) return { ok: false, fault: 'a disk has no guestdevice' }
  const access = textAt(written, '/rw') === 'r' ? 'ro' : 'rw'

  if (type === 'phy' && host !== undefined) {
    const path = host.startsWith('/dev/') ? host : `/dev/${host}`
    return { ok: true, device, disk: { type, device: path, access }, volumes: [] }
  }
  const volume = textAt(written, '/hostvol')
  if (type === 'lvm' && host !== undefined && volume !== undefined) {
    const size = numberAt(written, '/size')
    const isCreated = written.create === true && size !== undefined
    const made = isCreated ? [{ group: host, volume, size, path: textAt(written, '/path') }] : []
    return { ok: true, device, disk: { type, group: host, volume, access }, volumes: made }
  }
  return { ok: false, fault: `disk ${device} of type ${type} cannot be rendered` }
}
