// A guest that is to be installed anew: an administrator's order, put down as a file in the memory of the component that
// starts guests. It is carried out once: then its name is at the guest's boot disk (disk-tags.ts), and the file says so.
import { isMap, parseJson } from './json.js'

/** What is known of a guest's installation on its host. */
export type GuestInstallation = {
  /** Its name: that of the order, or of the disk's first one. */
  readonly id: string
  /** `ordered`: the guest has not gone down for it yet. */
  readonly state: 'ordered' | 'under way' | 'over'
}

/** The directory in that component's memory; in it `GUEST.json`. */
export const reinstallationsFolder = 'reinstallations'

/** As disk-tags.ts and LVM can keep it. */
export const isInstallationName = (text: string): boolean => /^[A-Za-z0-9_+./:-]{1,64}$/.test(text)

/** An order that stands in the file of its guest. */
export type Reinstallation = {
  readonly order: string
  /** The guest has gone down for it: from then on its boot disk says how it stands, and the file nothing. */
  readonly isBegun: boolean
  /** It is not begun after this (ISO 8601). Of no more meaning once it is begun. */
  readonly until: string | null
}

/** Milliseconds that an order is to be begun within, where nobody says another time: a day. */
export const usualValidity = 24 * 60 * 60 * 1000

/**
 * Until when what was ordered at a time may be begun, both in milliseconds: at most until the last time that there is. ISO 8601.
 */
export const endOf = (ordered: number, within: number): string =>
  new Date(Math.min(ordered + within, lastTime)).toISOString()

const lastTime = 8.64e15

/** Whether it was not begun in its time: then it is none any more. */
export const isOverdue = ({ isBegun, until }: Reinstallation, now: Date): boolean =>
  !isBegun && hasPassed(until ?? '', now)

/** Whether a time (ISO 8601) has come. What is no time has passed. */
export const hasPassed = (time: string, now: Date): boolean => !(now.getTime() < Date.parse(time))

export const printReinstallation = (reinstallation: Reinstallation): string => `${JSON.stringify(reinstallation)}\n`

/** Undefined where the file says none: nothing is installed over by what cannot be read. */
export const parseReinstallation = (text: string | null): Reinstallation | undefined => {
  const record = parseJson(text ?? '')
  const { order, isBegun, until } = isMap(record) ? record : {}
  if (typeof order !== 'string' || !isInstallationName(order)) return undefined
  return { order, isBegun: isBegun !== false, until: typeof until === 'string' ? until : null }
}
