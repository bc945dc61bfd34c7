// Whether a domain that is to be started is there already under another name, or would share with another one what only
// one may have: its uuid, a MAC, a disk that either of them writes to. The same guest never runs twice.
import { volumeName } from '../../src/model/block-device.js'
import type { Actual } from './actual.js'
import type { Domain } from './domain.js'

export type Identity = {
  readonly name: string
  readonly uuid: string
  readonly macs: readonly string[]
  readonly disks: readonly { readonly device: string; readonly writable: boolean }[]
}

export const identityOf = (domain: Domain, links: Links): Identity => ({
  name: domain.name,
  uuid: domain.options.uuid,
  macs: domain.vifs.map(({ mac }) => mac.toLowerCase()),
  disks: domain.disks.map(({ target, access }) => ({ device: deviceOf(target, links), writable: access === 'rw' })),
})

/** A domain of which xl tells nothing has no identity. */
export const actualIdentities = ({ domains, links }: Pick<Actual, 'domains' | 'links'>): readonly Identity[] =>
  domains.flatMap(({ name, config }) => {
    if (config === null) return []
    const disks = config.disks.flatMap(({ path, access }) =>
      path === null ? [] : [{ device: deviceOf(path, links), writable: access === 'rw' }],
    )
    return [{ name, uuid: config.uuid, macs: config.vifs.map(({ mac }) => mac), disks }]
  })

/** One sentence for everything that `other` has already and `ours` may not share with it. */
export const sharedWith = (ours: Identity, other: Identity): readonly string[] => [
  ...(ours.uuid === other.uuid ? [`${other.name} has its uuid ${ours.uuid}`] : []),
  ...ours.macs.filter(mac => other.macs.includes(mac)).map(mac => `${other.name} has its MAC ${mac}`),
  ...ours.disks
    .filter(disk => other.disks.some(({ device, writable }) => device === disk.device && (writable || disk.writable)))
    .map(({ device }) => `${other.name} uses its disk ${device}`),
]

/** What the names of disks stand for, where the document and Xen name them otherwise: /dev/disk/by-id/x is /dev/sdb. */
export type Links = Actual['links']

/** The name by which two names of one device are compared. */
export const deviceOf = (path: string, links: Links = {}): string =>
  (Object.hasOwn(links, path) ? links[path] : undefined) ?? volumeName(path)
