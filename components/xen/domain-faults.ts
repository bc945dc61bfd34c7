// What is wrong with a declared domain and no schema can say: values that contradict each other, which xl accepts in
// silence or refuses only when it creates the domain. The compiler refuses them (check.ts), and so does the agent.
import { printSizesAlike } from '../../src/model/quantity.js'
import type { Domain } from './domain.js'
import { needFaults } from './needs-faults.js'
import { isSameDevice } from './vdev.js'

const mebibyte = 1024 ** 2

/** `place` and `other` are paths below the domain: what is to blame, and what it contradicts. */
export type Contradiction = {
  readonly message: string
  readonly place: readonly string[]
  readonly other?: readonly string[]
}

/** One sentence each; empty where nothing is wrong. `all` are the host's domains. */
export const faultsOf = (domain: Domain, all: readonly Domain[]): readonly string[] => [
  ...nameFaults(domain, all),
  ...contradictionsIn(domain).map(({ message }) => message),
  ...macFaults(domain),
  ...needFaults(domain, all).map(({ message }) => message),
]

/** Everything but names and MACs, which a site's check compares across its hosts. */
export const contradictionsIn = (domain: Domain): readonly Contradiction[] => [
  ...memoryFaults(domain),
  ...vcpuFaults(domain),
  ...bootFaults(domain),
  ...ideFaults(domain),
  ...vdevFaults(domain),
]

/** The name is how a domain is found again: of two, one would be taken for the other. */
export const nameFaults = ({ key, name }: Domain, all: readonly Domain[]): readonly string[] =>
  all
    .filter(other => other.key !== key && other.name === name)
    .map(other => `${other.key} is called ${name} in Xen, too`)

const memoryFaults = ({ options: { memory, maxmem } }: Domain): readonly Contradiction[] => {
  if (maxmem === undefined || maxmem >= memory) return []
  const [most, atStart] = printSizesAlike(maxmem * mebibyte, memory * mebibyte)
  const message = `maxmem is ${most}, less than memory, ${atStart}`
  return [{ message, place: ['options', 'maxmem'], other: ['options', 'memory'] }]
}

const vcpuFaults = ({ options: { vcpus = 1, maxvcpus } }: Domain): readonly Contradiction[] => {
  if (maxvcpus === undefined || maxvcpus >= vcpus) return []
  const message = `maxvcpus is ${maxvcpus}, less than vcpus, ${vcpus}`
  return [{ message, place: ['options', 'maxvcpus'], other: ['options', 'vcpus'] }]
}

const bootFaults = ({ options: { type, kernel, bootloader, firmware } }: Domain): readonly Contradiction[] => {
  if (type !== 'hvm' && kernel === undefined && bootloader === undefined && firmware === undefined)
    return [{ message: `a ${type} domain needs a kernel or a bootloader`, place: ['options', 'type'] }]
  if (kernel === undefined || firmware === undefined) return []
  const message = 'kernel and firmware exclude each other'
  return [{ message, place: ['options', 'firmware'], other: ['options', 'kernel'] }]
}

const macFaults = ({ vifs }: Domain): readonly string[] => {
  const macs = vifs.map(({ mac }) => mac.toLowerCase())
  const twice = macs.filter((mac, index) => macs.indexOf(mac) !== index)
  return [...new Set(twice)].map(mac => `two vifs have the MAC ${mac}`)
}

/**
 * The first four hd and xvd disks of an HVM domain are emulated on IDE, and libxl says only when it creates the domain:
 * "qemu-xen doesn't support read-only IDE disk drivers".
 */
const ideFaults = ({ options: { type }, disks }: Domain): readonly Contradiction[] =>
  disks
    .filter(({ vdev, access }) => type === 'hvm' && access === 'ro' && /^(hd|xvd)[a-d]\d*$/.test(vdev))
    .map(({ vdev }) => ({
      message: `an HVM domain cannot have ${vdev} read-only: take an sd device`,
      place: ['disks', vdev, 'access'],
    }))

const vdevFaults = ({ disks }: Domain): readonly Contradiction[] =>
  disks.flatMap(({ vdev }, index) => {
    const first = disks.slice(0, index).find(other => isSameDevice(other.vdev, vdev))
    if (first === undefined) return []
    const message = `the guest sees ${vdev} in the place of ${first.vdev}`
    return [{ message, place: ['disks', vdev], other: ['disks', first.vdev] }]
  })
