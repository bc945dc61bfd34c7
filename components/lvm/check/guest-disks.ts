// A disk that a guest is given is not one that a group lies on, and nothing that is given up. What guests are given stands in their domains, which are
// another component's: this is the only place here that reads what another one declares. Part of check-site.ts; pure.
import { overlap } from '../../../src/model/block-device.js'
import type { SiteFault } from '../../../src/model/component.js'
import { isMap, type Json } from '../../../src/model/json.js'
import { printPointer } from '../../../src/model/pointer.js'
import { sorted } from '../../../src/model/sorted.js'
import { filesOf, givenUpIn } from '../declared.js'
import type { LVMVolumes } from '../desired.js'
import { devicesOf } from '../devices.js'
import { base, type Host } from '../host.js'

const domains = '/software/components/xen/domains'

export const checkGuestDisks = (host: Host): readonly SiteFault[] => {
  const disks = guestDisks(host)
  return [
    ...disks.flatMap(overlapping(host)),
    ...disks.flatMap(onGivenUp(host)),
    ...disks.flatMap(disk => onRawFile(host, disk)),
  ]
}

type GuestDisk = {
  readonly domain: string
  readonly isAbsent: boolean
  readonly vdev: string
  /** What it lies on, and the key that says so. */
  readonly path: string
  readonly key: 'device' | 'path' | 'volume'
  /** Of a volume. */
  readonly group?: string
  readonly format: string
  /** Where the key stands in the host. */
  readonly pointer: string
}

const overlapping = (host: Host) => {
  const devices = devicesOf(host.desired)
  return ({ domain, vdev, path: device, key, pointer }: GuestDisk): readonly SiteFault[] => {
    if (key !== 'device') return []
    const taken = devices.find(({ path }) => overlap(path, device))
    if (taken === undefined) return []
    return [
      {
        code: 'used-twice',
        message: `${device}, given to ${domain} as ${vdev} on ${host.name}, overlaps ${taken.path} of group ${taken.group}`,
        machine: host.name,
        pointer,
        other: { machine: host.name, pointer: base + taken.pointer },
      },
    ]
  }
}

/** With its domain, storage may be given up. */
const onGivenUp = (host: Host) => {
  const givenUp = givenUpStorage(host.desired)
  return ({ domain, isAbsent, vdev, path, pointer }: GuestDisk): readonly SiteFault[] => {
    const storage = isAbsent ? undefined : givenUp.find(({ paths }) => paths.includes(path))
    if (storage === undefined) return []
    return [
      {
        code: 'contradiction',
        message: `disk ${vdev} of ${domain} on ${host.name} lies on ${storage.words}, which is given up (ensure: absent), and ${domain} is not`,
        hint: `give up domains/${domain} too, or take the disk from it`,
        machine: host.name,
        pointer,
        other: { machine: host.name, pointer: `${base}${printPointer(storage.place)}/ensure` },
      },
    ]
  }
}

/** The files that are made here are raw. */
const onRawFile = (host: Host, { domain, vdev, path, format }: GuestDisk): readonly SiteFault[] => {
  if (format === 'raw' || !Object.hasOwn(filesOf(host.desired), path)) return []
  return [
    {
      code: 'contradiction',
      message: `disk ${vdev} of ${domain} on ${host.name} is a ${format} image, and ${path} is declared as a file to be made, which is raw`,
      hint: `make the image by hand, and take ${path} from /software/components/lvm/files`,
      machine: host.name,
      pointer: domains + printPointer([domain, 'disks', vdev, 'format']),
      other: { machine: host.name, pointer: base + printPointer(['files', path]) },
    },
  ]
}

const givenUpStorage = ({ groups = {}, files = {} }: LVMVolumes) => [
  ...sorted(groups).flatMap(([group, { volumes = {} }]) =>
    givenUpIn(volumes).map(volume => ({
      words: `volume ${group}/${volume}`,
      paths: [`/dev/${group}/${volume}`, `/dev/mapper/${doubled(group)}-${doubled(volume)}`],
      place: ['groups', group, 'volumes', volume],
    })),
  ),
  ...givenUpIn(files).map(path => ({ words: `file ${path}`, paths: [path], place: ['files', path] })),
]

/** The device mapper's names: a hyphen parts group and volume. */
const doubled = (name: string): string => name.replaceAll('-', '--')

export const guestDisks = ({ get }: Host): readonly GuestDisk[] =>
  entriesOf(get(domains)).flatMap(([domain, declared]) => {
    if (!isMap(declared)) return []
    const isAbsent = declared.ensure === 'absent'
    return entriesOf(declared.disks).flatMap(([vdev, disk]) => {
      const found = isMap(disk) ? storageOf(disk) : undefined
      if (found === undefined) return []
      const pointer = domains + printPointer([domain, 'disks', vdev, found.key])
      return [{ domain, isAbsent, vdev, pointer, ...found }]
    })
  })

const storageOf = (disk: {
  readonly [key: string]: Json
}): Pick<GuestDisk, 'path' | 'key' | 'group' | 'format'> | undefined => {
  const { device, path, group, volume, format = 'raw' } = disk
  if (typeof device === 'string') return { path: device, key: 'device', format: 'raw' }
  if (typeof path === 'string') return { path, key: 'path', format: String(format) }
  if (typeof group !== 'string' || typeof volume !== 'string') return undefined
  return { path: `/dev/${group}/${volume}`, key: 'volume', group, format: 'raw' }
}

const entriesOf = (value: Json | undefined): readonly (readonly [string, Json])[] =>
  isMap(value) ? Object.entries(value) : []
