// Where a site is: its root holds xenclosure.yaml.
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The directory that holds xenclosure.yaml: this one or the nearest above it. */
export const findSite = (start: string): string | undefined => {
  const dir = resolve(start)
  if (existsSync(join(dir, 'xenclosure.yaml'))) return dir
  return dirname(dir) === dir ? undefined : findSite(dirname(dir))
}
