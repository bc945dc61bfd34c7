// What Xen can change of a domain while it runs: more memory up to what the domain was made with, vCPUs up to its
// maxvcpus, its share of the CPUs, further disks and vifs. Targets are compared, not what the guest makes of them. Pure.
import type { Op } from '../../src/model/action.js'
import { MiB, printSizesAlike } from '../../src/model/quantity.js'
import type { ActualConfig } from './actual.js'
import { printDisk, printVif } from './config/device.js'
import { bridgeKeys, type Domain, type DomainDisk, type DomainVif, defaultWeight } from './domain.js'
import { deviceOf, type Identity, identityOf, type Links } from './identity.js'
import { isSameDevice } from './vdev.js'

export type LiveChange = {
  /** Names the action: `memory`, `disk/xvdb`. */
  readonly what: string
  readonly summary: string
  readonly reason: string
  readonly requires: readonly string[]
  readonly op: Op
  /** What no other domain may have. */
  readonly takes?: Pick<Identity, 'macs' | 'disks'>
  /** The disk that the domain gets. */
  readonly target?: string
  /** MiB that the domain gets more. */
  readonly memory?: number
}

const timeout = 60_000

export const liveChanges = (domain: Domain, actual: ActualConfig, links: Links): readonly LiveChange[] => {
  const { disks, vifs } = attachable(domain, actual, links)
  return [
    ...memoryChange(domain, actual),
    ...vcpuChange(domain, actual),
    ...schedulingChange(domain, actual),
    ...disks.map(disk => diskChange(domain, disk, links)),
    ...vifs.map(vif => vifChange(domain, vif)),
  ]
}

const memoryChange = ({ key, name, options: { memory } }: Domain, actual: ActualConfig): readonly LiveChange[] => {
  if (memory * 1024 <= actual.memory || memory * 1024 > actual.maxmem) return []
  const [has, wanted] = printSizesAlike(actual.memory * 1024, memory * MiB)
  return [
    {
      what: 'memory',
      summary: `give ${key} ${wanted} of memory`,
      reason: `memory: ${has} -> ${wanted}`,
      requires: [],
      op: { op: 'exec', argv: ['xl', 'mem-set', name, `${memory}m`], timeout },
      memory: memory - actual.memory / 1024,
    },
  ]
}

/** --ignore-host: xl creates a domain with more vCPUs than the host has CPUs, but gives it none later. */
const vcpuChange = ({ key, name, options: { vcpus = 1 } }: Domain, actual: ActualConfig): readonly LiveChange[] => {
  if (vcpus === actual.vcpus || vcpus > actual.maxvcpus) return []
  return [
    {
      what: 'vcpus',
      summary: `let ${key} use ${vcpus} vCPUs`,
      reason: `vcpus: ${actual.vcpus} -> ${vcpus}`,
      requires: [],
      op: { op: 'exec', argv: ['xl', 'vcpu-set', '--ignore-host', name, String(vcpus)], timeout },
    },
  ]
}

/** By scheduler; of others xl.cfg's options say nothing. */
const commands: Readonly<Record<string, string>> = { credit2: 'sched-credit2', credit: 'sched-credit' }

const schedulingChange = ({ key, name, options }: Domain, actual: ActualConfig): readonly LiveChange[] => {
  const { cpu_weight: weight = defaultWeight, cap = 0 } = options
  const command = commands[actual.scheduler ?? '']
  if (command === undefined || (weight === actual.weight && cap === actual.cap)) return []
  const argv = ['xl', command, '-d', name, '-w', String(weight), '-c', String(cap)]
  return [
    {
      what: 'scheduling',
      summary: `give ${key} weight ${weight} and cap ${cap}`,
      reason: `cpu_weight: ${actual.weight} -> ${weight}, cap: ${actual.cap} -> ${cap}`,
      requires: [],
      op: { op: 'exec', argv, timeout },
    },
  ]
}

const diskChange = ({ key, name }: Domain, disk: DomainDisk, links: Links): LiveChange => ({
  what: `disk/${disk.vdev}`,
  summary: `attach ${disk.target} to ${key} as ${disk.vdev}`,
  reason: `disk ${disk.vdev}: none -> ${disk.target} ${disk.access}`,
  requires: [disk.requires],
  op: { op: 'exec', argv: ['xl', 'block-attach', name, printDisk(disk)], timeout },
  takes: { macs: [], disks: [{ device: deviceOf(disk.target, links), writable: disk.access === 'rw' }] },
  target: disk.target,
})

/** Unlike block-attach, network-attach wants each part as an argument of its own. */
const vifChange = ({ key, name }: Domain, vif: DomainVif): LiveChange => ({
  what: `vif/${vif.nic}`,
  summary: `attach ${vif.nic} to ${key}`,
  reason: `vif ${vif.mac.toLowerCase()}: none -> ${vif.bridge ?? "Xen's default bridge"}`,
  requires: bridgeKeys([vif]),
  op: { op: 'exec', argv: ['xl', 'network-attach', name, ...printVif(vif).split(',')], timeout },
  takes: { macs: [vif.mac.toLowerCase()], disks: [] },
})

type Devices = { readonly disks: readonly DomainDisk[]; readonly vifs: readonly DomainVif[] }

/**
 * New disks and vifs: none in the place of one that is there, which only goes with a restart. An emulated disk cannot
 * come later, and a new MAC beside one that is given up is a changed one. A domain that has nothing of ours but the name
 * may be anybody's, and is given nothing.
 */
export const attachable = (domain: Domain, actual: ActualConfig, links: Links): Devices => {
  if (!isOurs(domain, actual, links)) return { disks: [], vifs: [] }
  const { options, disks, vifs } = domain
  const macs = vifs.map(({ mac }) => mac.toLowerCase())
  const isChanged = actual.vifs.some(({ mac }) => !macs.includes(mac))
  return {
    disks: disks.filter(
      ({ vdev }) =>
        !actual.disks.some(other => isSameDevice(other.vdev, vdev)) &&
        (options.type !== 'hvm' || vdev.startsWith('xvd')),
    ),
    vifs: isChanged ? [] : vifs.filter(({ mac }) => !actual.vifs.some(other => other.mac === mac.toLowerCase())),
  }
}

const isOurs = (domain: Domain, actual: ActualConfig, links: Links): boolean => {
  const { uuid, macs, disks } = identityOf(domain, links)
  const used = actual.disks.map(({ path }) => deviceOf(path ?? '', links))
  return (
    uuid === actual.uuid ||
    actual.vifs.some(({ mac }) => macs.includes(mac)) ||
    disks.some(({ device }) => used.includes(device))
  )
}
