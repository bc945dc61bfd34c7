// What no update of the menu helps: a default that the host can't have. Pure.
import type { Actual } from './actual.js'
import type { Aim } from './aim.js'
import type { GRUB } from './desired.js'
import { isMadeFor } from './fragment.js'
import { keptId } from './last-good.js'
import { defaultEntryOf, printDefault } from './reasons.js'

/** Why the declaration is wrong for this host; undefined where it is not, or where only a new menu will tell. */
export const faultOf = ({ default: wanted, xen }: GRUB, actual: Actual, { found }: Aim): string | undefined => {
  const { missingFiles, config } = actual
  if (missingFiles.length > 0)
    return `${missingFiles.join(' and ')} is not in /boot: install it, or declare another default`
  if (found !== 'these' || !config.isComplete) return undefined
  const entries = config.items.filter(({ id }) => id !== keptId)
  if (wanted !== undefined && isMadeFor(wanted, config.default) && defaultEntryOf(actual) === undefined)
    return `no entry of the menu is ${printDefault(wanted)}; it has: ${entries.map(({ title }) => title).join('; ')}`
  const hasXenOptions = Object.keys(xen?.options ?? {}).length > 0
  if (hasXenOptions && entries.every(entry => entry.xen === null && entry.items.every(item => item.xen === null)))
    return 'Xen has options, and no entry of the menu starts it: install a hypervisor, or declare none'
  return undefined
}
