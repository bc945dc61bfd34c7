// The machines of a site that have volume groups, as the site's checks see them.
import type { MachineView, SiteView } from '../../src/model/component.js'
import type { LVMVolumes } from './desired.js'

export type Host = { readonly name: string; readonly desired: LVMVolumes; readonly get: MachineView['get'] }

/** Where this component's value stands in a machine. */
export const base = '/software/components/lvm'

type Partitions = { readonly [name: string]: { readonly holding_dev: string; readonly size?: number } }

/** What the installation divides the host's disks into. */
export const partitionsOf = ({ get }: Host): Partitions => (get('/system/blockdevices/partitions') ?? {}) as Partitions

/** Only sound machines are in a site's view: what they declare here is valid by our schema. */
export const hostsIn = ({ machines }: SiteView): readonly Host[] =>
  machines.flatMap(({ name, get }) => {
    const desired = get(base) as LVMVolumes | undefined
    return desired === undefined ? [] : [{ name, desired, get }]
  })
