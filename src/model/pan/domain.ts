// One domain of ncm-xen as ours. What cannot be rendered as it was meant makes the whole domain unreadable: half a guest
// is not started.
import { guestUuid } from '../guest-uuid.js'
import type { Json, JsonMap } from '../json.js'
import { type PanStorage, readDisk } from './disk.js'
import { readInstaller } from './install.js'
import { withKernelLine } from './kernel-line.js'
import { listAt, mapAt, textAt } from './lookup.js'
import { readOption } from './option.js'
import { readVif } from './vif.js'

export type PanDomain =
  | (PanStorage & { readonly ok: true; readonly domain: JsonMap; readonly installerFaults: readonly string[] })
  | { readonly ok: false; readonly faults: readonly string[] }

/** Pan documents have no uuids: they come from this site's name and the guest's. */
const site = 'quattor'

export const readDomain = (name: string, written: Json): PanDomain => {
  const { disk: _disks, vif: _vifs, ...plain } = mapAt(written, '/options')
  const options = Object.entries(withKernelLine(plain)).map(([key, value]) => readOption(key, value))
  const disks = listAt(written, '/options/disk').map(readDisk)
  const vifs = listAt(written, '/options/vif').map((vif, index) => ({
    nic: `eth${index}`,
    ...readVif(vif, `eth${index}`),
  }))

  const faults = [...options, ...disks, ...vifs].flatMap(part => (part.ok ? [] : [part.fault]))
  if (faults.length > 0) return { ok: false, faults }
  const type = textAt(plain, '/builder') === 'hvm' ? 'hvm' : 'pv'
  const installer =
    'install_options' in mapAt(written, '')
      ? readInstaller(mapAt(written, '/install_options'), mapAt(written, '/options'))
      : undefined
  const domain = {
    options: {
      uuid: guestUuid(site, name),
      type,
      ...Object.fromEntries(options.flatMap(part => (part.ok ? part.entries : []))),
    },
    disks: Object.fromEntries(disks.flatMap(part => (part.ok ? [[part.device, part.disk] as const] : []))),
    vifs: Object.fromEntries(vifs.flatMap(part => (part.ok ? [[part.nic, part.vif] as const] : []))),
    ...(installer?.ok && { install_options: installer.options }),
    auto: mapAt(written, '').auto === true,
  }
  const made = disks.filter(part => part.ok)
  return {
    ok: true,
    domain,
    installerFaults: installer?.ok === false ? installer.faults : [],
    volumes: made.flatMap(({ volumes }) => volumes),
    files: made.flatMap(({ files }) => files),
  }
}
