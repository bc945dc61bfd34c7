// The nearest right spelling, for the hint of a diagnostic.
import { closest, distance } from 'fastest-levenshtein'

/** `did you mean "memory"?` where one of the known names is near enough to be what was meant. */
export const didYouMean = (written: string, known: readonly string[]): string | undefined => {
  if (known.length === 0) return undefined
  const near = closest(written, known)
  return distance(written, near) <= Math.max(1, Math.floor(written.length / 3)) ? `did you mean "${near}"?` : undefined
}

/** The near spelling, else what there is to choose from. */
export const didYouMeanOrOneOf = (written: string, known: readonly string[]): string | undefined =>
  didYouMean(written, known) ?? (known.length === 0 ? undefined : `known: ${known.slice(0, 20).join(', ')}`)
