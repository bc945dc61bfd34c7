/** What is reached from some, directly or through others; they themselves are among it. Of a circle, all of it. */
export const reachedFrom = (starts: Iterable<string>, next: (one: string) => Iterable<string>): ReadonlySet<string> => {
  const reached = new Set(starts)
  // What is added to a set while it is walked through is walked through, too.
  for (const one of reached) for (const other of next(one)) reached.add(other)
  return reached
}
