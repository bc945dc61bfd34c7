// The simulated host's filling of devices and files: what an image holds is its digest. It takes two steps, so that it can
// be cut short in between.
import { CommandFailed, type Fill } from '../../model/system.js'
import { isHeld, kernelName, sizeOf, userOf, volumeAt } from './devices.js'
import { statFile } from './files.js'
import { type Content, own, type SimulatedState } from './state.js'

/** The state in the middle of it, and the one after it or why there is none. */
export type Filling = { readonly half: SimulatedState; readonly whole: SimulatedState | CommandFailed }

/** Throws CommandFailed where it does not even begin. */
export const fillDisk = (state: SimulatedState, fill: Fill): Filling => {
  const { source, sha256, target } = fill
  const fail = (reason: string): CommandFailed =>
    new CommandFailed(['fill', target], { reason: `from ${source}: ${reason}` })
  const size = sizeOf(state, target) ?? sizeOfFile(state, target)
  if (size === undefined) throw fail(`ENOENT: no such file or directory, open '${target}'`)
  if (isHeld(state, target) || userOf(state, target) !== undefined) throw fail(`${target} is in use`)
  const known = own(state.sources ?? {}, source)
  if (known === null) throw fail(`ENOENT: no such file or directory, open '${source}'`)
  const half = withContent(state, fill, { half: true })
  if (known !== undefined && known.sha256 !== sha256)
    return { half, whole: fail(`its sha256 is ${known.sha256}, declared ${sha256}`) }
  if ((known?.size ?? 0) > size) return { half, whole: fail(`the image is larger than ${target}`) }
  return { half, whole: withContent(state, fill, {}) }
}

/** What a device or file was filled with; undefined where it was not. */
export const contentOf = (state: SimulatedState, path: string): Content | undefined =>
  own(state.contents ?? {}, contentName(state, path))

const withContent = (
  state: SimulatedState,
  { sha256, unpack, target, filesystem }: Fill,
  more: Pick<Content, 'half'>,
): SimulatedState => {
  const content: Content = { sha256, unpack, ...(filesystem && { filesystem }), ...more }
  return { ...state, contents: { ...state.contents, [contentName(state, target)]: content } }
}

/** A volume by its group and name, for its number may be another one after a boot. */
const contentName = (state: SimulatedState, path: string): string =>
  volumeAt(state, path)?.names[0] ?? kernelName(state, path)

const sizeOfFile = (state: SimulatedState, path: string): number | undefined => {
  const found = statFile(state, path)
  return found?.type === 'file' ? found.size : undefined
}
