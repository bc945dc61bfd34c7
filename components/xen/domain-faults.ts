// What is wrong with a declared domain and no schema can say: values that contradict each other, which xl accepts in
// silence or refuses only when it creates the domain.
import { printSize } from '../../src/model/quantity.js'
import type { Domain } from './domain.js'

const mebibyte = 1024 ** 2

/** One sentence each; empty where nothing is wrong. */
export const faultsOf = (domain: Domain): readonly string[] => [
  ...memoryFaults(domain),
  ...vcpuFaults(domain),
  ...bootFaults(domain),
  ...macFaults(domain),
  ...ideFaults(domain),
]

const memoryFaults = ({ options: { memory, maxmem } }: Domain): readonly string[] =>
  maxmem !== undefined && maxmem < memory
    ? [`maxmem is ${printSize(maxmem * mebibyte)}, less than memory, ${printSize(memory * mebibyte)}`]
    : []

const vcpuFaults = ({ options: { vcpus = 1, maxvcpus } }: Domain): readonly string[] =>
  maxvcpus !== undefined && maxvcpus < vcpus ? [`maxvcpus is ${maxvcpus}, less than vcpus, ${vcpus}`] : []

const bootFaults = ({ options: { type, kernel, bootloader, firmware } }: Domain): readonly string[] => {
  if (type !== 'hvm' && kernel === undefined && bootloader === undefined && firmware === undefined)
    return [`a ${type} domain needs a kernel or a bootloader`]
  if (kernel !== undefined && firmware !== undefined) return ['kernel and firmware exclude each other']
  return []
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
const ideFaults = ({ options: { type }, disks }: Domain): readonly string[] =>
  disks
    .filter(({ vdev, access }) => type === 'hvm' && access === 'ro' && /^(hd|xvd)[a-d]\d*$/.test(vdev))
    .map(({ vdev }) => `an HVM domain cannot have ${vdev} read-only: take an sd device`)
