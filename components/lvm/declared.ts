// The declared value in two parts: what is to be there, each with its size; and the names of what is given up (`ensure:
// absent`). Pure.

import { sorted } from '../../src/model/sorted.js'
import type { Group as AnyGroup, Pool as AnyPool, Volume as AnyVolume, File, LVMVolumes } from './desired.js'

type Sized<T> = Omit<T, 'ensure' | 'size'> & { readonly size: number }
type ByName<T> = { readonly [name: string]: T }

export type Volume = Sized<AnyVolume>
export type Pool = Sized<AnyPool>

export type Group = Pick<AnyGroup, 'devices'> & {
  readonly pools?: ByName<Pool>
  readonly volumes?: ByName<Volume>
  readonly givenUp: { readonly pools: readonly string[]; readonly volumes: readonly string[] }
}

export const groupsOf = ({ groups = {} }: LVMVolumes): readonly (readonly [string, Group])[] =>
  sorted(groups).map(([name, group]) => [name, groupOf(group)])

export const groupOf = ({ pools = {}, volumes = {}, ...group }: AnyGroup): Group => ({
  ...group,
  pools: sizedIn(pools),
  volumes: sizedIn(volumes),
  givenUp: { pools: givenUpIn(pools), volumes: givenUpIn(volumes) },
})

export const filesOf = ({ files = {} }: LVMVolumes): ByName<Sized<File>> => sizedIn(files)

type Declared = { readonly ensure?: 'present' | 'absent'; readonly size?: number }

/** By the schema, only what is given up may lack a size. */
const sizedIn = <T extends Declared>(map: ByName<T>): ByName<Sized<T>> =>
  Object.fromEntries(
    Object.entries(map).flatMap(([name, { ensure, size, ...rest }]) =>
      ensure === 'absent' || size === undefined ? [] : [[name, { ...rest, size }]],
    ),
  )

/** In the order of their names. */
export const givenUpIn = (map: ByName<Declared>): readonly string[] =>
  sorted(map).flatMap(([name, { ensure }]) => (ensure === 'absent' ? [name] : []))
