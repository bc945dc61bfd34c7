// What administrators have told the agent itself (marks.ts): holds, claims, orders to install anew, an intervention. Part of
// observe.ts.
import { parseIntervention } from '../../../src/model/intervention.js'
import { parseReinstallation } from '../../../src/model/reinstallation.js'
import type { System } from '../../../src/model/system.js'
import type { Actual } from '../actual.js'
import {
  claimsDirectory,
  holdsDirectory,
  interventionPath,
  reinstallationPath,
  reinstallationsDirectory,
} from '../marks.js'

export const observeMarks = async (
  system: System,
  memory: string,
): Promise<Pick<Actual, 'held' | 'claimed' | 'reinstallations' | 'intervention'>> => ({
  held: await guestsIn(system, holdsDirectory(memory)),
  claimed: await guestsIn(system, claimsDirectory(memory)),
  reinstallations: await readReinstallations(system, memory),
  intervention: parseIntervention(await system.read(interventionPath(memory))),
})

/** `ce.json` is there: what it says is for people. */
const guestsIn = async (system: System, directory: string): Promise<readonly string[]> =>
  ((await system.list(directory)) ?? [])
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length))

const readReinstallations = async (system: System, memory: string): Promise<Actual['reinstallations']> => {
  const orders: Record<string, string> = {}
  for (const key of await guestsIn(system, reinstallationsDirectory(memory))) {
    const known = parseReinstallation(await system.read(reinstallationPath(memory, key)))
    if (known?.isBegun === false) orders[key] = known.order
  }
  return orders
}
