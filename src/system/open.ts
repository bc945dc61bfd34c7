// The System that the command line names. Only the full command comes here: the bundled agent takes LocalSystem
// itself, and so holds no simulator.
import type { System } from '../model/system.js'
import { type LocalOptions, LocalSystem } from './local.js'
import { openSimulated } from './simulated/open-simulated.js'
import { SystemSpecError } from './simulated/spec.js'

/**
 * `local`, or `sim:FILE?ram=64GiB&pv=/dev/sdb:500GiB&hostname=NAME`. `root` and `children` are for `local`. Throws
 * SystemSpecError, which says what was expected.
 */
export const openSystem = async (spec: string, options: LocalOptions = {}): Promise<System> => {
  if (spec === 'local') return new LocalSystem(options)
  if (!spec.startsWith('sim:')) throw new SystemSpecError(`unknown system ${spec}: expected local or sim:FILE`)
  if (options.root !== undefined) throw new SystemSpecError('a simulated host has its own files: leave the root out')
  return openSimulated(spec.slice('sim:'.length))
}
