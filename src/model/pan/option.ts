// One option of an ncm-xen domain, or of its installer, as ours.
import type { Json } from '../json.js'

export type PanOption =
  | { readonly ok: true; readonly entries: readonly (readonly [string, Json])[] }
  | { readonly ok: false; readonly fault: string }

const same = [
  ...['name', 'memory', 'cpus', 'vcpus', 'kernel', 'ramdisk', 'root', 'extra', 'bootloader', 'vfb'],
  ...['on_poweroff', 'on_reboot', 'on_crash'],
]

/** Not `download`: a line for the shell, of which nobody can say what it does. */
export const readOption = (key: string, value: Json): PanOption => {
  if (key === 'builder') return { ok: true, entries: [] }
  if (key === 'bootargs') return { ok: true, entries: [['bootloader_args', [value].flat()]] }
  if (key === 'vtpm') return readTpms([value].flat())
  if (!same.includes(key)) return { ok: false, fault: `option ${key} cannot be rendered` }
  // xend wrote rename_restart, xl writes rename-restart.
  const isEvent = key.startsWith('on_') && typeof value === 'string'
  return { ok: true, entries: [[key, isEvent ? value.replaceAll('_', '-') : value]] }
}

/** Of what xend took, xl knows backend and uuid (xl.cfg(5)). */
const readTpms = (tpms: readonly Json[]): PanOption => {
  const keys = tpms.flatMap(tpm => String(tpm).split(',')).map(pair => pair.replace(/=.*$/, '').trim())
  const strange = keys.find(key => key !== 'backend' && key !== 'uuid')
  if (strange !== undefined) return { ok: false, fault: `${strange} of vtpm cannot be rendered` }
  return { ok: true, entries: [['vtpm', tpms.map(String)]] }
}
