// The volume groups and volumes of /system/blockdevices, and what ncm-xen creates for its disks, as our lvm's.
import type { Json, JsonMap } from '../json.js'
import type { PanStorage } from './disk.js'
import { unescapeKey } from './escape.js'
import { entriesAt, listAt, numberAt, textAt } from './lookup.js'

/** `lvm` is empty where there is nothing to make. */
export type PanLvm = { readonly lvm: JsonMap; readonly ignored: readonly string[] }

type Groups = Map<string, { readonly devices: Set<string>; readonly volumes: Map<string, number> }>

/** A volume that both name has the size that the disk says. */
export const readLvm = (document: Json, { volumes: fromDisks, files }: PanStorage): PanLvm => {
  const root = '/system/blockdevices'
  const groups: Groups = new Map()
  const ignored: string[] = []
  const groupOf = (name: string) => {
    const group = groups.get(name) ?? { devices: new Set<string>(), volumes: new Map<string, number>() }
    groups.set(name, group)
    return group
  }
  for (const [name, group] of entriesAt(document, `${root}/volume_groups`)) {
    for (const reference of listAt(group, '/device_list')) {
      const device = devicePath(reference)
      if (device === undefined) ignored.push(`${root}/volume_groups/${name}/device_list: ${String(reference)}`)
      else groupOf(name).devices.add(device)
    }
  }
  for (const [name, volume] of entriesAt(document, `${root}/logical_volumes`)) {
    const [group, size] = [textAt(volume, '/volume_group'), numberAt(volume, '/size')]
    if (group === undefined || size === undefined) ignored.push(`${root}/logical_volumes/${name}: no group or size`)
    else groupOf(unescapeKey(group)).volumes.set(name, size)
  }
  for (const { group, volume, size, path } of fromDisks) {
    const { devices, volumes } = groupOf(group)
    volumes.set(volume, size)
    if (path !== undefined && devices.size === 0) devices.add(path)
  }
  const images = Object.fromEntries(files.map(({ path, size }) => [path, { size }]))
  return {
    lvm: {
      ...(groups.size === 0 ? {} : { groups: printGroups(groups) }),
      ...(files.length === 0 ? {} : { files: images }),
    },
    ignored,
  }
}

/** `partitions/sda3` -> `/dev/sda3`; other kinds (a group on a group) are not for us to make. */
const devicePath = (reference: Json): string | undefined => {
  const [, key] = /^(?:partitions|physical_devs|md)\/(.+)$/.exec(String(reference)) ?? []
  return key === undefined ? undefined : `/dev/${unescapeKey(key)}`
}

const printGroups = (groups: Groups): JsonMap =>
  Object.fromEntries(
    [...groups].map(([name, { devices, volumes }]) => [
      name,
      {
        ...(devices.size === 0 ? {} : { devices: [...devices].map(path => ({ path })) }),
        volumes: Object.fromEntries([...volumes].map(([volume, size]) => [volume, { size }])),
      },
    ]),
  )
