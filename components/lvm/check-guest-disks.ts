// A disk that a guest is given is not one that a group lies on. What guests are given stands in their domains, which are
// another component's: this is the only place here that reads what another one declares. Part of check-site.ts; pure.
import { overlap } from '../../src/model/block-device.js'
import type { SiteFault } from '../../src/model/component.js'
import { isMap, type Json } from '../../src/model/json.js'
import { printPointer } from '../../src/model/pointer.js'
import { devicesOf } from './devices.js'
import { base, type Host } from './host.js'

const domains = '/software/components/xen/domains'

export const checkGuestDisks = (host: Host): readonly SiteFault[] => {
  const devices = devicesOf(host.desired)
  return guestDevices(host).flatMap(({ domain, vdev, device }) => {
    const taken = devices.find(({ path }) => overlap(path, device))
    if (taken === undefined) return []
    return [
      {
        code: 'used-twice',
        message: `${device}, given to ${domain} as ${vdev} on ${host.name}, overlaps ${taken.path} of group ${taken.group}`,
        machine: host.name,
        pointer: domains + printPointer([domain, 'disks', vdev, 'device']),
        other: { machine: host.name, pointer: base + taken.pointer },
      },
    ]
  })
}

const guestDevices = ({ get }: Host) =>
  entriesOf(get(domains)).flatMap(([domain, declared]) =>
    entriesOf(isMap(declared) ? declared.disks : undefined).flatMap(([vdev, disk]) => {
      const device = isMap(disk) ? disk.device : undefined
      return typeof device === 'string' ? [{ domain, vdev, device }] : []
    }),
  )

const entriesOf = (value: Json | undefined): readonly (readonly [string, Json])[] =>
  isMap(value) ? Object.entries(value) : []
