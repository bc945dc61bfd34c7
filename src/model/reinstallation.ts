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

/** The time in which what was ordered may be begun, from when it was ordered on (ISO 8601). */
export type Validity = { readonly from: string; readonly until: string }

/** From when an order may be begun whose file says only until when, as files of earlier versions do. */
export const longAgo = new Date(0).toISOString()

/** Milliseconds that an order is to be begun within, where nobody says another time: a day. */
export const usualValidity = 24 * 60 * 60 * 1000

/** Of what is ordered at a time for so long, both in milliseconds: at most until the last time that there is. */
export const validityFrom = (ordered: number, within: number): Validity => ({
  from: new Date(ordered).toISOString(),
  until: new Date(Math.min(ordered + within, lastTime)).toISOString(),
})

const lastTime = 8.64e15

/** `yet to come`: the clock was wrong when it was ordered, or is now, so nobody knows how old it is. */
export type Timeliness = 'in time' | 'too late' | 'yet to come'

/** What is no time has passed. */
export const timelinessOf = ({ from, until }: Validity, now: Date): Timeliness => {
  const [begin, end] = [Date.parse(from), Date.parse(until)]
  if (Number.isNaN(begin) || !(now.getTime() < end)) return 'too late'
  return now.getTime() < begin - clockStep ? 'yet to come' : 'in time'
}

/** Milliseconds that a clock may be put right by between two looks at it, and nobody is to notice. */
const clockStep = 5 * 60 * 1000

/** Why something that was ordered is not begun at a time; undefined where it may be. */
export const whyNotAt = (validity: Validity, now: Date): string | undefined => {
  switch (timelinessOf(validity, now)) {
    case 'in time':
      return undefined
    case 'too late':
      return `was to be begun until ${validity.until}`
    case 'yet to come':
      return `was ordered at ${validity.from}, which is yet to come: the clock was wrong then, or is now (${now.toISOString()})`
  }
}

/** An order that stands in the file of its guest. */
export type Reinstallation = {
  readonly order: string
  /** The guest has gone down for it: from then on its boot disk says how it stands, and the file nothing. */
  readonly isBegun: boolean
  /** When it may be begun (Validity); null once it is. */
  readonly from: string | null
  readonly until: string | null
}

/** Of one that is begun, always `in time`. */
export const timelinessOfOrder = ({ isBegun, from, until }: Reinstallation, now: Date): Timeliness =>
  isBegun ? 'in time' : timelinessOf({ from: from ?? '', until: until ?? '' }, now)

export const printReinstallation = (reinstallation: Reinstallation): string => `${JSON.stringify(reinstallation)}\n`

/** Undefined where the file says none: nothing is installed over by what cannot be read. */
export const parseReinstallation = (text: string | null): Reinstallation | undefined => {
  const record = parseJson(text ?? '')
  const { order, isBegun, from = longAgo, until } = isMap(record) ? record : {}
  if (typeof order !== 'string' || !isInstallationName(order)) return undefined
  return { order, isBegun: isBegun !== false, from: textOf(from), until: textOf(until) }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
