// Which guests were asked to shut down, and which of them have taken longer than they may. The host itself compares the
// times, so that what was observed holds none. Part of observe.ts.
import type { System } from '../../../src/model/system.js'
import { ask } from '../../../src/system/ask.js'
import type { Actual } from '../actual.js'
import type { Domain } from '../domain.js'
import { askedDirectory, askedPath } from '../stop.js'
import { parseUptime } from '../xl-uptime.js'

export const observeAsked = async (
  system: System,
  declared: readonly Domain[],
  { domains, boot, memory }: Pick<Actual, 'domains' | 'boot' | 'memory'>,
): Promise<Pick<Actual, 'asked' | 'overdue'>> => {
  const asked = (await system.list(askedDirectory(memory))) ?? []
  const overdue: string[] = []
  for (const domain of declared.filter(({ key }) => asked.includes(key))) {
    const isThere = domains.some(({ name, state }) => name === domain.name && state !== 'dying')
    if (isThere && (await isOverdue(system, domain, boot, askedPath(memory, domain.key)))) overdue.push(domain.key)
  }
  return { asked, overdue }
}

/** Asked in this boot, and this domain, not one of its name that has ended since: it is older than the question. */
const isOverdue = async (system: System, domain: Domain, boot: string, asked: string): Promise<boolean> => {
  if ((await system.read(asked))?.trim() !== boot) return false
  const { code, stdout } = await system.exec(['xl', 'uptime', domain.name], { effect: 'observe' })
  if (code !== 0) return false // Gone since it was listed.
  const age = parseUptime(stdout)
  if (age === null) return false
  const limit = domain.shutdownTimeout / 60_000
  return (await ask(system, ['find', asked, '-mmin', `+${limit}`, '-mmin', `-${age / 60}`])) !== ''
}
