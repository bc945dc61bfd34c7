// How much of the host's memory a domain takes, by libxl's own reckoning (libxl_domain_need_memory, Xen 4.17). Pure.
import type { Options } from './desired.js'

/**
 * MiB: its memory, 1 MiB for each vCPU that it can have and 8 KiB for each MiB that it can be given (its page tables), 2
 * MiB or, for PV, 1 for Xen, all of it rounded up to 2 MiB.
 */
export const memoryNeed = ({ type, memory, maxmem = memory, vcpus = 1, maxvcpus = vcpus }: Options): number => {
  const need = memory + maxvcpus + (maxmem * 8) / 1024 + (type === 'pv' ? 1 : 2)
  return Math.ceil(need / 2) * 2
}
