// check: a memory of dom0 that Xen takes and that does not do what was meant, for the compiler. Pure.
import type { Fault } from '../../src/model/component.js'
import { dom0MemOf, leastDom0 } from '../../src/model/dom0-mem.js'
import { MiB, printSize } from '../../src/model/quantity.js'
import type { GRUB } from './desired.js'

export const check = ({ xen }: GRUB): readonly Fault[] => {
  const declared = [xen?.options?.dom0_mem].flat().at(-1)
  if (typeof declared === 'boolean' || declared === undefined) return []
  const terms = String(declared).split(',')
  const tooSmall = tooSmallFault(terms)
  return tooSmall.length > 0 ? tooSmall : boundlessFault(terms)
}

const pointer = '/xen/options/dom0_mem'

/** Xen takes `2048` for 2 MiB: the host would not boot. */
const tooSmallFault = (terms: readonly string[]): readonly Fault[] => {
  const sizes = [dom0MemOf(terms, ''), dom0MemOf(terms, 'max:')].filter(size => size !== undefined)
  const least = Math.min(...sizes)
  if (least >= leastDom0 * MiB) return []
  const message = `dom0_mem gives dom0 ${printSize(least)}, which runs with ${leastDom0} MiB at least`
  const inMiB = terms.map(term => (isSmall(term) && /\d$/.test(term) ? `${term}M` : term))
  const hint = inMiB.some((term, index) => term !== terms[index])
    ? `a size without a unit is in KiB: ${withMax(inMiB)}`
    : '1024M,max:1024M for one'
  return [{ code: 'contradiction', message, hint, pointer }]
}

const isSmall = (term: string): boolean =>
  (dom0MemOf([term], term.startsWith('max:') ? 'max:' : '') ?? Infinity) < leastDom0 * MiB

/** Without `max:`, dom0's kernel keeps tables for all of the host's memory (xen-command-line, dom0_mem). */
const boundlessFault = (terms: readonly string[]): readonly Fault[] => {
  if (hasMax(terms)) return []
  const message = 'dom0_mem has no max: so dom0 prepares for all of the memory that the host has'
  return [{ code: 'advice', message, hint: `say how much dom0 can have at most: ${withMax(terms)}`, pointer }]
}

const hasMax = (terms: readonly string[]): boolean => terms.some(term => term.startsWith('max:'))

const withMax = (terms: readonly string[]): string => {
  const size = terms.find(term => !term.includes(':')) ?? 'SIZE'
  return [...terms, ...(hasMax(terms) ? [] : [`max:${size}`])].join(',')
}
