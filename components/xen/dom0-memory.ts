// What dom0 keeps for itself. It stands on the hypervisor's command line, which is another component's to write: this is
// the only place here that reads what another one declares.
import type { MachineView } from '../../src/model/component.js'
import { isList } from '../../src/model/json.js'

const pointer = '/software/components/grub/xen/options/dom0_mem'

/** Bytes; without a letter, a size on Xen's command line is in KiB (xen-command-line). */
const units: Readonly<Record<string, number>> = { b: 1, '': 2 ** 10, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

/**
 * MiB: the most that dom0 can have, else what it starts with. Undefined where nothing is declared, and for what depends
 * on the host (`-1G`, `10%`).
 */
export const dom0Memory = (get: MachineView['get']): number | undefined => {
  const declared = get(pointer)
  const terms = String((isList(declared) ? declared.at(-1) : declared) ?? '').split(',')
  return sizeIn(terms, 'max:') ?? sizeIn(terms, '')
}

/** The last one counts. */
const sizeIn = (terms: readonly string[], prefix: string): number | undefined => {
  const sizes = terms.flatMap(term => {
    const [, size, unit = ''] = (term.startsWith(prefix) && /^(\d+)([bkmgt]?)$/i.exec(term.slice(prefix.length))) || []
    return size === undefined ? [] : [(Number(size) * (units[unit.toLowerCase()] ?? 0)) / 2 ** 20]
  })
  return sizes.at(-1)
}
