// The devices that a host's groups lie on, in one list, for the compiler's checks.
import { printPointer } from '../../src/model/pointer.js'
import { sorted } from '../../src/model/sorted.js'
import type { Device, LVMVolumes } from './desired.js'

/** `pointer` is below the component's value. */
export type GroupDevice = Device & { readonly group: string; readonly pointer: string }

export const devicesOf = ({ groups = {} }: LVMVolumes): readonly GroupDevice[] =>
  sorted(groups).flatMap(([group, { devices = [] }]) =>
    devices.map((device, index) => ({
      ...device,
      group,
      pointer: printPointer(['groups', group, 'devices', String(index), 'path']),
    })),
  )
