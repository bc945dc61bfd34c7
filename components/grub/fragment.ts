// The settings that grub-mkconfig reads after all others: plain assignments, read by sh. Values hold nothing that sh or
// GRUB's script would expand or split at (schema.json sees to that). Pure.
import { canonicalJson, type Json } from '../../src/model/json.js'
import { digestOf } from '../../src/model/seal.js'
import type { GRUB } from './desired.js'
import { trialVariable } from './last-good.js'
import { printOptions } from './options.js'
import type { Way } from './way.js'

/** All of our settings. Options are added behind the system's own, where they count (options.ts). */
export const printFragment = (desired: GRUB, way: Way, isReplacedUnderXen: boolean): string => {
  const xen = printOptions(desired.xen?.options ?? {})
  const linux = printOptions(desired.linux?.options ?? {})
  const lines = [
    '# Written by xenclosure, and overwritten: declare it in the profile.',
    "# os-prober would look into the guests' volumes.",
    set('GRUB_DISABLE_OS_PROBER', 'true'),
    ...(way.name === 'Debian'
      ? []
      : ['# Their entries are not in grub.cfg, and hold no line for Xen.', set('GRUB_ENABLE_BLSCFG', 'false')]),
    ...(desired.default === undefined ? [] : defaultEntry(desired.default, way)),
    ...(desired.timeout === undefined ? [] : [set('GRUB_TIMEOUT', `${desired.timeout}`)]),
    ...(desired.root_device === undefined ? [] : rootDevice(desired.root_device)),
    ...(xen === '' ? [] : [add('GRUB_CMDLINE_XEN_DEFAULT', xen)]),
    ...linuxOptions([linux, `\\\${${trialVariable}}`].filter(words => words !== '').join(' '), isReplacedUnderXen),
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** What of the declaration decides how the host boots, in short: a trial is one of this. */
export const bootDigest = ({ default: entry, root_device: root, xen, linux }: GRUB): string => {
  const options = [xen, linux].map(line => printOptions(line?.options ?? {}))
  return digestOf(canonicalJson([(entry ?? null) as Json, root ?? null, ...options])).slice(0, 12)
}

const set = (name: string, value: string): string => `${name}="${value}"`
const add = (name: string, value: string): string => set(name, `\${${name}} ${value}`)

type Default = NonNullable<GRUB['default']>

/** By title (10_linux, 20_linux_xen), which is translated otherwise. The newest Linux comes first. */
const defaultEntry = (wanted: Default, way: Way): readonly string[] =>
  wanted === 'linux'
    ? [set('GRUB_DEFAULT', '0')]
    : [
        '# Titles are in English, in whatever language the menu is made.',
        set('LC_ALL', 'C'),
        set('LANG', 'C'),
        set('GRUB_DISABLE_SUBMENU', 'false'),
        set('GRUB_DEFAULT', titleOf(wanted, `\${GRUB_DISTRIBUTOR}${way.name === 'Debian' ? ' GNU/Linux' : ''}`)),
      ]

/** As sh reads it; `os` is how titles name the system. */
const titleOf = (wanted: Exclude<Default, 'linux'>, os: string): string => {
  if (wanted === 'xen') return `${os}, with Xen hypervisor`
  if ('entry' in wanted) return wanted.entry
  const linux = `Linux ${wanted.kernel.replace(/^[^0-9]*-/, '')}`
  if (wanted.hypervisor === undefined) return `Advanced options for ${os}>${os}, with ${linux}`
  const xen = wanted.hypervisor.replace(/^xen-/, '').replace(/\.gz$/, '')
  return `Advanced options for ${os} (with Xen hypervisor)>Xen hypervisor, version ${xen}>${os}, with Xen ${xen} and ${linux}`
}

/** Whether grub.cfg was made for this default, be there such an entry or not. */
export const isMadeFor = (wanted: Default, written: string | null): boolean => {
  if (wanted === 'linux') return written === '0'
  return written?.endsWith(titleOf(wanted, '').replace(/^.*>/, '')) ?? false
}

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
