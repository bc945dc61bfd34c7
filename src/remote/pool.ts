// Work on many hosts at once, bounded: what users size is never started all together.

/** Works on the items, so many at a time; the results are in the items' order. The first error ends it. */
export const inPool = async <Item, Result>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = []
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(size, items.length) }, worker))
  return results
}
