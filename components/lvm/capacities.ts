// capacities: a host's volume groups, and what each volume takes of them. What a pool holds takes the pool's space. Pure.
import type { Capacity, MachineView } from '../../src/model/component.js'
import { sorted } from '../../src/model/sorted.js'
import { sizeOf } from './check/capacity.js'
import { groupsOf } from './declared.js'
import { hostsIn } from './host.js'
import { poolOf } from './thin.js'

export const capacities = (machine: Pick<MachineView, 'name' | 'get'>): readonly Capacity[] =>
  hostsIn({ machines: [machine] }).flatMap(host =>
    groupsOf(host.desired).map(([name, { devices = [], volumes = {}, pools = {} }]) => {
      const sizes = devices.map(device => sizeOf(device, host))
      const known = sizes.filter(size => size !== undefined)
      const thick = sorted(volumes).filter(([volume]) => poolOf(volume, volumes) === null)
      return {
        name,
        has: known.length === 0 || known.length < sizes.length ? undefined : known.reduce((sum, size) => sum + size, 0),
        shares: [...sorted(pools), ...thick].map(([share, { size }]) => ({ name: share, size })),
      }
    }),
  )
