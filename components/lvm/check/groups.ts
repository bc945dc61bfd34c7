// The group of a guest's disk is one that is declared, or one that is on the host already, which nobody knows here: so a name
// that is nearly a declared one is told. Part of check-site.ts; pure.
import type { SiteFault } from '../../../src/model/component.js'
import type { Group } from '../desired.js'
import type { Host } from '../host.js'
import { guestDisks } from './guest-disks.js'

export const checkGroups = (host: Host): readonly SiteFault[] => {
  const groups = host.desired.groups ?? {}
  const declared = Object.keys(groups).filter(name => isMade(groups[name]))
  return guestDisks(host).flatMap(({ isAbsent, group, pointer }): readonly SiteFault[] => {
    const known = declared.filter(name => withoutNumbers(name) !== withoutNumbers(group ?? ''))
    if (group === undefined || isAbsent || declared.includes(group) || known.length === 0) return []
    const message = `group ${group} of ${host.name} has no devices: it must be there already`
    const place = { machine: host.name, pointer: pointer.replace(/volume$/, 'group') }
    return [{ code: 'advice', message, known, isSlip: true, ...place }]
  })
}

/** A group without devices has volumes, which may be those that it takes from its guests. */
const isMade = (group: Group | undefined): boolean => group?.devices !== undefined || group?.pools !== undefined

/** vg0 and vg1 are two, and both are meant. */
const withoutNumbers = (name: string): string => name.replace(/\d+/g, '')
