// Who has an image file open: a loop device, as Xen's block script makes one for a guest's disk, or a process, as the
// guest's QEMU is one. Part of observe.ts.
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'

/** `/dev/loop0`, `process 4711`. */
export const usersOf = async (system: System, path: string): Promise<readonly string[]> => {
  const loops = await ask(system, ['losetup', '--associated', path])
  const argv = ['find', '/proc', '-mindepth', '3', '-maxdepth', '3', '-path', '/proc/*/fd/*', '-lname', literally(path)]
  // A process that ends meanwhile makes find(1) fail, and is no user.
  const { stdout } = await system.exec(argv, { effect: 'observe' })
  const processes = [...stdout.matchAll(/^\/proc\/(\d+)\//gm)].map(match => `process ${match[1]}`)
  return [...[...loops.matchAll(/^(\/dev\/\w+):/gm)].map(match => match[1] ?? ''), ...new Set(processes)]
}

/** As a pattern that fits nothing else. */
const literally = (path: string): string => path.replace(/[\\*?[]/g, '\\$&')
