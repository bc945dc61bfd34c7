// What a component's observe uses to run a command whose output it needs.
import { CommandFailed, type System } from '../model/system.js'

/** The output of a command that only observes. Throws CommandFailed where it ends with anything but 0. */
export const ask = async (system: System, argv: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await system.exec(argv, { effect: 'observe' })
  if (code !== 0) throw new CommandFailed(argv, { reason: `exit ${code}`, code, stderr })
  return stdout
}
