// What of the former names of one machine's volumes contradicts itself. Part of check.ts; pure.
import type { Fault } from '../../../src/model/component.js'
import { printPointer } from '../../../src/model/pointer.js'
import { sorted } from '../../../src/model/sorted.js'
import type { Group, LVMVolumes } from '../desired.js'

export const checkRenames = ({ groups = {} }: LVMVolumes): readonly Fault[] =>
  sorted(groups).flatMap(([name, group]) => {
    const renamed = sorted(group.volumes ?? {}).flatMap(([volume, { formerly }]) =>
      formerly === undefined ? [] : [{ volume, formerly }],
    )
    return renamed.flatMap(({ volume, formerly }, index): readonly Fault[] => {
      const at = (...place: readonly string[]): string => printPointer(['groups', name, ...place])
      const fault = { pointer: at('volumes', volume, 'formerly') }
      const kind = kindOf(formerly, group)
      if (kind !== undefined) {
        const message = `${volume} was formerly ${formerly}, which is declared too, as a ${kind} of group ${name}`
        return [{ ...fault, code: 'contradiction', message, other: at(`${kind}s`, formerly) }]
      }
      const first = renamed.slice(0, index).find(other => other.formerly === formerly)
      if (first === undefined) return []
      const message = `${volume} was formerly ${formerly}, and so was ${first.volume}`
      return [{ ...fault, code: 'used-twice', message, other: at('volumes', first.volume, 'formerly') }]
    })
  })

const kindOf = (name: string, { pools = {}, volumes = {} }: Group): 'volume' | 'pool' | undefined => {
  if (Object.hasOwn(volumes, name)) return 'volume'
  return Object.hasOwn(pools, name) ? 'pool' : undefined
}
