// What stands on a block device, as far as that tells whether it is blank.
import { MiB } from '../model/quantity.js'
import { CommandFailed, type System } from '../model/system.js'
import { ask } from './ask.js'

/** The types of the signatures that wipefs(8) finds: `ext4`, `dos`. */
export const signaturesOn = async (system: System, path: string): Promise<readonly string[]> => {
  const stdout = await ask(system, ['wipefs', '--no-act', '--json', path])
  const parsed: { signatures: readonly { type: string }[] } =
    stdout.trim() === '' ? { signatures: [] } : JSON.parse(stdout)
  return parsed.signatures.map(({ type }) => type)
}

/** Whether the first and the last MiB hold zeros only. A device of less than one MiB does not count. */
export const isZeroAtEnds = async (system: System, path: string, size: number): Promise<boolean> =>
  (await isZero(system, path, 0)) && (await isZero(system, path, size - MiB))

const isZero = async (system: System, path: string, offset: number): Promise<boolean> => {
  if (offset < 0) return false
  const skip = offset === 0 ? [] : [`--ignore-initial=${offset}:0`]
  const argv = ['cmp', `--bytes=${MiB}`, ...skip, path, '/dev/zero']
  const { code, stderr } = await system.exec(argv, { effect: 'observe' })
  if (code > 1) throw new CommandFailed(argv, { reason: `exit ${code}`, code, stderr })
  return code === 0
}

/** Neither a signature nor anything else at its ends. */
export const isBlank = async (system: System, path: string): Promise<boolean> => {
  const report = await ask(system, ['lsblk', '--json', '--bytes', '-o', 'PATH,SIZE', path])
  const parsed: { blockdevices: readonly { size: number }[] } = JSON.parse(report)
  const size = parsed.blockdevices[0]?.size ?? 0
  return (await signaturesOn(system, path)).length === 0 && (await isZeroAtEnds(system, path, size))
}
