// A System in which some files are as if they were not there: for a look at what a host would be like without them.
import { posix } from 'node:path'
import type { System } from '../model/system.js'

/** `system` is one whose calls are its own properties, as those of readOnly are. */
export const without = (paths: readonly string[], system: System): System => {
  const hidden = new Set(paths.map(path => posix.resolve('/', path)))
  const isHidden = (path: string): boolean => hidden.has(posix.resolve('/', path))
  return {
    ...system,
    read: async (path, encoding) => (isHidden(path) ? null : system.read(path, encoding)),
    stat: async path => (isHidden(path) ? null : system.stat(path)),
    list: async path => (await system.list(path))?.filter(name => !isHidden(posix.join(path, name))) ?? null,
  }
}
