// check: what of one machine's groups, files and partitions contradicts itself, for the compiler. The table "Checks" of
// README.md has the same rows in the same order. Pure.
import { overlap } from '../../src/model/block-device.js'
import type { Fault } from '../../src/model/component.js'
import { printPointer } from '../../src/model/pointer.js'
import { sorted } from '../../src/model/sorted.js'
import { checkRenames } from './check/renames.js'
import { groupsOf } from './declared.js'
import type { LVMVolumes } from './desired.js'
import { devicesOf } from './devices.js'
import { thinFaults } from './thin.js'

export const check = (desired: LVMVolumes): readonly Fault[] => [
  ...checkDevices(desired),
  ...checkThin(desired),
  ...checkRenames(desired),
  ...checkFiles(desired),
  ...checkPartitions(desired),
  ...checkImages(desired),
]

const checkDevices = (desired: LVMVolumes): readonly Fault[] => {
  const devices = devicesOf(desired)
  return devices.flatMap((later, index) => {
    const first = devices.slice(0, index).find(({ path }) => overlap(path, later.path))
    if (first === undefined) return []
    const relation = later.path === first.path ? 'is also one of' : `overlaps ${first.path}, one of`
    return [
      {
        code: 'used-twice',
        message: `${later.path}, a device of group ${later.group}, ${relation} group ${first.group}`,
        pointer: later.pointer,
        other: first.pointer,
      },
    ]
  })
}

const checkThin = (desired: LVMVolumes): readonly Fault[] =>
  groupsOf(desired).flatMap(([name, group]) =>
    thinFaults(name, group).map(({ code, message, place, other }) => ({
      code,
      message,
      pointer: printPointer(['groups', name, ...place]),
      other: printPointer(['groups', name, ...other]),
    })),
  )

/** What is a file cannot be a directory for another one. */
const checkFiles = ({ files = {} }: LVMVolumes): readonly Fault[] => {
  const paths = sorted(files).map(([path]) => path)
  return paths.flatMap(path => {
    const above = paths.find(other => path.startsWith(`${other}/`))
    if (above === undefined) return []
    const message = `${path} cannot lie below ${above}, which is a file itself`
    return [{ code: 'contradiction', message, pointer: pointerTo('files', path), other: pointerTo('files', above) }]
  })
}

const checkPartitions = (desired: LVMVolumes): readonly Fault[] => {
  const paths = sorted(desired.partitions ?? {}).map(([path]) => path)
  const inGroups = devicesOf(desired)
  return paths.flatMap((path, index): readonly Fault[] => {
    const taken = inGroups.find(device => overlap(device.path, path))
    const first = paths.slice(0, index).find(other => overlap(other, path))
    const given = `${path}, which guests are given,`
    const fault = { code: 'used-twice', pointer: pointerTo('partitions', path) } as const
    return [
      ...(taken === undefined
        ? []
        : [{ ...fault, message: `${given} overlaps ${taken.path} of group ${taken.group}`, other: taken.pointer }]),
      ...(first === undefined
        ? []
        : [
            {
              ...fault,
              message: `${given} overlaps ${first}, which they are given too`,
              other: pointerTo('partitions', first),
            },
          ]),
    ]
  })
}

/** A raw image brings what it holds. */
const checkImages = ({ groups = {}, files = {}, partitions = {} }: LVMVolumes): readonly Fault[] => {
  const disks = [
    ...sorted(groups).flatMap(([group, { volumes = {} }]) =>
      sorted(volumes).map(([name, volume]) => ({ ...volume, place: ['groups', group, 'volumes', name] })),
    ),
    ...sorted(files).map(([path, file]) => ({ ...file, place: ['files', path] })),
    ...sorted(partitions).map(([path, partition]) => ({ ...partition, place: ['partitions', path] })),
  ]
  return disks.flatMap(({ image, place, ...disk }): readonly Fault[] => {
    if (image !== undefined && 'installation' in disk) {
      const message = `${place.at(-1)} is filled from ${image.source}, and its guest is to be installed on it`
      const [pointer, other] = ['image', 'installation'].map(key => printPointer([...place, key]))
      return [{ code: 'contradiction', message, pointer: pointer ?? '', ...(other && { other }) }]
    }
    if (image?.filesystem === undefined || !image.unpack.startsWith('raw')) return []
    const message = `${place.at(-1)} is filled with a raw image, and is to have an ${image.filesystem} filesystem: only a tar archive needs one`
    const at = (key: string): string => printPointer([...place, 'image', key])
    return [{ code: 'contradiction', message, pointer: at('filesystem'), other: at('unpack') }]
  })
}

const pointerTo = (kind: 'files' | 'partitions', path: string): string => printPointer([kind, path])
