// What is remembered of the starts of domains that are missing, of those that are not kept up, and of those that may be
// restarted without leave. The host itself compares the times, so that what was observed holds none. Part of observe.ts.
import type { System } from '../../../src/model/system.js'
import { ask } from '../../../src/system/ask.js'
import type { Actual, Starts } from '../actual.js'
import type { Domain } from '../domain.js'
import { backOff, giveUp, startsDirectory } from '../starts.js'

export const observeStarts = async (
  system: System,
  declared: readonly Domain[],
  { domains, boot, memory }: Pick<Actual, 'domains' | 'boot' | 'memory'>,
): Promise<Actual['starts']> => {
  const starts: Record<string, Starts> = {}
  for (const { key, name, isKeptUp, mayDisrupt } of declared) {
    if (isKeptUp && !mayDisrupt && domains.some(domain => domain.name === name)) continue
    const found = await startsOf(system, startsDirectory(memory, key), boot)
    if (found !== undefined) starts[key] = found
  }
  return starts
}

const startsOf = async (system: System, directory: string, boot: string): Promise<Starts | undefined> => {
  const files = await system.list(directory)
  if (files === null) return undefined
  const numbers: number[] = []
  const earlier: number[] = []
  for (const file of files.filter(name => /^\d+$/.test(name))) {
    const isOfThisBoot = (await system.read(`${directory}/${file}`))?.trim() === boot
    ;(isOfThisBoot ? numbers : earlier).push(Number(file))
  }
  numbers.sort((a, b) => a - b)
  earlier.sort((a, b) => a - b)
  return { numbers, earlier, recent: await howMany(system, directory, numbers) }
}

/** Nobody is asked about a domain that was not started often enough. */
const howMany = async (system: System, directory: string, numbers: readonly number[]): Promise<Starts['recent']> => {
  const isReached = async ({ starts, minutes }: { starts: number; minutes: number }): Promise<boolean> => {
    if (numbers.length < starts) return false
    const found = await ask(system, ['find', directory, '-type', 'f', '-mmin', `-${minutes}`])
    const recent = found.split('\n').map(path => Number(path.slice(directory.length + 1)))
    return numbers.filter(number => recent.includes(number)).length >= starts
  }
  if (await isReached(giveUp)) return 'too many'
  return (await isReached(backOff)) ? 'many' : 'few'
}
