// What is wrong with `needs`: a domain that nobody declared, one that is not to run, a circle. Pure.
import type { Domain } from './domain.js'

/** `place` is a path below the domain; `other` one below all domains. */
export type NeedFault = {
  readonly code: 'reference-missing' | 'contradiction'
  readonly message: string
  readonly place: readonly string[]
  readonly other?: readonly string[]
  /** Of a name that no domain has: the names that there are. */
  readonly known?: readonly string[]
  /** Every domain of the circle has this fault; one of them tells it of all. */
  readonly circle?: readonly string[]
}

export const needFaults = (domain: Domain, all: readonly Domain[]): readonly NeedFault[] =>
  domain.needs.flatMap((name, index): readonly NeedFault[] => {
    const place = ['needs', String(index)]
    const needed = all.find(({ key }) => key === name)
    if (needed === undefined) {
      const known = all.map(({ key }) => key).filter(key => key !== domain.key)
      const alone = known.length === 0 ? `, and none but ${domain.key} itself` : ''
      return [{ code: 'reference-missing', message: `there is no domain ${name} here${alone}`, place, known }]
    }
    if (needed.ensure !== 'running')
      return [{ code: 'contradiction', message: `${name} is not to run`, place, other: [name, 'ensure'] }]
    const circle = pathTo(domain.key, needed, all, [])
    if (circle === undefined) return unreachable(needed, place)
    const next = all.find(({ key }) => key === circle[1])?.key ?? domain.key
    const message = `domains need each other in a circle: ${[domain.key, ...circle].join(' -> ')}`
    const other = [name, 'needs', String(needed.needs.indexOf(next))]
    return [{ code: 'contradiction', message, place, other, circle }]
  })

const unreachable = ({ key, ready }: Domain, place: readonly string[]): readonly NeedFault[] => {
  if (ready.when !== 'port' || ready.address !== undefined) return []
  const message = `${key} is ready by a port, and nothing says its address`
  return [{ code: 'contradiction', message, place, other: [key, 'ready'] }]
}

/** From one domain along `needs` to `target`, both included; undefined where it does not lead there. */
const pathTo = (
  target: string,
  { key, needs }: Domain,
  all: readonly Domain[],
  seen: readonly string[],
): readonly string[] | undefined => {
  if (key === target) return [key]
  if (seen.includes(key)) return undefined
  for (const need of needs) {
    const next = all.find(domain => domain.key === need)
    const path = next && pathTo(target, next, all, [...seen, key])
    if (path !== undefined) return [key, ...path]
  }
  return undefined
}
