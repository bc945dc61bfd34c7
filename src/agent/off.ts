// The switch: while this file is there, the agent changes nothing on the host. Its text says why. It stands beside no
// state, so that it can be laid down before the agent comes, and outlives a state that is removed.
import type { System } from '../model/system.js'

export const offFile = '/etc/xenclosure/off'

export class SwitchedOff extends Error {
  override readonly name = 'SwitchedOff'

  constructor(reason: string) {
    super(`switched off by ${offFile}${reason === '' ? '' : `: ${reason}`}`)
  }
}

/** Why the agent is switched off, in the words of the file (which may be none); undefined where it is not. */
export const offReason = async (system: System): Promise<string | undefined> =>
  (await system.read(offFile))?.trim().replaceAll(/\s+/g, ' ')
