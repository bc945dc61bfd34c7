// check: a memory of dom0 that Xen takes and that does not do what was meant, for the compiler. Pure.
import type { Fault } from '../../src/model/component.js'
import type { GRUB } from './desired.js'

/** Without `max:`, dom0's kernel keeps tables for all of the host's memory (xen-command-line, dom0_mem). */
export const check = ({ xen }: GRUB): readonly Fault[] => {
  const declared = [xen?.options?.dom0_mem].flat().at(-1)
  if (typeof declared === 'boolean' || declared === undefined || /(^|,)max:/.test(String(declared))) return []
  const size = String(declared)
    .split(',')
    .find(part => !part.includes(':'))
  return [
    {
      code: 'advice',
      message: 'dom0_mem has no max: so dom0 prepares for all of the memory that the host has',
      hint: `say how much dom0 can have at most: ${declared},max:${size ?? 'SIZE'}`,
      pointer: '/xen/options/dom0_mem',
    },
  ]
}
