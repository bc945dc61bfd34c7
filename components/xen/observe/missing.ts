// What matters only where a declared domain is missing: whether its disks are in use, and whether those that it needs are
// ready. Part of observe.ts.
import type { System } from '../../../src/model/system.js'
import type { Actual } from '../actual.js'
import type { Domain } from '../domain.js'
import { parseUptime } from '../xl-uptime.js'

/** blkback opens a disk without O_EXCL: one that a guest has is not in use by dom0. */
export const observeInUse = async (system: System, missing: readonly Domain[]): Promise<readonly string[]> => {
  const inUse: string[] = []
  for (const target of new Set(missing.flatMap(({ disks }) => disks.map(disk => disk.target)))) {
    const isDevice = target.startsWith('/dev/') && (await system.stat(target)) !== null
    if (isDevice && !(await system.openExclusive(target))) inUse.push(target)
  }
  return inUse
}

export const observeReady = async (
  system: System,
  declared: readonly Domain[],
  missing: readonly Domain[],
  domains: Actual['domains'],
): Promise<readonly string[]> => {
  const needed = declared.filter(({ key }) => missing.some(({ needs }) => needs.includes(key)))
  const ready: string[] = []
  for (const domain of needed) {
    const runs = domains.some(({ name, state }) => name === domain.name && state === 'running')
    if (runs && (await isReady(system, domain))) ready.push(domain.key)
  }
  return ready
}

const isReady = async (system: System, { name, ready }: Domain): Promise<boolean> => {
  switch (ready.when) {
    case 'running':
      return true
    case 'port':
      return ready.address !== undefined && system.connects(ready.address, ready.port)
    case 'delay': {
      const { code, stdout } = await system.exec(['xl', 'uptime', name], { effect: 'observe' })
      return code === 0 && (parseUptime(stdout) ?? 0) * 1000 >= ready.delay
    }
  }
}
