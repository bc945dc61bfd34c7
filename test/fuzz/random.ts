// Random choices that a seed decides, so that every case of the fuzzer can be made again.

export type Random = {
  /** A whole number from 0 up to and without this one. */
  readonly below: (limit: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item
  /** One of a list that may be empty. */
  readonly pickOf: <Item>(items: readonly Item[]) => Item | undefined
}

/** Mulberry32: small, even, and the same on every machine. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: probability => next() < probability,
    pick: items => items[below(items.length)] ?? items[0],
    pickOf: items => items[below(items.length)],
  }
}
