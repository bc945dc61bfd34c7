// ncm-xen's disks: each becomes a disk of the domain, and, if it is to be created, the volume or image file for it.
import { posix } from 'node:path'
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

/** `size` in MiB. */
export type PanFile = { readonly path: string; readonly size: number }

/** What is to be created for disks. */
export type PanStorage = { readonly volumes: readonly PanVolume[]; readonly files: readonly PanFile[] }

export type PanDisk =
  | (PanStorage & { readonly ok: true; readonly device: string; readonly disk: JsonMap })
  | { readonly ok: false; readonly fault: string }

export const readDisk = (written: Json): PanDisk => {
  const device = textAt(written, '/guestdevice')
  const type = textAt(written, '/type') ?? '(none)'
  if (!isMap(written) || device === undefined) return { ok: false, fault: 'a disk has no guestdevice' }
  const read = readBacking(written, type)
  if (read === undefined) return { ok: false, fault: `disk ${device} of type ${type} cannot be rendered` }
  const access = textAt(written, '/rw') === 'r' ? 'ro' : 'rw'
  return { volumes: [], files: [], ...read, ok: true, device, disk: { type, ...read.disk, access } }
}

type Backing = Partial<PanStorage> & { readonly disk: JsonMap }

/** Undefined where it lacks what its type needs, or is of no type that ncm-xen had. */
const readBacking = (written: JsonMap, type: string): Backing | undefined => {
  const host = textAt(written, '/hostdevice')
  const path = textAt(written, '/path')
  const size = written.create === true ? numberAt(written, '/size') : undefined
  if (type === 'phy' && host !== undefined)
    return { disk: { device: host.startsWith('/dev/') ? host : `/dev/${host}` } }
  if (type === 'file' && path !== undefined) {
    const file = posix.normalize(path)
    return { disk: { path: file }, files: size === undefined ? [] : [{ path: file, size }] }
  }
  const volume = textAt(written, '/hostvol')
  if (type !== 'lvm' || host === undefined || volume === undefined) return undefined
  const volumes = size === undefined ? [] : [{ group: host, volume, size, path }]
  return { disk: { group: host, volume }, volumes }
}
