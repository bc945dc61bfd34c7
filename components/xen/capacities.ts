// capacities: a host's memory, and what dom0 and each guest take of it, with Xen's overhead. Pure.
import type { Capacity, MachineView } from '../../src/model/component.js'
import { memoryOf, needOf } from './check/memory.js'
import { dom0Memory } from './dom0.js'
import { hostsIn } from './host.js'

export const capacities = (machine: Pick<MachineView, 'name' | 'get'>): readonly Capacity[] =>
  hostsIn({ machines: [machine] }).map(host => {
    const dom0 = dom0Memory(host.get)
    const domains = host.domains.filter(({ ensure }) => ensure === 'running')
    const shares = domains.map(domain => ({ name: domain.key, size: Math.ceil(needOf(domain)) }))
    return {
      name: 'memory',
      has: memoryOf(host),
      shares: dom0 === undefined ? shares : [{ name: 'dom0', size: dom0 }, ...shares],
    }
  })
