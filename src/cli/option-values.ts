// How options read their values that several verbs have.
import { InvalidArgumentError } from 'commander'
import { parseDuration, units } from '../model/quantity.js'

/** A whole number within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`expected a number from ${least} to ${most}`)
  }

/** `90s`, `5min`, `2h`, as milliseconds. */
export const duration = (text: string): number => {
  const parsed = parseDuration(text)
  if (parsed.ok) return parsed.value * 1000
  throw new InvalidArgumentError(`expected ${parsed.expected}`)
}

/** `2h` from now, or a date, with a time or without, by the local clock unless it names its zone. */
export const timeAhead = (text: string): Date => {
  const time = dateOf(text) ?? after(text)
  if (time === undefined || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError(
      `expected a date, 2026-01-31 or 2026-01-31T18:00, or a duration: a number with one of ${units.duration.join(', ')}`,
    )
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

/** A bare number could be meant as a year. */
const after = (text: string): Date | undefined => {
  const parsed = parseDuration(text)
  return parsed.ok && !/\d\s*$/.test(text) ? new Date(Date.now() + parsed.value * 1000) : undefined
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
