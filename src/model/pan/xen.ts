// ncm-xen's component as our xen's, and the volumes and files that are to be created for its disks.
import type { Json, JsonMap } from '../json.js'
import type { PanStorage } from './disk.js'
import { readDomain } from './domain.js'
import { entriesAt, mapAt, textAt } from './lookup.js'

export type PanXen = {
  readonly xen: JsonMap
  readonly storage: PanStorage
  readonly ignored: readonly string[]
}

/** `host` is the machine's name, `root` the component's path in the document. */
export const readXen = (component: Json, host: string, root: string): PanXen => {
  const domains = entriesAt(component, '/domains').map(([name, written]) => ({
    name,
    read: readDomain(name, written),
    elsewhere: otherHost(component, name, host),
  }))
  const ours = domains.flatMap(({ name, read, elsewhere }) =>
    read.ok && elsewhere === undefined ? [{ name, ...read }] : [],
  )
  const { domains: _domains, create_domains, active: _active, dispatch: _dispatch, ...rest } = mapAt(component, '')
  const { create_filesystems: _flag, network: _network, ...others } = rest
  return {
    xen: {
      ...(create_domains === undefined ? {} : { create_domains }),
      domains: Object.fromEntries(ours.map(({ name, domain }) => [name, domain])),
    },
    storage: { volumes: ours.flatMap(({ volumes }) => volumes), files: ours.flatMap(({ files }) => files) },
    ignored: [
      ...Object.keys(others).map(key => `${root}/${key}`),
      ...domains.flatMap(({ name, read, elsewhere }) => {
        const pointer = `${root}/domains/${name}`
        if (elsewhere !== undefined) return [`${pointer}: guest_map says that it runs on ${elsewhere}`]
        if (!read.ok) return [`${pointer}: ${read.faults.join('; ')}`]
        const { installerFaults } = read
        return installerFaults.length === 0 ? [] : [`${pointer}/install_options: ${installerFaults.join('; ')}`]
      }),
    ],
  }
}

/** The host that guest_map names for a guest, if it is another one: the guest must not start here. */
const otherHost = (component: Json, guest: string, host: string): string | undefined => {
  const entry = entriesAt(component, '/guest_map').find(([name]) => name === guest)?.[1]
  const named = textAt(entry, '/hypervisor_name')
  const isHere = named === undefined || named === host || named === host.split('.')[0]
  return isHere ? undefined : named
}
