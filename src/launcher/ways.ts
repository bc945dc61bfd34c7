// The ways that a process has gone through its program, of those that not every run goes: what the first of all runs took may lack
// them, and so may the code that was kept of it (kept-code.ts). The first that goes one has it kept, too.

const gone = new Set<string>()

/** By a short word. */
export const goWay = (way: string): void => void gone.add(way)

/** What a program exports to the launcher. */
export const waysGone = (): readonly string[] => [...gone]
