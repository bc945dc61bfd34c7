// The simulated host's lvremove and lvrename, of volumes and of thin pools, with LVM's refusals, texts and exit codes
// (lvm2 2.03.16).
import { type Command, fail, notModelled, parseArguments, succeed } from '../answer.js'
import { userOf } from '../devices.js'
import { type Group, own } from '../state.js'
import { groupNotFound, isValidName, withGroup } from './groups.js'

/** `lvremove --yes VG/LV`; `--select thin_count=0` leaves a pool with volumes in silence. */
export const lvremove: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, ['--yes'], ['--select'])
  const [path = '', ...more] = operands
  const [groupName = '', name, ...deeper] = path.split('/')
  const isModelled = name !== undefined && deeper.length === 0 && more.length === 0 && '--yes' in options
  if (!isModelled || (options['--select'] ?? 'thin_count=0') !== 'thin_count=0') throw notModelled(argv)
  const group = own(state.groups, groupName)
  if (group === undefined) return groupNotFound(state, groupName)
  const isPool = own(group.pools ?? {}, name) !== undefined
  if (!isPool && own(group.volumes, name) === undefined)
    return fail(state, 5, `  Failed to find logical volume "${path}"`)
  const inPool = Object.values(group.volumes).some(({ pool }) => pool === name)
  if ('--select' in options && (!isPool || inPool)) return succeed(state)
  if (inPool) throw notModelled(argv)
  if (userOf(state, `/dev/${path}`) !== undefined) return fail(state, 5, `  Logical volume ${path} in use.`)
  const done = `  Logical volume "${name}" successfully removed.`
  return succeed(withGroup(state, groupName, isPool ? withoutPool(group, name) : withoutVolume(group, name)), done)
}

const withoutVolume = ({ volumes, ...group }: Group, name: string): Group => {
  const { [name]: _removed, ...left } = volumes
  return { ...group, volumes: left }
}

/** The spare goes with the last pool. */
const withoutPool = ({ pools = {}, spare, ...group }: Group, name: string): Group => {
  const { [name]: _removed, ...left } = pools
  return Object.keys(left).length === 0 || spare === undefined
    ? { ...group, pools: left }
    : { ...group, pools: left, spare }
}

/** `lvrename VG OLD NEW`; what is open is renamed as well, under the one who has it. */
export const lvrename: Command = (state, argv) => {
  const [groupName = '', from = '', to = '', ...more] = parseArguments(argv, [], []).operands
  if (more.length > 0 || to === '') throw notModelled(argv)
  const usage = "  Run `lvrename --help' for more information."
  if (!isValidName(to)) return fail(state, 3, `  New logical volume name "${to}" is invalid`, usage)
  if (from === to) return fail(state, 3, '  Old and new logical volume names must differ', usage)
  const group = own(state.groups, groupName)
  if (group === undefined) return groupNotFound(state, groupName)
  const { volumes, pools = {} } = group
  if (Object.hasOwn(volumes, to) || Object.hasOwn(pools, to))
    return fail(state, 5, `  Logical Volume "${to}" already exists in volume group "${groupName}"`)
  if (Object.hasOwn(pools, from) || userOf(state, `/dev/${groupName}/${from}`) !== undefined) throw notModelled(argv)
  const { [from]: volume, ...others } = volumes
  if (volume === undefined)
    return fail(state, 5, `  Existing logical volume "${from}" not found in volume group "${groupName}"`)
  const renamed = withGroup(state, groupName, { ...group, volumes: { ...others, [to]: volume } })
  return succeed(renamed, `  Renamed "${from}" to "${to}" in volume group "${groupName}"`)
}
