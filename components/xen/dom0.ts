// What dom0 keeps for itself. It stands on the hypervisor's command line, which is another component's to write: this is
// the only place here that reads what another one declares.
import type { MachineView } from '../../src/model/component.js'
import { dom0MemOf } from '../../src/model/dom0-mem.js'
import { isList } from '../../src/model/json.js'
import { MiB } from '../../src/model/quantity.js'

const options = '/software/components/grub/xen/options'
export const dom0VcpusPointer = `${options}/dom0_max_vcpus`

/**
 * MiB: the most that dom0 can have, else what it starts with. Undefined where nothing is declared, and for what depends
 * on the host (`-1G`, `10%`).
 */
export const dom0Memory = (get: MachineView['get']): number | undefined => {
  const terms = lastOf(get, `${options}/dom0_mem`).split(',')
  const size = dom0MemOf(terms, 'max:') ?? dom0MemOf(terms, '')
  return size === undefined ? undefined : size / MiB
}

/**
 * The vcpus that dom0 has on however small a host. Xen makes the first number of `dom0_max_vcpus` at least, whatever the
 * host has, and no more than that of what comes after it (xen-command-line, `N`, `N-`, `N-M`, `-M`).
 */
export const dom0Vcpus = (get: MachineView['get']): number => {
  const [, least = '1'] = /^(0x[0-9a-f]+|\d+)(?:-|$)/i.exec(lastOf(get, dom0VcpusPointer)) ?? []
  return Number(least)
}

/** Of an option that is given several times, Xen takes the last. */
const lastOf = (get: MachineView['get'], pointer: string): string => {
  const declared = get(pointer)
  return String((isList(declared) ? declared.at(-1) : declared) ?? '')
}
