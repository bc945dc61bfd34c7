/** Computes a function of a name once. */
export const remember = <Result>(compute: (name: string) => Result): ((name: string) => Result) => {
  const known = new Map<string, Result>()
  return name => {
    const result = known.get(name)
    if (result !== undefined || known.has(name)) return result as Result
    const computed = compute(name)
    known.set(name, computed)
    return computed
  }
}
