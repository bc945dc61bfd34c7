// One domain of ncm-xen as ours. What cannot be rendered as it was meant makes the whole domain unreadable: half a guest
// is not started.
import { guestUuid } from '../guest-uuid.js'
import type { Json, JsonMap } from '../json.js'
import { type PanStorage, readDisk } from './disk.js'
import { listAt, mapAt, textAt } from './lookup.js'
import { readVif } from './vif.js'

export type PanDomain =
  | (PanStorage & { readonly ok: true; readonly domain: JsonMap })
  | { readonly ok: false; readonly faults: readonly string[] }

/** Pan documents have no uuids: they come from this site's name and the guest's. */
const site = 'quattor'

export const readDomain = (name: string, written: Json): PanDomain => {
  const { disk: _disks, vif: _vifs, ...plain } = mapAt(written, '/options')
  const options = Object.entries(plain).map(([key, value]) => readOption(key, value))
  const disks = listAt(written, '/options/disk').map(readDisk)
  const vifs = listAt(written, '/options/vif').map((vif, index) => ({
    nic: `eth${index}`,
    ...readVif(vif, `eth${index}`),
  }))

  const faults = [...options, ...disks, ...vifs].flatMap(part => (part.ok ? [] : [part.fault]))
  if (faults.length > 0) return { ok: false, faults }
  const type = textAt(plain, '/builder') === 'hvm' ? 'hvm' : 'pv'
  const domain = {
    options: {
      uuid: guestUuid(site, name),
      type,
      ...Object.fromEntries(options.flatMap(part => (part.ok ? part.entries : []))),
    },
    disks: Object.fromEntries(disks.flatMap(part => (part.ok ? [[part.device, part.disk] as const] : []))),
    vifs: Object.fromEntries(vifs.flatMap(part => (part.ok ? [[part.nic, part.vif] as const] : []))),
    auto: mapAt(written, '').auto === true,
  }
  const made = disks.filter(part => part.ok)
  return {
    ok: true,
    domain,
    volumes: made.flatMap(({ volumes }) => volumes),
    files: made.flatMap(({ files }) => files),
  }
}

type PanOption =
  | { readonly ok: true; readonly entries: readonly (readonly [string, Json])[] }
  | { readonly ok: false; readonly fault: string }

const same = [
  ...['name', 'memory', 'cpus', 'vcpus', 'kernel', 'ramdisk', 'root', 'extra', 'bootloader', 'vfb'],
  ...['on_poweroff', 'on_reboot', 'on_crash'],
]

/** ncm-xen's others (download, ip, netmask, gateway, hostname, nfs_*, vtpm) were xend's; xl would pass them over. */
const readOption = (key: string, value: Json): PanOption => {
  if (key === 'builder') return { ok: true, entries: [] }
  if (key === 'bootargs') return { ok: true, entries: [['bootloader_args', [value].flat()]] }
  if (!same.includes(key)) return { ok: false, fault: `option ${key} cannot be rendered` }
  // xend wrote rename_restart, xl writes rename-restart.
  const isEvent = key.startsWith('on_') && typeof value === 'string'
  return { ok: true, entries: [[key, isEvent ? value.replaceAll('_', '-') : value]] }
}
