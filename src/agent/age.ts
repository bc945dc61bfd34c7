// Ages: between two times, and for people. Pure.

/** Whole seconds from a time (ISO 8601) to now; 0 where the clock was set back since; null where the text is no time. */
export const ageOf = (time: string, now: Date): number | null => {
  const then = Date.parse(time)
  return Number.isNaN(then) ? null : Math.max(0, Math.floor((now.getTime() - then) / 1000))
}

/** `40 s`, `12 min`, `5 h`, `3 days`: in the largest unit of which there are two. */
export const ageText = (seconds: number): string => {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} days`
}
