// Whether the group that has a declared name is the one that was meant: it lies on one of the declared devices at least.
// A disk from another host brings its own group along, while ours is missing. Pure; why: docs/decisions/06-group-identity.md.
import type { Actual } from './actual.js'
import type { Group } from './declared.js'

export const isMember = (path: string, group: string, { devices }: Pick<Actual, 'devices'>): boolean => {
  const found = devices[path]
  return found?.state === 'member' && found.group === group
}

/** Where no devices are declared, the name is all there is. */
export const isForeign = (name: string, { devices }: Group, actual: Actual): boolean =>
  devices !== undefined && !devices.some(({ path }) => isMember(path, name, actual))

export const foreignFault = (name: string, { devices }: Group, actual: Actual): string => {
  const where = devices?.map(({ path }) => {
    const found = actual.devices[path]
    if (found === undefined || found.state === 'missing') return `${path} is not there`
    return found.state === 'member' ? `${path} belongs to group ${found.group}` : `${path} is in no group`
  })
  const lies = actual.physical.filter(({ group }) => group === name).map(({ device }) => device)
  return `the group of this name lies on ${lies.join(', ')}, on none of the declared devices: ${where?.join('; ')}`
}
