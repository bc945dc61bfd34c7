// The nearest right spelling, for the hint of a diagnostic, and for knowing what a misspelt key was meant to be.
import { closest, distance } from 'fastest-levenshtein'
import { namesText } from '../model/shorten.js'

/** The known name that was probably meant: another case of it, two neighbours swapped, or a few letters changed. */
export const nearest = (written: string, known: readonly string[]): string | undefined => {
  if (known.length === 0 || written.length > maxLength) return undefined
  const lower = written.toLowerCase()
  const slip = known.find(name => name.toLowerCase() === lower || isSwapped(written, name))
  if (slip !== undefined) return slip
  const near = closest(written, known)
  return distance(written, near) <= Math.max(1, Math.floor(written.length / 3)) ? near : undefined
}

/** Nobody's misspelling is longer; comparing takes time by length. */
const maxLength = 200

/** Whether two neighbouring characters changed places: `crads`, the commonest slip, which counts as two changes. */
const isSwapped = (a: string, b: string): boolean => {
  const at = a.split('').findIndex((character, index) => character !== b[index])
  return a.length === b.length && at >= 0 && a.slice(0, at) + a[at + 1] + a[at] + a.slice(at + 2) === b
}

/** `did you mean "memory"?` where one of the known names is near enough to be what was meant. */
export const didYouMean = (written: string, known: readonly string[]): string | undefined => {
  const near = nearest(written, known)
  return near === undefined ? undefined : `did you mean "${near}"?`
}

/** The near spelling, else what there is to choose from. */
export const didYouMeanOrOneOf = (written: string, known: readonly string[]): string | undefined =>
  didYouMean(written, known) ?? (known.length === 0 ? undefined : `known: ${namesText(known, 20)}`)
