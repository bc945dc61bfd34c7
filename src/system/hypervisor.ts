// Whether a machine runs under Xen: before xl is asked, which fails for other reasons too.
import type { System } from '../model/system.js'

/** Linux names the hypervisor that it runs on (Documentation/ABI/stable/sysfs-hypervisor-xen). */
export const isXenRunning = async (system: System): Promise<boolean> =>
  (await system.read('/sys/hypervisor/type'))?.trim() === 'xen'
