// Where the command keeps what spares it work: $XDG_CACHE_HOME/xenclosure, or ~/.cache/xenclosure.
import { join } from 'node:path'

/** Undefined for who has no home. */
export const cacheDirectory = (): string | undefined => {
  const { XDG_CACHE_HOME: given, HOME: home } = process.env
  const above = given || (home && join(home, '.cache'))
  return above ? join(above, 'xenclosure') : undefined
}
