// The simulated host's lvcreate and lvextend, with LVM's rounding, refusals, texts and exit codes (lvm2 2.03.16).
import { type Answer, type Command, fail, notModelled, parseArguments, succeed } from './answer.js'
import { extentSize, volumesOf } from './devices.js'
import { groupNotFound, isValidName, withGroup } from './lvm-groups.js'
import { groupExtents } from './lvm-report.js'
import { identity, own, printLvmUuid, type SimulatedState, type Volume } from './state.js'

export const lvcreate: Command = (state, argv) => {
  const parsed = parseArguments(argv, ['--yes'], ['--wipesignatures', '--size', '--name'])
  const { '--size': size = '', '--name': name = '' } = parsed.options
  const [groupName = '', ...more] = parsed.operands
  if (more.length > 0) throw notModelled(argv)
  if (!isValidName(name)) {
    const usage = "  Run `lvcreate --help' for more information."
    return fail(state, 3, `  Logical volume name "${name}" is invalid.`, usage)
  }
  const wanted = parseBytes(state, argv, size)
  if (typeof wanted !== 'number') return wanted
  const group = own(state.groups, groupName)
  if (group === undefined) return groupNotFound(state, groupName)
  const extents = Math.ceil(wanted / extentSize)
  const rounded = wanted % extentSize === 0 ? [] : [`  Rounding up size to full physical extent ${printLvm(extents)}`]
  const refuse = (line: string): Answer => ({ ...fail(state, 5, line), stdout: succeed(state, ...rounded).stdout })
  if (Object.hasOwn(group.volumes, name)) {
    return refuse(`  Logical Volume "${name}" already exists in volume group "${groupName}"`)
  }
  const { free } = groupExtents(state, group)
  if (extents > free) {
    const needed = `${free} extents): ${extents} required.`
    return refuse(`  Volume group "${groupName}" has insufficient free space (${needed}`)
  }
  const [next, hex] = identity(state)
  const volume: Volume = { uuid: printLvmUuid(hex), extents, minor: freeMinor(state) }
  const volumes = { ...group.volumes, [name]: volume }
  return succeed(withGroup(next, groupName, { ...group, volumes }), ...rounded, `  Logical volume "${name}" created.`)
}

export const lvextend: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, [], ['--size'])
  const [path = '', ...more] = operands
  const [groupName = '', name, ...deeper] = path.split('/')
  if (name === undefined || deeper.length > 0 || more.length > 0) throw notModelled(argv)
  const wanted = parseBytes(state, argv, options['--size'] ?? '')
  if (typeof wanted !== 'number') return wanted
  const group = own(state.groups, groupName)
  if (group === undefined) return groupNotFound(state, groupName)
  const volume = own(group.volumes, name)
  if (volume === undefined) {
    return fail(state, 5, `  Logical volume ${name} not found in volume group ${groupName}.`)
  }
  const extents = Math.ceil(wanted / extentSize)
  const rounded =
    wanted % extentSize === 0 ? [] : [`  Rounding size to boundary between physical extents: ${printLvm(extents)}.`]
  const refuse = (line: string): Answer => ({ ...fail(state, 5, line), stdout: succeed(state, ...rounded).stdout })
  const [given, has] = [`${extents} extents`, `${volume.extents} extents`]
  if (extents === volume.extents) return refuse(`  New size (${given}) matches existing size (${has}).`)
  if (extents < volume.extents) return refuse(`  New size given (${given}) not larger than existing size (${has})`)
  const { free } = groupExtents(state, group)
  const growth = extents - volume.extents
  if (growth > free) return refuse(`  Insufficient free space: ${growth} extents needed, but only ${free} available`)
  const volumes = { ...group.volumes, [name]: { ...volume, extents } }
  const change = `${printLvm(volume.extents)} (${has}) to ${printLvm(extents)} (${given})`
  return succeed(
    withGroup(state, groupName, { ...group, volumes }),
    ...rounded,
    `  Size of logical volume ${path} changed from ${change}.`,
    `  Logical volume ${path} successfully resized.`,
  )
}

/** `10485760b`; LVM takes whole sectors only. */
const parseBytes = (state: SimulatedState, argv: readonly string[], written: string): number | Answer => {
  const bytes = Number(/^(\d+)b$/.exec(written)?.[1] ?? Number.NaN)
  if (Number.isNaN(bytes)) throw notModelled(argv)
  if (bytes % 512 === 0) return bytes
  const below = bytes - (bytes % 512)
  return fail(
    state,
    3,
    `  Size is not a multiple of 512. Try using ${below} or ${below + 512}.`,
    `  Invalid argument for --size: ${written}`,
    '  Error during parsing of command line.',
  )
}

const freeMinor = (state: SimulatedState): number => {
  const taken = new Set(volumesOf(state).map(({ volume }) => volume.minor))
  let minor = 0
  while (taken.has(minor)) minor += 1
  return minor
}

/** Extents as LVM shows a size: two decimals of the largest unit, `<` where that rounds up. */
const printLvm = (extents: number): string => {
  const mebibytes = (extents * extentSize) / 1024 ** 2
  const power = [2, 1, 0].find(exponent => mebibytes >= 1024 ** exponent) ?? 0
  const value = mebibytes / 1024 ** power
  const shown = value.toFixed(2)
  return `${Number(shown) > value ? '<' : ''}${shown} ${['MiB', 'GiB', 'TiB'][power]}`
}
