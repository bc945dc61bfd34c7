// How the menu, and how this boot differ from what is declared; only what is declared is looked at. Pure.
import type { Actual } from './actual.js'
import type { GRUB } from './desired.js'
import { findEntry, type MenuItem } from './grub-config.js'
import { type Difference, missingFrom, type Options } from './options.js'

/** The entry that boots by itself, were nothing tried or kept; undefined where GRUB's default names none. */
export const defaultEntryOf = ({ config, environment }: Actual): MenuItem | undefined =>
  findEntry(config.items, config.default ?? environment.saved ?? '0')

/** What is declared and not in grub.cfg. An entry that is not there lacks nothing, but for Xen's where Xen has options. */
export const configLacks = (desired: GRUB, actual: Actual): readonly string[] => {
  const { config, way } = actual
  if (!config.isComplete) return [`${way?.config} is missing, empty or cut off`]
  const { timeout } = desired
  const xen = config.items.find(item => item.xen !== null)
  const linux = config.items.find(item => item.xen === null && item.linux !== null)
  const chosen = defaultEntryOf(actual)
  const checked = [xen, linux, chosen].filter((item, index, all) => item !== undefined && all.indexOf(item) === index)
  return [
    ...defaultLacks(desired.default, chosen),
    ...(timeout === undefined || timeout === config.timeout
      ? []
      : [`the timeout is ${config.timeout ?? 'not set'}, declared ${timeout}`]),
    ...(xen === undefined && hasXenOptions(desired) ? ['no entry starts Xen'] : []),
    ...checked.flatMap(item =>
      item === undefined ? [] : entryLacks(item, desired).map(lack => `${item.title}: ${lack}`),
    ),
  ]
}

const defaultLacks = (wanted: GRUB['default'], entry: MenuItem | undefined): readonly string[] =>
  wanted === undefined || isWanted(wanted, entry)
    ? []
    : [`the default entry is ${entry?.title ?? 'none of the menu'}, declared ${printDefault(wanted)}`]

const isWanted = (wanted: NonNullable<GRUB['default']>, entry: MenuItem | undefined): boolean => {
  if (entry === undefined) return false
  if (wanted === 'xen') return entry.xen !== null
  if (wanted === 'linux') return entry.xen === null
  if ('kernel' in wanted) return entry.linux?.file === wanted.kernel && entry.xen?.file === wanted.hypervisor
  return true
}

export const printDefault = (wanted: NonNullable<GRUB['default']>): string => {
  if (typeof wanted === 'string') return wanted
  if ('entry' in wanted) return wanted.entry
  return [wanted.hypervisor, wanted.kernel].filter(file => file !== undefined).join(' with ')
}

/** `dom0_mem: has 512M, declared 1024M,max:1024M` */
export const entryLacks = ({ xen, linux }: MenuItem, desired: GRUB): readonly string[] =>
  [
    ...missingFrom(xen?.words ?? [], xen === null ? {} : xenOptions(desired)),
    ...missingFrom(linux?.words ?? [], linux === null ? {} : linuxOptions(desired)),
  ].map(difference => printDifference('has', difference))

/** How this boot differs from what is declared. */
export const rebootReasons = (desired: GRUB, { running }: Actual): readonly string[] => {
  const { xen, linux } = running
  const runs = xen === null ? 'linux' : 'xen'
  const wanted = wantedKind(desired.default)
  const release = wantedRelease(desired.default)
  return [
    ...(wanted === undefined || wanted === runs ? [] : [`running ${runs}, declared ${wanted}`]),
    ...(release === undefined || linux.release === null || release === linux.release
      ? []
      : [`running Linux ${linux.release}, declared ${release}`]),
    ...[
      ...(xen === null ? [] : missingFrom(xen.words, xenOptions(desired))),
      ...missingFrom(linux.words, linuxOptions(desired)),
    ].map(difference => printDifference('running', difference)),
  ]
}

/** What an entry of a given name starts is seen in the menu alone. */
const wantedKind = (wanted: GRUB['default']): 'xen' | 'linux' | undefined => {
  if (wanted === undefined || typeof wanted === 'string') return wanted
  if ('entry' in wanted) return undefined
  return wanted.hypervisor === undefined ? 'linux' : 'xen'
}

const wantedRelease = (wanted: GRUB['default']): string | undefined =>
  typeof wanted === 'object' && 'kernel' in wanted ? wanted.kernel.replace(/^[^0-9]*-/, '') : undefined

const xenOptions = ({ xen }: GRUB): Options => xen?.options ?? {}
const hasXenOptions = (desired: GRUB): boolean => Object.keys(xenOptions(desired)).length > 0

const linuxOptions = ({ linux, root_device }: GRUB): Options => ({
  ...(root_device === undefined ? {} : { root: root_device }),
  ...linux?.options,
})

/** `dom0_mem: running 512M, declared 1024M,max:1024M` */
const printDifference = (verb: string, { name, actual, declared }: Difference): string =>
  `${name}: ${verb} ${actual ?? 'none'}, declared ${declared}`
