// Which volumes are thin, and in which pool; and what is wrong with that and no schema can say. The compiler refuses it
// (check.ts), and so does the agent, for a volume that is not there yet (plan/volumes.ts). Pure.
import type { FaultCode } from '../../src/model/component.js'
import { MiB, printSizesAlike } from '../../src/model/quantity.js'
import { sorted } from '../../src/model/sorted.js'
import type { Group, Volume } from './declared.js'

type Volumes = { readonly [name: string]: Volume }

/** What a map declares by a name, never what it inherits. */
export const declaredIn = <T>(map: { readonly [name: string]: T } | undefined, name: string): T | undefined =>
  map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined

/**
 * The pool of a declared volume: its own, else that of its origin. Null for one that has its space for itself; undefined
 * for a copy whose origins lead to no pool.
 */
export const poolOf = (name: string, volumes: Volumes): string | null | undefined => {
  const { pool, origin } = declaredIn(volumes, name) ?? {}
  return pool ?? (origin === undefined ? null : poolOfOrigins(name, volumes))
}

const poolOfOrigins = (name: string, volumes: Volumes): string | undefined => {
  const chain = [...originsOf(name, volumes)]
  return chain.map(origin => declaredIn(volumes, origin)?.pool).find(pool => pool !== undefined)
}

/** The origin of a volume, the origin of that, and so on; of volumes that are copies of each other, each one once. */
const originsOf = (name: string, volumes: Volumes): ReadonlySet<string> => {
  const chain = new Set<string>()
  for (let next = declaredIn(volumes, name)?.origin; next !== undefined; next = declaredIn(volumes, next)?.origin) {
    if (chain.has(next)) break
    chain.add(next)
  }
  return chain
}

/** `place` and `other` are paths below the group: what is to blame, and what it contradicts. */
export type ThinFault = {
  readonly volume: string
  readonly code: Extract<FaultCode, 'contradiction' | 'reference-missing'>
  readonly message: string
  readonly place: readonly string[]
  readonly other: readonly string[]
}

/** The faults of a group's volumes, by name; `group` is its name. */
export const thinFaults = (group: string, { pools = {}, volumes = {}, givenUp }: Group): readonly ThinFault[] =>
  sorted(volumes).flatMap(([name, volume]) => {
    const input = { group, pools, volumes, givenUp, name, volume }
    return [...nameFaults(input), ...poolFaults(input), ...originFaults(input), ...imageFaults(input)]
  })

type Input = {
  readonly group: string
  readonly pools: NonNullable<Group['pools']>
  readonly volumes: Volumes
  readonly givenUp: Group['givenUp']
  readonly name: string
  readonly volume: Volume
}

const nameFaults = ({ group, pools, name }: Input): readonly ThinFault[] => {
  if (!Object.hasOwn(pools, name)) return []
  const message = `${name} is declared as a volume and as a pool of group ${group}`
  return [{ volume: name, code: 'contradiction', message, place: ['volumes', name], other: ['pools', name] }]
}

const poolFaults = ({ group, pools, givenUp, name, volume: { pool } }: Input): readonly ThinFault[] => {
  if (pool === undefined || Object.hasOwn(pools, pool)) return []
  if (givenUp.pools.includes(pool)) {
    const message = `${name} is to be in pool ${pool} of group ${group}, which is given up (ensure: absent)`
    const other = ['pools', pool, 'ensure']
    return [{ volume: name, code: 'contradiction', message, place: ['volumes', name, 'pool'], other }]
  }
  const known = sorted(pools).map(([key]) => key)
  const declared = known.length === 0 ? 'none' : known.join(', ')
  const message = `group ${group} has no pool ${pool} for volume ${name}: it declares ${declared}`
  const other = known.length === 0 ? [] : ['pools']
  return [{ volume: name, code: 'reference-missing', message, place: ['volumes', name, 'pool'], other }]
}

/** The first that applies: what follows from it goes with it. */
const originFaults = (input: Input): readonly ThinFault[] => {
  const { group, volumes, givenUp, name, volume } = input
  const { origin } = volume
  if (origin === undefined) return []
  if (givenUp.volumes.includes(origin)) {
    const message = `${name} is a copy of ${origin}, which is given up (ensure: absent): when the copy is there, say its pool instead of its origin`
    const other = ['volumes', origin, 'ensure']
    return [{ volume: name, code: 'contradiction', message, place: ['volumes', name, 'origin'], other }]
  }
  const source = declaredIn(volumes, origin)
  if (source === undefined) {
    const message = `group ${group} has no volume ${origin} that ${name} could be a copy of`
    return [
      { volume: name, code: 'reference-missing', message, place: ['volumes', name, 'origin'], other: ['volumes'] },
    ]
  }
  const contradiction = contradictionWith(origin, source, input)
  return contradiction === undefined ? [] : [{ volume: name, code: 'contradiction', ...contradiction }]
}

type Contradiction = Pick<ThinFault, 'message' | 'place' | 'other'>

const contradictionWith = (
  origin: string,
  source: Volume,
  { volumes, name, volume }: Input,
): Contradiction | undefined => {
  if (originsOf(name, volumes).has(name)) return circle(name, volumes)
  if (source.pool === undefined && source.origin === undefined) {
    const message = `${name} is a copy of ${origin}, which is no thin volume: it has neither pool nor origin`
    return { message, place: ['volumes', name, 'origin'], other: ['volumes', origin] }
  }
  const pool = poolOf(origin, volumes)
  if (volume.pool !== undefined && pool !== undefined && pool !== volume.pool) {
    const message = `${name} is in pool ${volume.pool}, and ${origin}, which it is a copy of, in pool ${pool}`
    const key = source.pool === undefined ? 'origin' : 'pool'
    return { message, place: ['volumes', name, 'pool'], other: ['volumes', origin, key] }
  }
  if (volume.size >= source.size) return undefined
  const [size, least] = printSizesAlike(volume.size * MiB, source.size * MiB)
  const message = `${name} has ${size}, less than ${origin}, which it is a copy of: ${least}`
  return { message, place: ['volumes', name, 'size'], other: ['volumes', origin, 'size'] }
}

const imageFaults = ({ name, volume: { origin, image } }: Input): readonly ThinFault[] => {
  if (origin === undefined || image === undefined) return []
  const message = `${name} is a copy of ${origin}, and is to be filled from ${image.source}`
  const [place, other] = [
    ['volumes', name, 'image'],
    ['volumes', name, 'origin'],
  ]
  return [{ volume: name, code: 'contradiction', message, place, other }]
}

/** Volumes that are copies of each other all have the fault of the first by name, at its place: it is told once. */
const circle = (name: string, volumes: Volumes): Contradiction => {
  const members = originsOf(name, volumes)
  const first = sorted(volumes).find(([key]) => members.has(key))?.[0] ?? name
  const chain = [first, ...originsOf(first, volumes)]
  const place = ['volumes', first, 'origin']
  return {
    message: `copies of each other: ${chain.join(' -> ')}`,
    place,
    other: ['volumes', chain[1] ?? first, 'origin'],
  }
}
