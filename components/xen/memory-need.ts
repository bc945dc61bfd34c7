// How much of the host's memory a domain takes, by libxl's own reckoning (libxl_domain_need_memory, Xen 4.17), and what
// waits where there is less. Pure.
import type { Action } from '../../src/model/action.js'
import { MiB, printSize, printSizesAlike } from '../../src/model/quantity.js'
import type { Options } from './desired.js'

/**
 * MiB: its memory, 1 MiB for each vCPU that it can have and 8 KiB for each MiB that it can be given (its page tables), 2
 * MiB or, for PV, 1 for Xen, all of it rounded up to 2 MiB.
 */
export const memoryNeed = ({ type, memory, maxmem = memory, vcpus = 1, maxvcpus = vcpus }: Options): number => {
  const need = memory + maxvcpus + (maxmem * 8) / 1024 + (type === 'pv' ? 1 : 2)
  return Math.ceil(need / 2) * 2
}

/** Nothing to allow: without memory nothing succeeds that needs it. */
export const untilRoom = (action: Action): Action => ({ ...action, waitsFor: `memory:${action.resource}`, ops: [] })

/** `lacking`: MiB. */
export const sayLacking = (lacking: number): string => `${printSize(Math.ceil(lacking) * MiB)} are lacking`

export const sayTooLittle = (options: Options, lacking: number): string => {
  const [need, lack] = printSizesAlike(memoryNeed(options) * MiB, Math.ceil(lacking) * MiB)
  return `it takes ${need}, and ${lack} are lacking`
}
