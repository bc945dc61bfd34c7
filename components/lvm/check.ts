// check: a device that two groups lie on, or one group twice, for the compiler. Pure.
import { overlap } from '../../src/model/block-device.js'
import type { Fault } from '../../src/model/component.js'
import type { LVMVolumes } from './desired.js'
import { devicesOf } from './devices.js'

export const check = (desired: LVMVolumes): readonly Fault[] => {
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
