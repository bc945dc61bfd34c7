// Where a site is: its root holds xenclosure.yaml.
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The directory that holds xenclosure.yaml: this one or the nearest above it. Undefined where there is none, or not even this one. */
export const findSite = (start: string): string | undefined => {
  const dir = resolve(start)
  // A misspelt one is in no site, whatever it would be below.
  if (!existsSync(dir)) return undefined
  if (existsSync(join(dir, 'xenclosure.yaml'))) return dir
  return dirname(dir) === dir ? undefined : findSite(dirname(dir))
}
