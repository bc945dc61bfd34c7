// What the names of disks lead to: the same disk may be /dev/disk/by-id/x in the document and /dev/sdb in Xen. Nobody is
// asked where both name the same disks, as they do once the agent has started what runs. Part of observe.ts.
import { byCodeUnit } from '../../../src/model/json.js'
import type { System } from '../../../src/model/system.js'
import { canonicalPath } from '../../../src/system/canonical-path.js'
import type { Actual } from '../actual.js'
import type { Domain } from '../domain.js'
import { deviceOf } from '../identity.js'

export const observeLinks = async (
  system: System,
  declared: readonly Domain[],
  domains: Actual['domains'],
): Promise<Actual['links']> => {
  const ours = declared.flatMap(({ disks }) => disks.map(({ target }) => target)).filter(isDevice)
  const theirs = domains.flatMap(({ config }) => config?.disks.flatMap(({ path }) => path ?? []) ?? []).filter(isDevice)
  if (isEverythingIn(ours, theirs) && isEverythingIn(theirs, ours)) return {}
  const paths = [...new Set([...ours, ...theirs])].sort(byCodeUnit)
  const links: [string, string][] = []
  for (const path of paths) links.push([path, await canonicalPath(system, path)])
  return Object.fromEntries(links)
}

const isEverythingIn = (paths: readonly string[], others: readonly string[]): boolean => {
  const devices = new Set(others.map(path => deviceOf(path)))
  return paths.every(path => devices.has(deviceOf(path)))
}

/** An image file has no other name that a document would give it. */
const isDevice = (path: string): boolean => path.startsWith('/dev/')
