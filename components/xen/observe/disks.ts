// What is known of the disks that domains are still to be given: whether they are there, and what is remembered of them,
// as that they are being filled: tags of volumes, and files in the agent's state, which the component that makes the disks
// sets (model/disk-tags.ts). Nobody is asked where every domain has its disks. Part of observe.ts.
import { posix } from 'node:path'
import { parseTags, tagDirectory, tagFile, tagsIn } from '../../../src/model/disk-tags.js'
import type { System } from '../../../src/model/system.js'
import { isBlank } from '../../../src/system/disk-content.js'
import { observeReport, text } from '../../../src/system/lvm-report.js'
import type { Actual } from '../actual.js'
import type { Domain, DomainDisk } from '../domain.js'
import { deviceOf } from '../identity.js'

export const observeDisks = async (
  system: System,
  declared: readonly Domain[],
  { domains, memory, reinstallations }: Pick<Actual, 'domains' | 'memory' | 'reinstallations'>,
): Promise<Pick<Actual, 'tags' | 'missing' | 'blank'>> => {
  const disks = declared.flatMap(domain => disksToCome(domain, domains, reinstallations))
  const [volumes, others] = [disks.filter(({ type }) => type === 'lvm'), disks.filter(({ type }) => type !== 'lvm')]
  const found = new Map([
    ...(volumes.length === 0 ? [] : await tagsOfVolumes(system)),
    ...(others.length === 0 ? [] : await tagsOfOthers(system, others, memory)),
  ])
  const targets = [...new Set(disks.map(({ target }) => target))]
  return {
    tags: Object.fromEntries(
      targets.flatMap(target => (found.get(target)?.length ? [[target, found.get(target) ?? []]] : [])),
    ),
    missing: targets.filter(target => !found.has(target)),
    blank: await blankOf(system, declared, found),
  }
}

/** By what a disk names, of those that are there. */
type Tags = readonly (readonly [target: string, tags: readonly string[]])[]

/** A partition cannot say that it is new: one that holds nothing, and of which nothing is known, may be installed on. */
const blankOf = async (
  system: System,
  declared: readonly Domain[],
  found: ReadonlyMap<string, readonly string[]>,
): Promise<readonly string[]> => {
  const blank: string[] = []
  for (const { installer, disks } of declared) {
    const [boot] = disks
    if (installer === undefined || boot?.type !== 'phy' || found.get(boot.target)?.length !== 0) continue
    if (await isBlank(system, boot.target)) blank.push(boot.target)
  }
  return blank
}

/** The disks that a domain is to have and has not, and the one that tells whether it is installed. */
const disksToCome = (
  { key, name, ensure, installer, disks }: Domain,
  domains: Actual['domains'],
  reinstallations: Actual['reinstallations'],
): readonly DomainDisk[] => {
  if (ensure === 'absent') return []
  const [boot] = disks
  const tells = installer !== undefined || Object.hasOwn(reinstallations, key)
  if (ensure === 'stopped') return boot !== undefined && tells ? [boot] : []
  const has = domains.find(domain => domain.name === name)?.config?.disks.map(({ path }) => deviceOf(path ?? '')) ?? []
  return disks.filter(disk => (tells && disk === boot) || !has.includes(deviceOf(disk.target)))
}

const tagsOfVolumes = async (system: System): Promise<Tags> => {
  const { lv } = await observeReport(system)
  return lv.map(row => [`/dev/${text(row, 'vg_name')}/${text(row, 'lv_name')}`, tagsIn(text(row, 'lv_tags'))])
}

const tagsOfOthers = async (system: System, disks: readonly DomainDisk[], memory: string): Promise<Tags> => {
  const kept = (await system.list(tagDirectory(memory))) ?? []
  const tags: [string, readonly string[]][] = []
  for (const { target } of disks) {
    const file = tagFile(memory, target)
    const text = kept.includes(posix.basename(file)) ? await system.read(file) : null
    if ((await system.stat(target)) !== null) tags.push([target, parseTags(text)])
  }
  return tags
}
