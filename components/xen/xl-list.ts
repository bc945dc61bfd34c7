// Reads `xl list` (src/system/xl-list.ts) and `xl list -l` (the domains' configuration, libxl's JSON). The first has the
// states, the second has everything else; the domain id joins them.
import { byCodeUnit, isList, isMap, type Json, type JsonMap, parseJson } from '../../src/model/json.js'
import { CommandFailed } from '../../src/model/system.js'
import { parseList } from '../../src/system/xl-list.js'
import type { ActualConfig, ActualDisk, ActualDomain, ActualVif } from './actual.js'
import { defaultWeight } from './domain.js'

/** Every domain but Domain-0, by name. */
export const parseDomains = (list: string, longList: string): readonly ActualDomain[] => {
  const configs = configsById(longList)
  return parseList(list)
    .map(({ id, name, state, reason, memory }) => ({
      name,
      state,
      ...(state === 'shut down' && reason !== undefined ? { reason } : {}),
      config: configs.get(id)?.(memory) ?? null,
    }))
    .sort((a, b) => byCodeUnit(a.name, b.name))
}

/** A config is complete with the memory that the domain has, which the first list knows. */
const configsById = (longList: string): ReadonlyMap<number, (used: number) => ActualConfig> => {
  const domains = parseJson(longList)
  if (!isList(domains)) throw new CommandFailed(['xl', 'list', '-l'], { reason: 'printed no list of domains' })
  return new Map(
    maps(domains).map(({ domid, config }) => [Number(domid), used => readConfig(isMap(config) ? config : {}, used)]),
  )
}

/** Absent means libxl's default, which is only known where it does not depend on the host: one vCPU, read-only. */
const readConfig = (config: JsonMap, used: number): ActualConfig => {
  const create = map(config.c_info)
  const build = map(config.b_info)
  const scheduling = map(build.sched_params)
  const memory = number(build.target_memkb) ?? 0
  const maxvcpus = number(build.max_vcpus) ?? 1
  return {
    uuid: text(create.uuid) ?? '',
    type: text(create.type) ?? '',
    memory,
    maxmem: number(build.max_memkb) ?? 0,
    hasItsMemory: isAbout(used, memory / 1024),
    vcpus: isList(build.avail_vcpus) ? build.avail_vcpus.length : maxvcpus,
    maxvcpus,
    scheduler: text(scheduling.sched),
    weight: number(scheduling.weight) ?? defaultWeight,
    cap: number(scheduling.cap) ?? 0,
    kernel: text(build.kernel),
    ramdisk: text(build.ramdisk),
    cmdline: text(build.cmdline),
    bootloader: text(build.bootloader),
    bootloaderArgs: isList(build.bootloader_args) ? build.bootloader_args.map(String) : [],
    disks: maps(config.disks).map(readDisk),
    vifs: maps(config.nics).map(readVif),
  }
}

/** A sixteenth, or 16 MiB: xl counts a little more than was asked for, and for HVM guests video memory, too. */
const isAbout = (used: number, target: number): boolean => Math.abs(used - target) <= Math.max(16, target / 16)

const readDisk = (disk: JsonMap): ActualDisk => ({
  vdev: text(disk.vdev) ?? '',
  path: text(disk.pdev_path),
  access: number(disk.readwrite) === 1 ? 'rw' : 'ro',
})

const readVif = (vif: JsonMap): ActualVif => ({
  mac: (text(vif.mac) ?? '').toLowerCase(),
  bridge: text(vif.bridge),
})

const map = (value: Json | undefined): JsonMap => (isMap(value) ? value : {})
const maps = (value: Json | undefined): readonly JsonMap[] => (isList(value) ? value.filter(isMap) : [])
const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null)
const number = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null)
