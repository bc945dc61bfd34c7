// The switch: while its file is there, the agent begins nothing on the host. Its text says why.
import { offFile } from '../model/off-file.js'
import type { System } from '../model/system.js'

export class SwitchedOff extends Error {
  override readonly name = 'SwitchedOff'
  /** In the words of the file. */
  readonly reason: string
  /** Of an order: what has become of it. */
  readonly remedy: string | undefined

  constructor(reason: string, remedy?: string) {
    super(switchedOff(reason))
    this.reason = reason
    this.remedy = remedy
  }
}

export const switchedOff = (reason: string): string => `switched off by ${offFile}${reason === '' ? '' : `: ${reason}`}`

/** Why the agent is switched off, in the words of the file (which may be none); undefined where it is not. */
export const offReason = async (system: System): Promise<string | undefined> =>
  (await system.read(offFile))?.trim().replaceAll(/\s+/g, ' ')

/**
 * Before an order is recorded: one that was given today and is carried out when somebody removes the file, would shut guests down
 * when nobody expects it.
 */
export const requireOn = async (system: System): Promise<void> => {
  const reason = await offReason(system)
  if (reason !== undefined) throw new SwitchedOff(reason, 'nothing was ordered: remove that file, and say it again')
}
