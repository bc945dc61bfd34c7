// plan: what makes the next boot the declared one, and whether this boot is. Pure. The table in README.md, the branches
// here and the cases in the test stand in the same order.
import type { Action, Op } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import type { GRUB } from './desired.js'
import { fragmentPath, printFragment } from './fragment.js'
import { configPath, entryOf, type MenuItem } from './grub-config.js'
import { type Difference, missingFrom, type Options } from './options.js'

export const plan = (desired: GRUB, actual: Actual): readonly Action[] => {
  if (!actual.isDebianWay) return [{ ...configAction, rejected: notDebian, reasons: [], ops: [] }]
  const fragment = printFragment(desired, actual.isReplacedUnderXen)
  const lacks = configLacks(desired, actual)
  const waits = rebootReasons(desired, actual)
  return [
    ...(fragment === actual.fragment ? [] : [replaceFragment(fragment, actual, lacks)]),
    ...(fragment === actual.fragment && lacks.length > 0 ? [{ ...configAction, reasons: lacks, ops: updateGrub }] : []),
    ...(waits.length > 0 ? [{ ...rebootAction, reasons: waits }] : []),
  ]
}

const notDebian = "neither /etc/default/grub.d nor update-grub is there, and no other way than Debian's is known"

/** Five times what a slow host needs. */
const updateTimeout = 300_000

const updateGrub: readonly Op[] = [
  { op: 'exec', argv: ['update-grub'], timeout: updateTimeout },
  { op: 'exec', argv: ['grub-script-check', configPath], timeout: 60_000 },
]

const configAction = {
  id: 'grub/config',
  component: 'grub',
  resource: 'config',
  kind: '~',
  summary: `update ${configPath}`,
  risk: 'safe',
  provides: ['grub:config', `file:${fragmentPath}`],
  requires: [],
} as const

/**
 * The fragment counts as written when grub.cfg has been made from it: until then it ends in a line of its own, so that
 * a run that is killed in between is completed by the next one, even where an option has only gone.
 */
const replaceFragment = (fragment: string, { fragment: old }: Actual, lacks: readonly string[]): Action => {
  const write = (content: string): Op => ({ op: 'write', path: fragmentPath, content, mode: 0o644 })
  const reason = `${fragmentPath} ${old === null ? 'is not there' : 'is not what is declared'}`
  return {
    ...configAction,
    reasons: [reason, ...lacks],
    ops: [write(`${fragment}# Not in grub.cfg yet.\n`), ...updateGrub, write(fragment)],
  }
}

/** What is declared and not in grub.cfg. An entry that is not there lacks nothing, but for Xen's where Xen has options. */
const configLacks = (desired: GRUB, { config }: Actual): readonly string[] => {
  if (!config.isComplete) return [`${configPath} is missing, empty or cut off`]
  const { default: wanted, timeout } = desired
  const booted = entryOf(config)
  const xen = config.items.find(item => item.xen !== null)
  const linux = config.items.find(item => item.xen === null && item.linux !== null)
  return [
    ...(wanted === undefined || wanted === kindOf(booted)
      ? []
      : [`the default entry is ${booted?.title ?? 'none of the menu'}, declared ${wanted}`]),
    ...(timeout === undefined || timeout === config.timeout
      ? []
      : [`the timeout is ${config.timeout ?? 'not set'}, declared ${timeout}`]),
    ...(xen === undefined && hasXenOptions(desired) ? ['no entry starts Xen'] : []),
    ...entryLacks(xen?.title, xen?.xen, xenOptions(desired)),
    ...entryLacks(xen?.title, xen?.linux, linuxOptions(desired)),
    ...entryLacks(linux?.title, linux?.linux, linuxOptions(desired)),
  ]
}

const kindOf = (item: MenuItem | undefined): GRUB['default'] => {
  if (item === undefined) return undefined
  return item.xen === null ? 'linux' : 'xen'
}

const entryLacks = (title = '', words: readonly string[] | null | undefined, options: Options): readonly string[] =>
  missingFrom(words ?? [], words == null ? {} : options).map(
    difference => `${title}: ${printDifference('has', difference)}`,
  )

/** How this boot differs from what is declared. */
const rebootReasons = (desired: GRUB, { running }: Actual): readonly string[] => {
  const runs = running.xen === null ? 'linux' : 'xen'
  const isOther = desired.default !== undefined && desired.default !== runs
  const xen = running.xen === null ? [] : missingFrom(running.xen, xenOptions(desired))
  return [
    ...(isOther ? [`running ${runs}, declared ${desired.default}`] : []),
    ...[...xen, ...missingFrom(running.linux, linuxOptions(desired))].map(difference =>
      printDifference('running', difference),
    ),
  ]
}

const rebootAction = {
  id: 'grub/reboot',
  component: 'grub',
  resource: 'boot',
  kind: '~',
  summary: 'boot with what is declared',
  risk: 'disruptive',
  waitsFor: 'reboot',
  provides: [],
  requires: ['grub:config'],
  ops: [],
} as const

const xenOptions = ({ xen }: GRUB): Options => xen?.options ?? {}
const hasXenOptions = (desired: GRUB): boolean => Object.keys(xenOptions(desired)).length > 0

const linuxOptions = ({ linux, root_device }: GRUB): Options => ({
  ...(root_device === undefined ? {} : { root: root_device }),
  ...linux?.options,
})

/** `dom0_mem: running 512M, declared 1024M,max:1024M` */
const printDifference = (verb: string, { name, actual, declared }: Difference): string =>
  `${name}: ${verb} ${actual ?? 'none'}, declared ${declared}`
