// What dom0 keeps for itself. It stands on the hypervisor's command line, which is another component's to write: this is
// the only place here that reads what another one declares.
import type { MachineView } from '../../src/model/component.js'
import { dom0MemOf } from '../../src/model/dom0-mem.js'
import { isList } from '../../src/model/json.js'
import { MiB } from '../../src/model/quantity.js'

const pointer = '/software/components/grub/xen/options/dom0_mem'

/**
 * MiB: the most that dom0 can have, else what it starts with. Undefined where nothing is declared, and for what depends
 * on the host (`-1G`, `10%`).
 */
export const dom0Memory = (get: MachineView['get']): number | undefined => {
  const declared = get(pointer)
  const terms = String((isList(declared) ? declared.at(-1) : declared) ?? '').split(',')
  const size = dom0MemOf(terms, 'max:') ?? dom0MemOf(terms, '')
  return size === undefined ? undefined : size / MiB
}
