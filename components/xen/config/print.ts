// Prints a domain as /etc/xen/NAME.cfg in the syntax of xl.cfg(5), always in the same order, one option a line.
import { byCodeUnit } from '../../../src/model/json.js'
import type { Domain, DomainDisk } from '../domain.js'
import { printDisk, printVif } from './device.js'
import { type Printable, printValue } from './value.js'

/** Whether we wrote a config, in whatever form. */
export const isOurs = (text: string): boolean => text.startsWith('# written by xenclosure')

/** Whether a config has a disk; undefined where it is none of ours, and may have it in other words. */
export const hasDisk = (text: string, { target }: Pick<DomainDisk, 'target'>): boolean | undefined =>
  isOurs(text) ? text.includes(printValue(`,target=${target}`).slice(1)) : undefined

/** What people look for first; the other options follow by name, the devices last. */
const leading = [
  'name',
  'uuid',
  'type',
  'memory',
  'maxmem',
  'vcpus',
  'maxvcpus',
  'kernel',
  'ramdisk',
  'cmdline',
  'bootloader',
  'bootloader_args',
]

const header = '# written by xenclosure, which overwrites it: change the profile instead\n'

/**
 * The whole file. vcpus is always written: without it xl ignores `cpus` in silence. Throws on text that a config cannot
 * hold: the schema refuses it first.
 */
export const printConfig = (domain: Domain): string => {
  const options = Object.entries<Printable>({ vcpus: 1, ...domain.options, name: domain.name })
  const lines = options
    .sort(([a], [b]) => placeOf(a) - placeOf(b) || byCodeUnit(a, b))
    .map(([option, value]) => `${option} = ${printValue(value)}\n`)
  return [
    header,
    ...lines,
    `vif = ${printValue(domain.vifs.map(printVif))}\n`,
    `disk = ${printValue(domain.disks.map(printDisk))}\n`,
  ].join('')
}

const placeOf = (option: string): number => {
  const place = leading.indexOf(option)
  return place === -1 ? leading.length : place
}
