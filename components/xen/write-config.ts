// Files that root alone may read, for a config may hold a password; what somebody else wrote is kept. Pure.
import type { Op } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { isOurs } from './config/print.js'

const mode = 0o600
const secret = /^\s*(vncpasswd|spicepasswd)\s*=/m

/** Hidden in reports where it holds a password. */
export const writeConfig = (path: string, content: string): Extract<Op, { op: 'write' }> => ({
  op: 'write',
  path,
  content,
  mode,
  ...(secret.test(content) ? { sensitive: true } : {}),
})

/**
 * Keeps what stands in the place of ours, byte for byte, as PATH.orig, or where that holds something else as PATH.orig.1,
 * and so on. What is kept already is not kept again: a run that failed behind this would do so each time.
 */
export const keepOther = (path: string, content: string | null, { kept }: Pick<Actual, 'kept'>): readonly Op[] => {
  if (!isOther(content)) return []
  for (let number = 0; ; number += 1) {
    const place = number === 0 ? `${path}.orig` : `${path}.orig.${number}`
    const present = kept[place]
    if (present === undefined) return [{ ...writeConfig(place, content), encoding: 'latin1' }]
    if (present === content) return []
  }
}

/** Whether somebody else wrote it. */
export const isOther = (content: string | null): content is string => content !== null && !isOurs(content)

/** Whether a path is one of those at which `keepOther` keeps what stands at another one. */
export const isKeptFrom = (path: string, place: string): boolean =>
  place.startsWith(`${path}.orig`) && /^(\.[0-9]+)?$/.test(place.slice(`${path}.orig`.length))
