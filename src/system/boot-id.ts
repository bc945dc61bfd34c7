// Which boot of a machine this is.
import type { System } from '../model/system.js'

/** Another one after each boot (random(4)). */
export const bootIdFile = '/proc/sys/kernel/random/boot_id'

/** Empty where the machine has none. */
export const readBootId = async (system: System): Promise<string> => ((await system.read(bootIdFile)) ?? '').trim()
