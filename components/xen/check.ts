// check: values of one host's domains that contradict each other, for the compiler. Pure.
import type { Fault } from '../../src/model/component.js'
import { printPointer } from '../../src/model/pointer.js'
import type { XenDomains } from './desired.js'
import { domainsOf } from './domain.js'
import { contradictionsIn } from './domain-faults.js'
import { needFaults } from './needs-faults.js'

export const check = (desired: XenDomains): readonly Fault[] => {
  const domains = domainsOf(desired)
  return domains.flatMap(domain => [
    ...contradictionsIn(domain).map(({ message, place, other }): Fault => {
      const pointerTo = (path: readonly string[]): string => pointerBelow(domain.key, ...path)
      return fault('contradiction', `${domain.key}: ${message}`, pointerTo(place), other && pointerTo(other))
    }),
    ...needFaults(domain, domains).map(({ code, message, place, other }) =>
      fault(code, `${domain.key}: ${message}`, pointerBelow(domain.key, ...place), other && pointerBelow(...other)),
    ),
  ])
}

const pointerBelow = (...path: readonly string[]): string => printPointer(['domains', ...path])

const fault = (code: Fault['code'], message: string, pointer: string, other: string | undefined): Fault => ({
  code,
  message,
  pointer,
  ...(other === undefined ? {} : { other }),
})
