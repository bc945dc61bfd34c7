// The installation of a domain: in which state it is, what its installer is, and the steps from one state to the next. The
// state is that of the boot disk (model/disk-tags.ts), so that neither the agent's files nor its memory need last. Pure.
import type { Op } from '../../src/model/action.js'
import {
  awaitedInstallation,
  installationOver,
  installedTag,
  installTag,
  isInstallationTag,
  printTags,
  tagFile,
} from '../../src/model/disk-tags.js'
import { type GuestInstallation, printReinstallation } from '../../src/model/reinstallation.js'
import type { Actual, ActualDomain } from './actual.js'
import type { Options, XenDomains } from './desired.js'
import { type Domain, type DomainDisk, domainsOf } from './domain.js'
import { deviceOf, type Links } from './identity.js'
import { reinstallationPath } from './marks.js'

export type Installation = {
  readonly id: string
  readonly disk: DomainDisk
  /** The installer has come to its end; what is left of it is to be cleared away. */
  readonly isDone: boolean
  /** Whether the disk says so, when it is made, is to be made to before the first start, or is to be made to anew. */
  readonly mark: 'there' | 'comes with the disk' | 'to be made' | 'ordered'
}

type Disks = Pick<Actual, 'tags' | 'missing' | 'blank' | 'reinstallations'>

/**
 * The installation that a domain still has before it; undefined for one that is installed, or has nothing to be installed
 * by. Whatever disk was there before, and says nothing, is installed, unless an administrator says otherwise.
 */
export const installationOf = (domain: Domain, actual: Disks): Installation | undefined => {
  const [disk] = domain.disks
  if (disk === undefined) return undefined
  const tags = actual.tags[disk.target] ?? []
  const order = orderOf(domain, actual)
  if (order !== undefined && domain.installer !== undefined) return { id: order, disk, isDone: false, mark: 'ordered' }
  const awaited = awaitedInstallation(tags)
  if (awaited !== undefined) {
    return { id: awaited, disk, isDone: tags.includes(installedTag(awaited)), mark: 'there' }
  }
  if (domain.installer === undefined || domain.movedFrom !== undefined) return undefined
  const isNew = disk.type !== 'phy' && actual.missing.includes(disk.target)
  const isBlank = actual.blank.includes(disk.target) && tags.length === 0
  if (isNew) return { id: domain.installation, disk, isDone: false, mark: 'comes with the disk' }
  return isBlank ? { id: domain.installation, disk, isDone: false, mark: 'to be made' } : undefined
}

/** The order by which a domain is to be installed anew, and for which it has not gone down yet. */
export const orderOf = ({ key, disks: [boot] }: Domain, { reinstallations, tags }: Disks): string | undefined => {
  const order = Object.hasOwn(reinstallations, key) ? reinstallations[key] : undefined
  if (order === undefined || boot === undefined) return undefined
  const isKnown = (tags[boot.target] ?? []).some(tag => tag === installTag(order) || tag === installedTag(order))
  return isKnown ? undefined : order
}

/** An order was given, or the installer has come to its end: what is to be done then, nobody has changed the host for. */
export const isTurning = (domain: Domain, actual: Disks & Pick<Actual, 'domains' | 'links'>): boolean => {
  const installation = installationOf(domain, actual)
  return installation !== undefined && (installation.mark === 'ordered' || !isInstalling(domain, actual))
}

/** Whether the installer is still to run, or runs: not where it has come to its end. */
export const isInstalling = (domain: Domain, actual: Disks & Pick<Actual, 'domains' | 'links'>): boolean => {
  const installation = installationOf(domain, actual)
  if (installation === undefined || installation.isDone) return false
  return !hasEnded(
    installation,
    actual.domains.find(({ name }) => name === domain.name),
    actual.links,
  )
}

/**
 * A domain that is kept, after it shut down or restarted by itself, and whose disk was marked before it started: nothing
 * else proves that an installer is done. Without the mark, or with other disks, the domain is somebody else's, or
 * installed another disk.
 */
export const hasEnded = ({ mark, disk }: Installation, there: ActualDomain | undefined, links: Links): boolean => {
  if (mark !== 'there' || there?.state !== 'shut down') return false
  const disks = there.config?.disks ?? []
  const isOther =
    disks.length > 0 &&
    !disks.some(({ path }) => path !== null && deviceOf(path, links) === deviceOf(disk.target, links))
  return !isOther && (there.reason === 'poweroff' || there.reason === 'reboot')
}

/** The options by which a domain boots: the installer brings its own. */
const bootOptions: readonly (keyof Options)[] = [
  ...(['kernel', 'ramdisk', 'cmdline', 'root', 'extra', 'bootloader', 'bootloader_args', 'firmware', 'boot'] as const),
]

/** The domain as it is installed: it is kept after its end, whatever that is. */
export const installerOf = (domain: Domain): Domain => {
  const kept = Object.entries(domain.options).filter(([option]) => !bootOptions.includes(option as keyof Options))
  const preserved = { on_poweroff: 'preserve', on_reboot: 'preserve', on_crash: 'preserve' } as const
  return { ...domain, options: { ...(Object.fromEntries(kept) as Options), ...domain.installer, ...preserved } }
}

/** Of a disk that was there before: notes that it is to be installed, before the installer writes to it. */
export const noteInstallation = (domain: Domain, { id, disk, mark }: Installation, actual: Actual): readonly Op[] => {
  if (mark === 'ordered') return carryOutOrder(domain, id, installTag, actual)
  return mark === 'to be made' ? [writeTags(disk, actual.memory, [installTag(id)])] : []
}

/**
 * The boot disk bears the order from now on, and nothing of what was before; then the order is begun. `tagOf`: that the
 * disk is to be installed, or that this is not the agent's affair.
 */
export const carryOutOrder = (
  domain: Domain,
  order: string,
  tagOf: typeof installTag,
  { tags, memory }: Actual,
): readonly Op[] => {
  const [disk] = domain.disks
  const [tag, begun] = [tagOf(order), noteBegun(domain, order, memory)]
  if (disk === undefined) return [begun]
  if (disk.type !== 'lvm') return [writeTags(disk, memory, [tag]), begun]
  const before = (tags[disk.target] ?? []).filter(isInstallationTag)
  const removals = before.map(one => changeTags(disk, '--deltag', one))
  return [...removals, changeTags(disk, '--addtag', tag), begun]
}

export const noteBegun = ({ key }: Domain, order: string, memory: string): Op => ({
  op: 'write',
  path: reinstallationPath(memory, key),
  content: printReinstallation({ order, isBegun: true, from: null, until: null }),
  mode: 0o600,
})

/** That the installer is done is noted first, and before it is destroyed: it proves it. */
export const noteEnd = ({ id, disk, isDone }: Installation, { memory }: Actual): readonly Op[] => {
  if (isDone) return []
  if (disk.type !== 'lvm') return [writeTags(disk, memory, [installTag(id), installedTag(id)])]
  return [changeTags(disk, '--addtag', installedTag(id))]
}

/** The domain is as any other then. */
export const closeInstallation = ({ id, disk }: Installation, { memory }: Actual): Op =>
  disk.type === 'lvm' ? changeTags(disk, '--deltag', installTag(id)) : writeTags(disk, memory, [installedTag(id)])

/** `/dev/vg0/ce`: LVM takes the device's name, too (lvm(8), "VALID NAMES"). */
const changeTags = ({ target }: DomainDisk, option: '--addtag' | '--deltag', tag: string): Op => ({
  op: 'exec',
  argv: ['lvchange', option, tag, target.replace(/^\/dev\//, '')],
  timeout: 120_000,
})

const writeTags = ({ target }: DomainDisk, memory: string, tags: readonly string[]): Op => ({
  op: 'write',
  path: tagFile(memory, target),
  content: printTags(tags),
  mode: 0o600,
})

/** What is known of each declared domain's installation, where anything is. */
export const installations = (desired: XenDomains, actual: Actual): { readonly [guest: string]: GuestInstallation } =>
  Object.fromEntries(
    domainsOf(desired).flatMap((domain): readonly (readonly [string, GuestInstallation])[] => {
      const [disk] = domain.disks
      const ordered = orderOf(domain, actual)
      if (ordered !== undefined) return [[domain.key, { id: ordered, state: 'ordered' }]]
      const tags = actual.tags[disk?.target ?? ''] ?? []
      const awaited = awaitedInstallation(tags)
      if (awaited !== undefined) return [[domain.key, { id: awaited, state: 'under way' }]]
      const over = installationOver(tags)
      return over === undefined ? [] : [[domain.key, { id: over, state: 'over' }]]
    }),
  )
