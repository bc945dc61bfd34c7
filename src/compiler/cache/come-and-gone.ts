// Which machines files concern that have come or gone since what is kept was compiled: a profile makes a machine come or go, and a
// template may be meant by a name that meant another one. A template that nobody includes concerns nobody: that a name
// means none would have been told.
import { basename } from 'node:path/posix'
import { isMachineName } from '../../model/document.js'
import { isOfPackage, packagePrefix } from '../package-root.js'
import { lockFile } from '../site/lock-file.js'
import type { Kept } from './kept.js'

export type ComeAndGone = {
  /** By machine that has come, or whose profile stands elsewhere now, the file of its profile. */
  readonly profiles: ReadonlyMap<string, string>
  /** The machines that have gone. */
  readonly gone: ReadonlySet<string>
  /** The machines that the templates concern. */
  readonly concerned: ReadonlySet<string>
  /** Of files that have gone. */
  readonly goneFiles: readonly string[]
}

export const nothingOther: ComeAndGone = {
  profiles: new Map(),
  gone: new Set(),
  concerned: new Set(),
  goneFiles: [],
}

/** Of files as diagnostics show them; undefined where one of them is of all machines, or in doubt. */
export const comeAndGone = (
  kept: Kept,
  { come, gone }: { readonly come: readonly string[]; readonly gone: readonly string[] },
): ComeAndGone | undefined => {
  if (![...come.filter(file => file !== lockFile), ...gone].every(isOfMachines)) return undefined
  const goneProfiles = gone.flatMap(file => {
    const name = machineNameOf(file)
    return name !== undefined && kept.profile(name) === file ? [name] : []
  })
  const free = new Set(goneProfiles)
  const profiles = new Map<string, string>()
  for (const file of come.filter(isProfile)) {
    const name = machineNameOf(file)
    if (name === undefined || profiles.has(name)) return undefined
    // One that came while it was compiled is kept already.
    const before = free.has(name) ? undefined : kept.profile(name)
    if (before !== undefined && before !== file) return undefined
    profiles.set(name, file)
  }
  const templates = [...gone, ...come.flatMap(file => namesakes(file, kept.loadpath))]
  return {
    profiles,
    gone: new Set(goneProfiles.filter(name => !profiles.has(name))),
    concerned: new Set(templates.flatMap(kept.madeFrom)),
    goneFiles: gone,
  }
}

const isOfMachines = (file: string): boolean =>
  file.endsWith('.yaml') &&
  !isOfPackage(file) &&
  !file.includes('policies/') &&
  file !== lockFile &&
  file !== 'xenclosure.yaml'

const isProfile = (file: string): boolean => file.startsWith('profiles/')

const machineNameOf = (file: string): string | undefined => {
  const name = basename(file, '.yaml')
  return isProfile(file) && isMachineName(name) ? name : undefined
}

/** The files that a template's names may mean, itself among them: it has several where one directory of the load path is in another. */
const namesakes = (file: string, loadpath: readonly string[]): readonly string[] => {
  const below = (directory: string): string => (directory === '.' ? '' : `${directory}/`)
  const names = loadpath.map(below).flatMap(start => (file.startsWith(start) ? [file.slice(start.length)] : []))
  const starts = [...loadpath.map(below), `${packagePrefix}templates/`]
  return names.flatMap(name => starts.map(start => start + name))
}

/** What is kept, as files have changed it that came or went. */
export const asOfNow = (kept: Kept, { profiles, gone }: Pick<ComeAndGone, 'profiles' | 'gone'>): Kept => {
  if (profiles.size + gone.size === 0) return kept
  const machine: Kept['machine'] = name => (gone.has(name) ? undefined : kept.machine(name))
  return {
    ...kept,
    machine,
    profile: name => (gone.has(name) ? undefined : (profiles.get(name) ?? kept.profile(name))),
    names: () => [...new Set([...kept.names(), ...profiles.keys()])].filter(name => !gone.has(name)),
    parent: name => {
      const parent = kept.parent(name)
      return parent !== undefined && gone.has(parent) ? undefined : parent
    },
    owners: unique => kept.owners(unique).filter(name => !gone.has(name)),
  }
}

/** How many machines there are. */
export const machinesAfter = (kept: Kept, { profiles, gone }: Pick<ComeAndGone, 'profiles' | 'gone'>): number => {
  const come = [...profiles.keys()].filter(name => kept.machine(name) === undefined)
  return kept.machines + come.length - gone.size
}
