// What is remembered of a domain's starts: a file for each, named by its number, which holds the boot of the host. A domain
// that was started in this boot and is missing has shut down. Pure.
import type { Op } from '../../src/model/action.js'
import type { Actual, Starts } from './actual.js'
import type { Domain } from './domain.js'

export const startsDirectory = (memory: string, key: string): string => `${memory}/starts/${key}`

/** So many starts in so many minutes: the next one comes when the first of them is longer ago. */
export const backOff = { starts: 3, minutes: 10 } as const
/** So many: there is no next one before somebody allows it. */
export const giveUp = { starts: 6, minutes: 60 } as const

export type Limit = typeof backOff | typeof giveUp

export const limitReached = (starts: Starts | undefined): Limit | undefined => {
  if (starts === undefined || starts.recent === 'few') return undefined
  return starts.recent === 'many' ? backOff : giveUp
}

export const sayStarts = ({ starts, minutes }: Limit): string => `it was started ${starts} times within ${minutes} min`

/** `none` before: history that has been looked at, and is to count no more. */
export const rememberStart = ({ key }: Domain, actual: Actual, before: 'all' | 'none' = 'all'): readonly Op[] => {
  const { numbers = [], earlier = [] } = actual.starts[key] ?? {}
  const path = (number: number): string => `${startsDirectory(actual.memory, key)}/${number}`
  const useless = before === 'none' ? numbers : numbers.slice(0, -(giveUp.starts - 1))
  return [
    ...[...earlier, ...useless].map((number): Op => ({ op: 'remove', path: path(number) })),
    { op: 'write', path: path(Math.max(0, ...numbers, ...earlier) + 1), content: `${actual.boot}\n`, mode: 0o600 },
  ]
}
