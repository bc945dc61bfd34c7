// check: values of one host's domains that contradict each other, for the compiler. Pure.
import type { Fault } from '../../src/model/component.js'
import { printPointer } from '../../src/model/pointer.js'
import type { XenDomains } from './desired.js'
import { domainsOf } from './domain.js'
import { contradictionsIn } from './domain-faults.js'

export const check = (desired: XenDomains): readonly Fault[] =>
  domainsOf(desired).flatMap(domain => {
    const pointerTo = (path: readonly string[]): string => printPointer(['domains', domain.key, ...path])
    return contradictionsIn(domain).map(({ message, place, other }) => ({
      code: 'contradiction',
      message: `${domain.key}: ${message}`,
      pointer: pointerTo(place),
      ...(other === undefined ? {} : { other: pointerTo(other) }),
    }))
  })
