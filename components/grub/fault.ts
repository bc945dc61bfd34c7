// What no update of the menu helps: a default that the host can't have. Pure.
import type { Actual } from './actual.js'
import type { Aim } from './aim.js'
import type { GRUB } from './desired.js'
import { isMadeFor } from './fragment.js'
import { keptId } from './last-good.js'
import { defaultEntryOf, entryLacks, printDefault } from './reasons.js'

/** Why the declaration is wrong for this host; undefined where it is not, or where only a new menu will tell. */
export const faultOf = (desired: GRUB, actual: Actual, { found }: Aim): string | undefined => {
  const { default: wanted, xen } = desired
  const { missingFiles, config } = actual
  if (missingFiles.length > 0)
    return `${missingFiles.join(' and ')} is not in /boot: install it, or declare another default`
  if (found !== 'these' || !config.isComplete) return undefined
  const entries = config.items.filter(({ id }) => id !== keptId)
  const entry = defaultEntryOf(actual)
  const isMade = wanted !== undefined && isMadeFor(wanted, config.default)
  if (isMade && entry === undefined)
    return `no entry of the menu is ${printDefault(wanted)}; it has: ${entries.map(({ title }) => title).join('; ')}`
  const lacks = entry === undefined ? [] : entryLacks(entry, desired)
  if (isMade && entry?.script !== undefined && !takesSettings(entry.script) && lacks.length > 0)
    return `${entry.title}, of /etc/grub.d/${entry.script}, has not what is declared, and no update of the menu helps: ${lacks.join(', ')}`
  const hasXenOptions = Object.keys(xen?.options ?? {}).length > 0
  if (hasXenOptions && entries.every(entry => entry.xen === null && entry.items.every(item => item.xen === null)))
    return 'Xen has options, and no entry of the menu starts it: install a hypervisor, or declare none'
  return undefined
}

/** The distribution's own (10_linux_zfs is Ubuntu's), which write GRUB_CMDLINE_LINUX and GRUB_CMDLINE_XEN into what they print. */
const takesSettings = (script: string): boolean => /^\d+_linux(_xen|_zfs)?$/.test(script)
