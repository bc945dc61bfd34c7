// check: values of one host's domains that contradict each other, and passwords that everybody may read, for the
// compiler. Pure.
import type { Fault } from '../../src/model/component.js'
import { byCodeUnit } from '../../src/model/json.js'
import { printPointer } from '../../src/model/pointer.js'
import type { XenDomains } from './desired.js'
import { domainsOf } from './domain.js'
import { contradictionsIn } from './domain-faults.js'
import { type NeedFault, needFaults } from './needs-faults.js'

export const check = (desired: XenDomains): readonly Fault[] => {
  const domains = domainsOf(desired)
  return domains.flatMap(domain => [
    ...contradictionsIn(domain).map(({ message, place, other }): Fault => {
      const pointerTo = (path: readonly string[]): string => pointerBelow(domain.key, ...path)
      return fault('contradiction', `${domain.key}: ${message}`, pointerTo(place), other && pointerTo(other))
    }),
    ...needFaults(domain, domains)
      .filter(({ circle = [] }) => circle.every(key => byCodeUnit(domain.key, key) <= 0))
      .map(need => needFault(domain.key, need)),
    ...passwordAdvice(domain.key, desired),
  ])
}

const passwordAdvice = (key: string, { domains = {} }: XenDomains): readonly Fault[] =>
  (['vncpasswd', 'spicepasswd'] as const).flatMap((option): readonly Fault[] => {
    if (domains[key]?.options[option] === undefined) return []
    const message = `${key}: everybody may read ${option} in the document`
    const hint = 'without one, let it listen on 127.0.0.1 and reach it over ssh'
    return [{ ...fault('advice', message, pointerBelow(key, 'options', option), undefined), hint }]
  })

const needFault = (key: string, { code, message, place, other, known }: NeedFault): Fault => ({
  ...fault(code, `${key}: ${message}`, pointerBelow(key, ...place), other && pointerBelow(...other)),
  ...(known === undefined ? {} : { known }),
})

const pointerBelow = (...path: readonly string[]): string => printPointer(['domains', ...path])

const fault = (code: Fault['code'], message: string, pointer: string, other: string | undefined): Fault => ({
  code,
  message,
  pointer,
  ...(other === undefined ? {} : { other }),
})
