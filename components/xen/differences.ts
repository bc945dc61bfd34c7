// How a domain that is there differs from what is declared, option by option, as far as `xl list -l` shows it and only a
// restart takes it up; what Xen can change of a running domain is in live.ts. Nothing of both means that it can be taken
// over as it is (its uuid apart, which it takes up when it next starts).
import { byCodeUnit } from '../../src/model/json.js'
import { MiB, printSizesAlike } from '../../src/model/quantity.js'
import type { ActualConfig, ActualDisk, ActualVif } from './actual.js'
import type { Options, Vif } from './desired.js'
import type { Domain, DomainDisk } from './domain.js'
import { deviceOf, type Links } from './identity.js'
import { attachable } from './live.js'

/** `memory: 128 MiB -> 256 MiB`, one line for each option, disk and vif that differs. */
export const differences = (domain: Domain, actual: ActualConfig, links: Links): readonly string[] => {
  const { options } = domain
  const vifs = desiredVifs(domain.vifs)
  const attached = attachable(domain, actual, links)
  const disks = desiredDisks(
    domain.disks.filter(disk => !attached.disks.includes(disk)),
    links,
  )
  const others = desiredVifs(domain.vifs.filter(vif => !attached.vifs.includes(vif)))
  return [
    ...differ('type', actual.type, options.type),
    ...memoryDifferences(options, actual),
    ...vcpuDifferences(options, actual),
    ...bootDifferences(options, actual),
    ...differDevices('disk', actualDisks(actual.disks, links), disks),
    ...differDevices('vif', actualVifs(actual.vifs, vifs), others),
  ]
}

/** Less memory is not taken away live: a guest that uses it dies of that. */
const memoryDifferences = ({ memory, maxmem }: Options, actual: ActualConfig): readonly string[] => {
  const isLive = memory * 1024 >= actual.memory && memory * 1024 <= actual.maxmem
  const most = maxmem ?? Math.max(memory, actual.maxmem / 1024)
  return [
    ...(isLive ? [] : differInSize('memory', actual.memory * 1024, memory * MiB)),
    ...differInSize('maxmem', actual.maxmem * 1024, most * MiB),
  ]
}

const differInSize = (option: string, actual: number, desired: number): readonly string[] =>
  differ(option, ...printSizesAlike(actual, desired))

const vcpuDifferences = ({ vcpus = 1, maxvcpus }: Options, actual: ActualConfig): readonly string[] =>
  maxvcpus === undefined
    ? differ('vcpus', String(actual.maxvcpus), String(Math.max(vcpus, actual.maxvcpus)))
    : differ('maxvcpus', String(actual.maxvcpus), String(maxvcpus))

/** pvgrub, which `firmware` chooses, runs with its own file as the kernel: then kernel says nothing. */
const bootDifferences = (options: Options, actual: ActualConfig): readonly string[] => [
  ...(options.firmware === undefined ? differ('kernel', actual.kernel, options.kernel ?? null) : []),
  ...differ('ramdisk', actual.ramdisk, options.ramdisk ?? null),
  ...differ('cmdline', actual.cmdline, commandLine(options)),
  ...differ('bootloader', actual.bootloader, options.bootloader ?? null),
  ...differ('bootloader_args', printArguments(actual.bootloaderArgs), printArguments(options.bootloader_args ?? [])),
]

/** As JSON: `a b` is another argument than `a` and `b`. */
const printArguments = (args: readonly string[]): string | null => (args.length === 0 ? null : JSON.stringify(args))

/** What xl makes of cmdline, root and extra (xl.cfg(5), Direct Kernel Boot). */
const commandLine = ({ cmdline, root, extra }: Options): string | null => {
  if (cmdline !== undefined) return cmdline
  const parts = [...(root === undefined ? [] : [`root=${root}`]), ...(extra === undefined ? [] : [extra])]
  return parts.length === 0 ? null : parts.join(' ')
}

/** A disk as it is compared: what backs it, and how. */
const desiredDisks = (disks: readonly DomainDisk[], links: Links): Devices =>
  new Map(disks.map(({ vdev, target, access }) => [vdev, `${deviceOf(target, links)} ${access}`]))

const actualDisks = (disks: readonly ActualDisk[], links: Links): Devices =>
  new Map(disks.map(({ vdev, path, access }) => [vdev, `${path === null ? 'empty' : deviceOf(path, links)} ${access}`]))

/** A vif is recognised by its MAC; which bridge xl chooses where none is declared is its own affair. */
const desiredVifs = (vifs: readonly Vif[]): Devices =>
  new Map(vifs.map(({ mac, bridge }) => [mac.toLowerCase(), bridge ?? anyBridge]))

const actualVifs = (vifs: readonly ActualVif[], desired: Devices): Devices =>
  new Map(vifs.map(({ mac, bridge }) => [mac, desired.get(mac) === anyBridge ? anyBridge : (bridge ?? 'no bridge')]))

const anyBridge = 'any bridge'

/** Devices by name, each with all that is compared of it. */
type Devices = ReadonlyMap<string, string>

/** `disk xvdb: none -> /dev/vg0/ce-xvdb rw` */
const differDevices = (kind: string, actual: Devices, desired: Devices): readonly string[] =>
  [...new Set([...actual.keys(), ...desired.keys()])]
    .sort(byCodeUnit)
    .flatMap(name => differ(`${kind} ${name}`, actual.get(name) ?? null, desired.get(name) ?? null))

const differ = (option: string, actual: string | null, desired: string | null): readonly string[] =>
  actual === desired ? [] : [`${option}: ${actual ?? 'none'} -> ${desired ?? 'none'}`]
