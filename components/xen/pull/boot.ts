// How a guest boots: what its own /system/boot says, else the host's XEN_BOOTLOADER and XEN_BOOTARGS.
import type { MachineView } from '../../../src/model/component.js'
import { isList, isMap, type Json, type JsonMap } from '../../../src/model/json.js'
import { type Finding, type Found, fromChild, fromVariable } from './finding.js'
import { isNetboot, netbootArguments } from './netboot.js'

/**
 * xl prefers a bootloader to a kernel: so a guest that names its kernel gets no bootloader from a variable. An HVM
 * guest boots from its disk and needs neither.
 */
export const pullBoot = (parent: MachineView, child: MachineView, type: Json): readonly Finding[] => {
  const declared = child.get('/system/boot')
  const own = ownValues(isMap(declared) ? declared : {})
  const names = own.map(({ path }) => path.at(-1))
  if (type === 'hvm' || names.includes('kernel')) return own

  const bootloader = names.includes('bootloader') ? [] : variable(parent, child, 'XEN_BOOTLOADER', 'bootloader')
  const args = names.includes('bootloader_args') ? [] : variable(parent, child, 'XEN_BOOTARGS', 'bootloader_args')
  if (!names.includes('bootloader') && bootloader.length === 0) return [...own, nothingGiven]
  const found = [...own, ...bootloader, ...args]
  const given = (option: string): Json | undefined => found.find(({ path }) => path.at(-1) === option)?.value
  if (!isNetboot(given('bootloader'))) return found
  const others = found.filter(({ path }) => path.at(-1) !== 'bootloader_args')
  return [...others, netbootArguments(child, given('bootloader_args'))]
}

/** What /system/boot can say, and the option that it sets; `bootargs` is ncm-xen's name of the one after it, which wins. */
export const bootOptions = {
  kernel: 'kernel',
  ramdisk: 'ramdisk',
  cmdline: 'cmdline',
  bootloader: 'bootloader',
  bootargs: 'bootloader_args',
  bootloader_args: 'bootloader_args',
} as const

const ownValues = (boot: JsonMap): readonly Found[] =>
  Object.entries(bootOptions).flatMap(([name, option]) => {
    const value = boot[name]
    if (value === undefined || (name === 'bootargs' && boot.bootloader_args !== undefined)) return []
    return [{ path: ['options', option], value: shape(option, value), from: fromChild(`/system/boot/${name}`) }]
  })

const variable = (parent: MachineView, child: MachineView, name: string, option: string): readonly Found[] => {
  const value = parent.variable(name, child.name)
  return value === undefined
    ? []
    : [{ path: ['options', option], value: shape(option, value), from: fromVariable(name) }]
}

/** Arguments in one string are split at white space, as xl itself does, which deprecates it (xl.cfg(5)). */
const shape = (option: string, value: Json): Json => {
  if (option !== 'bootloader_args' || isList(value)) return value
  return String(value)
    .split(/\s+/)
    .filter(word => word !== '')
}

const nothingGiven: Finding = {
  message: 'nothing says how it boots',
  hint: 'set kernel or bootloader in its /system/boot, or XEN_BOOTLOADER in the host',
  variable: 'XEN_BOOTLOADER',
  from: [
    fromChild('/system/boot'),
    fromChild('/hardware/type'),
    fromVariable('XEN_BOOTLOADER'),
    fromVariable('XEN_TYPE'),
  ],
  unless: [
    ['options', 'kernel'],
    ['options', 'bootloader'],
  ],
}
