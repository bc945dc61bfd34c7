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
