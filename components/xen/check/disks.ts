// A disk that one domain writes to is no other's on the same host, whole or in part. Part of check-site.ts; pure.
import { overlap } from '../../../src/model/block-device.js'
import type { SiteFault } from '../../../src/model/component.js'
import type { Domain, DomainDisk } from '../domain.js'
import { type Host, placeIn } from '../host.js'
import { deviceOf } from '../identity.js'

type UsedDisk = { readonly domain: Domain; readonly disk: DomainDisk; readonly device: string }

export const checkDisks = (host: Host): readonly SiteFault[] => {
  const used = host.domains.flatMap(domain =>
    domain.disks.map(disk => ({ domain, disk, device: deviceOf(disk.target) })),
  )
  return used.flatMap((later, index) => {
    const first = used.slice(0, index).find(earlier => isContested(earlier, later))
    return first === undefined ? [] : [contested(host, first, later)]
  })
}

const isContested = (a: UsedDisk, b: UsedDisk): boolean =>
  (a.disk.access === 'rw' || b.disk.access === 'rw') && overlap(a.device, b.device)

const contested = (host: Host, first: UsedDisk, later: UsedDisk): SiteFault => ({
  code: 'used-twice',
  message: `the disk ${later.device} of ${say(later)} on ${host.name} ${relation(later, first)} ${say(first)}`,
  hint: 'domains share a disk only where all of them have it with `access: ro`',
  ...placeIn(host, later.domain, 'disks', later.disk.vdev),
  other: placeIn(host, first.domain, 'disks', first.disk.vdev),
})

const relation = (later: UsedDisk, first: UsedDisk): string =>
  later.device === first.device ? 'is also that of' : `overlaps ${first.device}, that of`

const say = ({ domain, disk }: UsedDisk): string => `${domain.key}'s ${disk.vdev}`
