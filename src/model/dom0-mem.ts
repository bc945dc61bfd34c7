// The sizes that Xen's option dom0_mem names: what dom0 starts with, and the most that it can have (xen-command-line). Pure.

/** Bytes; without a letter, a size on Xen's command line is in KiB. */
const units: Readonly<Record<string, number>> = { b: 1, '': 2 ** 10, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

/** MiB below which libxl never shrinks dom0 (LIBXL_MIN_DOM0_MEM). */
export const leastDom0 = 128

/**
 * Bytes, of the last term with that prefix, which counts. Undefined where there is none, and for what depends on the host
 * (`-1G`, `10%`).
 */
export const dom0MemOf = (terms: readonly string[], prefix: '' | 'max:'): number | undefined => {
  const sizes = terms.flatMap(term => {
    const [, size, unit = ''] = (term.startsWith(prefix) && /^(\d+)([bkmgt]?)$/i.exec(term.slice(prefix.length))) || []
    return size === undefined ? [] : [Number(size) * (units[unit.toLowerCase()] ?? 0)]
  })
  return sizes.at(-1)
}
