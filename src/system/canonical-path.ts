// Where a path leads: links followed, those in the middle of it too, as realpath(3) does. Without a command: to start one
// costs a host more than to look at every device.
import { posix } from 'node:path'
import type { System } from '../model/system.js'

/** Linux follows no more of them in one path (path_resolution(7)). */
const mostLinks = 40

/** What is not there leads to itself, and so does a path that links lead round in a circle. `path` is absolute. */
export const canonicalPath = async (system: System, path: string): Promise<string> => {
  const left = namesIn(path)
  let reached = '/'
  let links = 0
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const next = posix.join(reached, name)
    const { type, target } = (await system.stat(next)) ?? {}
    if (target === undefined) {
      if (type !== undefined && type !== 'directory') return posix.join(next, ...left)
      reached = next
    } else {
      links += 1
      if (links > mostLinks) return path
      left.unshift(...namesIn(target))
      if (posix.isAbsolute(target)) reached = '/'
    }
  }
  return reached
}

const namesIn = (path: string): string[] => path.split('/').filter(name => name !== '')
