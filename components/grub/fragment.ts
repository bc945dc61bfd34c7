// The file that update-grub reads after all others of /etc/default/grub.d: plain assignments, read by sh. Values hold
// nothing that sh or GRUB's script would expand or split at (schema.json sees to that). Pure.
import type { GRUB } from './desired.js'
import { printOptions } from './options.js'

export const fragmentPath = '/etc/default/grub.d/zz-xenclosure.cfg'

/** The whole file. Options are added behind the system's own, where they count (options.ts). */
export const printFragment = (desired: GRUB, isReplacedUnderXen: boolean): string => {
  const xen = printOptions(desired.xen?.options ?? {})
  const linux = printOptions(desired.linux?.options ?? {})
  const lines = [
    '# Written by xenclosure, and overwritten: declare it in the profile.',
    "# os-prober would look into the guests' volumes.",
    set('GRUB_DISABLE_OS_PROBER', 'true'),
    ...(desired.default === undefined ? [] : defaultEntry[desired.default]),
    ...(desired.timeout === undefined ? [] : [set('GRUB_TIMEOUT', `${desired.timeout}`)]),
    ...(desired.root_device === undefined ? [] : rootDevice(desired.root_device)),
    ...(xen === '' ? [] : [add('GRUB_CMDLINE_XEN_DEFAULT', xen)]),
    ...(linux === '' ? [] : linuxOptions(linux, isReplacedUnderXen)),
  ]
  return lines.map(line => `${line}\n`).join('')
}

const set = (name: string, value: string): string => `${name}="${value}"`
const add = (name: string, value: string): string => set(name, `\${${name}} ${value}`)

/** The newest Xen by its title (20_linux_xen), which is translated otherwise; the newest Linux comes first (10_linux). */
const defaultEntry = {
  xen: [
    '# The title below is in English, in whatever language update-grub is run.',
    set('LC_ALL', 'C'),
    set('LANG', 'C'),
    set('GRUB_DEFAULT', '${GRUB_DISTRIBUTOR} GNU/Linux, with Xen hypervisor'),
  ],
  linux: [set('GRUB_DEFAULT', '0')],
} as const

const rootDevice = (device: string): readonly string[] => [
  set('GRUB_DEVICE', device),
  set('GRUB_DISABLE_LINUX_UUID', 'true'),
]

/** Under Xen, the second one takes the place of the first where it is set (20_linux_xen); we must not set it. */
const linuxOptions = (options: string, isReplacedUnderXen: boolean): readonly string[] => [
  add('GRUB_CMDLINE_LINUX_DEFAULT', options),
  ...(isReplacedUnderXen ? [add(replacement, options)] : []),
]

const replacement = 'GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT'

/** Whether a file of /etc/default sets what takes the place of GRUB_CMDLINE_LINUX_DEFAULT under Xen. */
export const replacesLinuxOptions = (file: string): boolean =>
  new RegExp(`^\\s*(export\\s+)?${replacement}=["']?[^"'\\s]`, 'm').test(file)
