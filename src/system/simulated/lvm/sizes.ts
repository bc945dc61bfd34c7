// Sizes as the simulated host's LVM takes, rounds and shows them.
import { type Answer, fail, notModelled } from '../answer.js'
import { extentSize } from '../devices.js'
import type { SimulatedState } from '../state.js'

/** `10485760b` after an option; LVM takes whole sectors only. An answer refuses it. */
export const parseBytes = (
  state: SimulatedState,
  argv: readonly string[],
  option: string,
  written: string,
): number | Answer => {
  const bytes = Number(/^(\d+)b$/.exec(written)?.[1] ?? Number.NaN)
  if (Number.isNaN(bytes)) throw notModelled(argv)
  if (bytes % 512 === 0) return bytes
  const below = bytes - (bytes % 512)
  return fail(
    state,
    3,
    `  Size is not a multiple of 512. Try using ${below} or ${below + 512}.`,
    `  Invalid argument for ${option}: ${written}`,
    '  Error during parsing of command line.',
  )
}

export const extentsFor = (bytes: number): number => Math.ceil(bytes / extentSize)

/** What lvcreate says of a size that is no whole number of extents. */
export const roundingUp = (bytes: number): readonly string[] =>
  bytes % extentSize === 0 ? [] : [`  Rounding up size to full physical extent ${printLvm(extentsFor(bytes))}`]

/** The same of lvextend. */
export const rounding = (bytes: number): readonly string[] =>
  bytes % extentSize === 0
    ? []
    : [`  Rounding size to boundary between physical extents: ${printLvm(extentsFor(bytes))}.`]

/** Extents as LVM shows a size: two decimals of the largest unit, `<` where that rounds up. */
export const printLvm = (extents: number): string => {
  const mebibytes = (extents * extentSize) / 1024 ** 2
  const power = [2, 1, 0].find(exponent => mebibytes >= 1024 ** exponent) ?? 0
  const value = mebibytes / 1024 ** power
  const shown = value.toFixed(2)
  return `${Number(shown) > value ? '<' : ''}${shown} ${['MiB', 'GiB', 'TiB'][power]}`
}
