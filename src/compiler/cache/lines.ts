// A set of lines, found by how they begin: what is kept of a site, so that whoever asks about one machine reads only what is
// said of it. Each line is a JSON list of what it says. Pure.
import { byCodeUnit, type Json, parseJson } from '../../model/json.js'

export type Lines = {
  /** Those that begin so, in code-unit order. */
  readonly startingWith: (beginning: string) => readonly string[]
}

/** What has come to a set of lines since it was written, and what has gone. */
export type Journal = { readonly come: readonly string[]; readonly gone: readonly string[] }

export const emptyJournal: Journal = { come: [], gone: [] }

export const printLine = (...parts: readonly Json[]): string => JSON.stringify(parts)

/** The lines that begin with these parts, each as the parts that follow them. */
export const linesOf = ({ startingWith }: Lines, ...parts: readonly Json[]): readonly (readonly Json[])[] =>
  startingWith(`${printLine(...parts).slice(0, -1)},`).map(line =>
    (parseJson(line) as readonly Json[]).slice(parts.length),
  )

/** Lines in code-unit order as a set. */
export const sortedLines = (lines: readonly string[]): Lines => ({
  startingWith: beginning => {
    const start = firstFrom(lines, beginning)
    const length = lines.slice(start).findIndex(line => !line.startsWith(beginning))
    return length < 0 ? lines.slice(start) : lines.slice(start, start + length)
  },
})

/** The index of the first of sorted texts that is not before another one. */
export const firstFrom = (texts: readonly string[], text: string): number => {
  let [low, high] = [0, texts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((texts[middle] ?? '') < text) low = middle + 1
    else high = middle
  }
  return low
}

/** The lines of a set as a journal has changed them. */
export const withJournal = (lines: Lines, { come, gone }: Journal): Lines => {
  const added = sortedLines([...come].sort(byCodeUnit))
  const removed = new Set(gone)
  return {
    startingWith: beginning => {
      const before = lines.startingWith(beginning).filter(line => !removed.has(line))
      const new_ = added.startingWith(beginning)
      return new_.length === 0 ? before : [...before, ...new_].sort(byCodeUnit)
    },
  }
}

/** A journal with one more change behind it. */
export const continued = (journal: Journal, change: Journal): Journal => {
  const [come, gone] = [new Set(journal.come), new Set(journal.gone)]
  for (const line of change.gone) if (!come.delete(line)) gone.add(line)
  for (const line of change.come) if (!gone.delete(line)) come.add(line)
  return { come: [...come], gone: [...gone] }
}
