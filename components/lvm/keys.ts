// What actions provide to each other and to other components' actions, and what all of them have in common.
import type { Key, Op } from '../../src/model/action.js'

export const groupKey = (group: string): Key => `group:${group}`
export const poolKey = (group: string, pool: string): Key => `pool:${group}/${pool}`
export const blockKey = (group: string, volume: string): Key => `block:/dev/${group}/${volume}`
/** The volume by its name, without its size. */
export const volumeKey = (group: string, volume: string): Key => `volume:${group}/${volume}`
/** A volume or pool that is given up is no more. */
export const goneKey = (group: string, name: string): Key => `gone:${group}/${name}`
/** What the group has back of those. */
export const spaceKey = (group: string): Key => `space:${group}`
export const deviceKey = (path: string): Key => `block:${path}`
export const fileKey = (path: string): Key => `file:${path}`

/** LVM waits for udev and for other LVM commands. */
const lvmTimeout = 120_000

export const lvmCommand = (argv: readonly string[], timeout = lvmTimeout): Op => ({ op: 'exec', argv, timeout })

/** An action about something in a group. */
export const inGroup = (group: string, name: string, step: string) =>
  ({
    id: `lvm/${group}/${name}/${step}`,
    component: 'lvm',
    resource: `${group}/${name}`,
    risk: 'safe',
    requires: [groupKey(group)],
  }) as const
