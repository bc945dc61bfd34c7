// A device that a guest is given as it is, and that a group of the host lies on: a document of pan's can say both, and the
// guest would write into the volumes of all the others. (Of sites of ours, the compiler refuses that.)
import { overlap } from '../block-device.js'
import type { Json, JsonMap } from '../json.js'
import { listAt, mapAt, textAt } from './lookup.js'

/** In words, of what was read for xen and lvm. */
export const deviceConflicts = (xen: Json | undefined, lvm: JsonMap): readonly string[] => {
  const taken = devicesOf(lvm)
  return Object.entries(mapAt(xen, '/domains')).flatMap(([domain, written]) =>
    Object.entries(mapAt(written, '/disks')).flatMap(([vdev, disk]) => {
      const device = textAt(disk, '/device')
      if (device === undefined) return []
      return taken
        .filter(({ path }) => overlap(path, device))
        .map(({ group, path }) => `${device}, given to ${domain} as ${vdev}, overlaps ${path} of group ${group}`)
    }),
  )
}

const devicesOf = (lvm: JsonMap): readonly { readonly group: string; readonly path: string }[] =>
  Object.entries(mapAt(lvm, '/groups')).flatMap(([group, written]) =>
    listAt(written, '/devices').map(device => ({ group, path: textAt(device, '/path') ?? '' })),
  )
