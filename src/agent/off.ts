// The switch: while its file is there, the agent begins nothing on the host. Its text says why.
import { offFile } from '../model/off-file.js'
import type { System } from '../model/system.js'

export class SwitchedOff extends Error {
  override readonly name = 'SwitchedOff'

  constructor(reason: string) {
    super(switchedOff(reason))
  }
}

export const switchedOff = (reason: string): string => `switched off by ${offFile}${reason === '' ? '' : `: ${reason}`}`

/** Why the agent is switched off, in the words of the file (which may be none); undefined where it is not. */
export const offReason = async (system: System): Promise<string | undefined> =>
  (await system.read(offFile))?.trim().replaceAll(/\s+/g, ' ')
