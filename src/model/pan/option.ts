// One option of an ncm-xen domain, or of its installer, as ours.
import type { Json } from '../json.js'

export type PanOption =
  | { readonly ok: true; readonly entries: readonly (readonly [string, Json])[] }
  | { readonly ok: false; readonly fault: string }

const same = [
  ...['name', 'memory', 'cpus', 'vcpus', 'kernel', 'ramdisk', 'root', 'extra', 'bootloader', 'vfb'],
  ...['on_poweroff', 'on_reboot', 'on_crash'],
]

/** ncm-xen's others (download, ip, netmask, gateway, hostname, nfs_*, vtpm) were xend's; xl would pass them over. */
export const readOption = (key: string, value: Json): PanOption => {
  if (key === 'builder') return { ok: true, entries: [] }
  if (key === 'bootargs') return { ok: true, entries: [['bootloader_args', [value].flat()]] }
  if (!same.includes(key)) return { ok: false, fault: `option ${key} cannot be rendered` }
  // xend wrote rename_restart, xl writes rename-restart.
  const isEvent = key.startsWith('on_') && typeof value === 'string'
  return { ok: true, entries: [[key, isEvent ? value.replaceAll('_', '-') : value]] }
}
