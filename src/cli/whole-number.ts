// Options that are numbers.
import { InvalidArgumentError } from 'commander'

/** A whole number within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`expected a number from ${least} to ${most}`)
  }
