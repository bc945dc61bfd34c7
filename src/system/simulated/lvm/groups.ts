// The simulated host's vgcreate and vgextend, with LVM's refusals, texts and exit codes (lvm2 2.03.16): 3 for wrong
// arguments, 5 for what cannot be done.
import { type Answer, type Command, fail, parseArguments, succeed } from '../answer.js'
import { deviceAt, groupOn, kernelName } from '../devices.js'
import { type Group, identity, own, printLvmUuid, type SimulatedState } from '../state.js'

export const vgcreate: Command = (state, argv) => {
  const [name = '', ...paths] = parseArguments(argv, [], []).operands
  const usage = "  Run `vgcreate --help' for more information."
  if (!isValidName(name)) {
    const valid = '  Name contains invalid character, valid set includes: [a-zA-Z0-9.-_+].'
    return fail(state, 3, valid, `  New volume group name "${name}" is invalid.`, usage)
  }
  const present = own(state.groups, name)
  if (present !== undefined && Object.keys({ ...present.volumes, ...present.pools }).length > 0) {
    return fail(state, 3, `  /dev/${name}: already exists in filesystem`, usage)
  }
  if (present !== undefined) return fail(state, 5, `  A volume group called ${name} already exists.`)
  const made = makePhysicalVolumes(state, paths)
  if (made.code !== 0) return made
  const [next, hex] = identity(made.state)
  const group: Group = { uuid: printLvmUuid(hex), devices: namesOf(next, paths), volumes: {} }
  const done = succeed(withGroup(next, name, group), `  Volume group "${name}" successfully created`)
  return { ...done, stdout: made.stdout + done.stdout }
}

/** Devices become physical volumes before the group is looked up, and stay so where it does not exist. */
export const vgextend: Command = (state, argv) => {
  const [name = '', ...paths] = parseArguments(argv, [], []).operands
  const made = makePhysicalVolumes(state, paths)
  if (made.code !== 0) return made
  const group = own(made.state.groups, name)
  if (group === undefined) return { ...groupNotFound(made.state, name), stdout: made.stdout }
  const devices = [...group.devices, ...namesOf(made.state, paths)]
  const next = withGroup(made.state, name, { ...group, devices })
  const done = succeed(next, `  Volume group "${name}" successfully extended`)
  return { ...done, stdout: made.stdout + done.stdout }
}

/** All devices are checked first. One that is a physical volume without a group is taken as it is. */
const makePhysicalVolumes = (state: SimulatedState, paths: readonly string[]): Answer => {
  const refused = paths.map(path => refusal(state, path)).find(lines => lines.length > 0)
  if (refused !== undefined) return fail(state, 5, ...refused)
  let next = state
  const lines: string[] = []
  for (const path of paths) {
    const device = deviceAt(next, path)
    if (device === undefined || device.signature !== null) continue
    const [given, hex] = identity(next)
    const signature = { type: 'LVM2_member', offset: 0x218, uuid: printLvmUuid(hex) }
    const devices = { ...given.devices, [kernelName(next, path)]: { ...device, signature } }
    next = { ...given, devices }
    lines.push(`  Physical volume "${kernelName(next, path)}" successfully created.`)
  }
  return succeed(next, ...lines)
}

/** Why a device cannot go into a group, in LVM's words; nothing where it can. */
const refusal = (state: SimulatedState, path: string): readonly string[] => {
  const device = deviceAt(state, path)
  if (device === undefined) return [`  No device found for ${path}.`]
  const owner = groupOn(state, kernelName(state, path))?.[0]
  if (owner !== undefined) {
    return [
      `  Physical volume '${path}' is already in volume group '${owner}'`,
      `  Unable to add physical volume '${path}' to volume group '${owner}'`,
      `  ${path}: physical volume not initialized.`,
    ]
  }
  if (device.mountpoint !== null) {
    const busy = `  Can't open ${path} exclusively.  Mounted filesystem?`
    const unread = `  Error opening device ${path} for reading at 0 length 4096.`
    return [busy, busy, unread, `  Cannot use ${path}: device has a signature`]
  }
  if (device.signature === null || device.signature.type === 'LVM2_member') return []
  const { type, offset } = device.signature
  return [
    `WARNING: ${type} signature detected on ${path} at offset ${offset}. Wipe it? [y/n]: [n]`,
    `  Aborted wiping of ${type}.`,
    '  1 existing signature left on the device.',
  ]
}

/** lvm(8), VALID NAMES. */
export const isValidName = (name: string): boolean => /^[a-zA-Z0-9+_.][a-zA-Z0-9+_.-]*$/.test(name)

export const groupNotFound = (state: SimulatedState, name: string): Answer =>
  fail(state, 5, `  Volume group "${name}" not found`, `  Cannot process volume group ${name}`)

export const withGroup = (state: SimulatedState, name: string, group: Group): SimulatedState => ({
  ...state,
  groups: { ...state.groups, [name]: group },
})

const namesOf = (state: SimulatedState, paths: readonly string[]): readonly string[] =>
  paths.map(path => kernelName(state, path))
