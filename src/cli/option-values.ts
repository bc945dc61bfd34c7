// How options read their values that several verbs have.
import { InvalidArgumentError } from 'commander'
import { parseQuantity } from '../model/quantity.js'

/** A whole number within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`expected a number from ${least} to ${most}`)
  }

/** `90s`, `2h`, as milliseconds. */
export const duration = (text: string): number => {
  const parsed = parseQuantity(text, { kind: 'duration', unit: 's' })
  if (parsed.ok) return parsed.value * 1000
  throw new InvalidArgumentError(`expected ${parsed.expected}`)
}

/** `2h` from now, or a date, with a time or without, by the local clock unless it names its zone. */
export const timeAhead = (text: string): Date => {
  const time = dateOf(text) ?? after(text)
  if (time === undefined || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('expected 30m, 2h, 3d, 2026-01-31 or 2026-01-31T18:00')
  if (time.getTime() <= Date.now()) throw new InvalidArgumentError('it is past')
  return time
}

/** More strictly than Date reads it: to that, 3600 is a year, and the 31st of February in March. */
const dateOf = (text: string): Date | undefined => {
  const [, day, time = '00:00', zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? []
  const midnight = new Date(`${day}T00:00Z`)
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(`${day}T`)
  return isDay ? new Date(`${day}T${time}${zone}`) : undefined
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

const after = (text: string): Date | undefined => {
  const [, count, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? []
  return count === undefined ? undefined : new Date(Date.now() + Number(count) * (units[unit] ?? 0))
}

/** Of an option that may be repeated, all its values. */
export const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value]

/** Of --allow. */
export const whatIsAllowed =
  'allow what waits for leave, as the report names it: restart:GUEST, destroy:lvm/GROUP/VOLUME (repeatable)'

/** Of --allow, all its values: what a report names is a kind and of what, or comes to the whole host. */
export const allowed = (value: string, before: readonly string[]): readonly string[] => {
  if (/^[a-z-]+:.+$/.test(value) || ['reboot', 'window'].includes(value)) return [...before, value]
  throw new InvalidArgumentError(
    'expected what a report names: restart:GUEST, destroy:COMPONENT/WHAT, retry:COMPONENT, reboot, window',
  )
}
