// /system/maintenance: the windows in which a host may be disturbed, as the document declares them, whether one is open
// at a given time, and when the next one opens. Pure: the schema holds the form, this file the meaning.
import { isList, isMap, type Json } from './json.js'

/** In the order of the week; a window's `days` are these words. */
export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof days)[number]

export type Window = {
  /** The days on which it opens. */
  readonly days: readonly Day[]
  /** Minutes since midnight, by the clock on the wall. */
  readonly from: number
  /** One that is not after `from` is on the next day. */
  readonly to: number
}

export type Maintenance = {
  readonly windows: readonly Window[]
  /** A name of the IANA time zone database. */
  readonly timezone: string
}

/** `HH:MM` of a day, 00:00 to 24:00, as minutes; undefined where it is none. */
export const parseTimeOfDay = (text: string): number | undefined => {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? []
  const time = Number(hours) * 60 + Number(minutes)
  return time <= 24 * 60 ? time : undefined
}

/** Whether this program knows the zone; offsets such as +01:00 are none, for they know no summer. */
export const isTimezone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Reads the value at /system/maintenance, absent too; undefined where it has not the form of the schema. */
export const parseMaintenance = (value: Json | undefined): Maintenance | undefined => {
  if (value === undefined) return { windows: [], timezone: 'UTC' }
  if (!isMap(value)) return undefined
  const { windows: listed = [], timezone = 'UTC' } = value
  if (!isList(listed) || typeof timezone !== 'string' || !isTimezone(timezone)) return undefined
  const windows = listed.flatMap(window => parseWindow(window) ?? [])
  return windows.length === listed.length ? { windows, timezone } : undefined
}

const parseWindow = (value: Json): Window | undefined => {
  if (!isMap(value) || typeof value.from !== 'string' || typeof value.to !== 'string') return undefined
  const [from, to] = [parseTimeOfDay(value.from), parseTimeOfDay(value.to)]
  const on =
    value.days === undefined ? days : isList(value.days) && value.days.map(day => days.find(one => one === day))
  if (from === undefined || to === undefined || on === false) return undefined
  const known = on.filter(day => day !== undefined)
  return known.length === on.length ? { days: known, from, to } : undefined
}

/**
 * Whether a window is open. Its clock is the one on the wall of its time zone: an hour that is skipped in spring opens
 * nothing, one that comes twice in autumn is open twice.
 */
export const isOpen = ({ windows, timezone }: Maintenance, now: Date): boolean =>
  windows.length > 0 && isOpenAt(windows, wallClock(timezone)(now.getTime()))

/** When a window is open next, by the same clock: `now` where one is; undefined where none ever is. */
export const nextOpening = ({ windows, timezone }: Maintenance, now: Date): Date | undefined => {
  const openings = windows.filter(hasTime).flatMap(openingsOf)
  if (openings.length === 0) return undefined
  const clock = wallClock(timezone)
  let time = now.getTime() - (now.getTime() % minute)
  while (!isOpenAt(windows, clock(time))) {
    const wall = clock(time)
    const next = time + Math.min(...openings.map(opening => minutesUntil(opening, wall))) * minute
    time = firstJump(clock, time, next) ?? next
  }
  return new Date(Math.max(time, now.getTime()))
}

/** Milliseconds. */
const minute = 60_000
const day = 24 * 60
const week = 7 * day

/** Minutes since Monday, 00:00, by the clock on the wall; `time` is of Date. */
type WallClock = (time: number) => number

const isOpenAt = (windows: readonly Window[], wall: number): boolean => {
  const [today, minutes] = [Math.floor(wall / day), wall % day]
  return windows.some(({ days: on, from, to }) => {
    const opensOn = (index: number): boolean => on.some(name => name === days[(index + 7) % 7])
    if (from < to) return opensOn(today) && from <= minutes && minutes < to
    return (opensOn(today) && from <= minutes) || (opensOn(today - 1) && minutes < to)
  })
}

/** One from 24:00 to 00:00 is over when it begins. */
const hasTime = ({ from, to }: Window): boolean => from < day || to > 0

/** Its beginnings in a week. */
const openingsOf = ({ days: on, from }: Window): readonly number[] => on.map(name => days.indexOf(name) * day + from)

/** At least one: what began just now is over, or the hour that would have had it was skipped. */
const minutesUntil = (opening: number, wall: number): number => ((opening - wall - 1 + 2 * week) % week) + 1

/** The first minute up to `until` that the clock on the wall is put forward or back; there is at most one. */
const firstJump = (clock: WallClock, since: number, until: number): number | undefined => {
  const hasJumped = (time: number): boolean => (clock(time) - clock(since) - (time - since) / minute) % week !== 0
  if (!hasJumped(until)) return undefined
  let [before, after] = [since, until]
  while (after - before > minute) {
    const between = before + Math.floor((after - before) / minute / 2) * minute
    if (hasJumped(between)) after = between
    else before = between
  }
  return after
}

const wallClock = (timezone: string): WallClock => {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const names: readonly string[] = days
  return time => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]))
    const today = names.indexOf(parts.get('weekday')?.toLowerCase() ?? '')
    return today * day + Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
  }
}
