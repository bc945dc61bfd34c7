// The simulated host's lvextend, of volumes and of thin pools, with LVM's rounding, refusals, texts and exit codes (lvm2
// 2.03.16).
import { type Answer, type Command, fail, notModelled, parseArguments, succeed } from '../answer.js'
import { type Group, own } from '../state.js'
import { groupNotFound, withGroup } from './groups.js'
import { extentsFor, parseBytes, rounding } from './sizes.js'
import { changed, growPool, overprovisioning, tooLittle } from './thin.js'
import { groupExtents } from './used.js'

/** The growth of a volume with space of its own is no promise. */
const nothing = { stdout: [], stderr: '' } as const

export const lvextend: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, [], ['--size'])
  const [path = '', ...more] = operands
  const [groupName = '', name, ...deeper] = path.split('/')
  if (name === undefined || deeper.length > 0 || more.length > 0) throw notModelled(argv)
  const wanted = parseBytes(state, argv, '--size', options['--size'] ?? '')
  if (typeof wanted !== 'number') return wanted
  const group = own(state.groups, groupName)
  if (group === undefined) return groupNotFound(state, groupName)
  const [volume, pool] = [own(group.volumes, name), own(group.pools ?? {}, name)]
  const present = volume ?? pool
  if (present === undefined) return fail(state, 5, `  Logical volume ${name} not found in volume group ${groupName}.`)

  const extents = extentsFor(wanted)
  const refuse = (line: string): Answer => ({
    ...fail(state, 5, line),
    stdout: succeed(state, ...rounding(wanted)).stdout,
  })
  const [given, has] = [`${extents} extents`, `${present.extents} extents`]
  if (extents === present.extents) return refuse(`  New size (${given}) matches existing size (${has}).`)
  if (extents < present.extents) return refuse(`  New size given (${given}) not larger than existing size (${has})`)

  const succeedWith = (after: Group, said: readonly string[], inPool: string | undefined): Answer => {
    const warned = inPool === undefined ? nothing : overprovisioning(state, groupName, after, inPool)
    const done = `  Logical volume ${path} successfully resized.`
    const lines = [...rounding(wanted), ...said, ...warned.stdout, done]
    return { ...succeed(withGroup(state, groupName, after), ...lines), stderr: warned.stderr }
  }
  if (pool !== undefined) {
    const grown = growPool(state, group, path, pool, extents)
    if (grown.refusal === undefined) return succeedWith(grown.group, grown.said, name)
    const refused = fail(withGroup(state, groupName, grown.group), 5, grown.refusal)
    return { ...refused, stdout: succeed(state, ...rounding(wanted), ...grown.said).stdout }
  }
  if (volume === undefined) throw notModelled(argv)
  const growth = volume.pool === undefined ? extents - volume.extents : 0
  const { free } = groupExtents(state, group)
  if (growth > free) return refuse(tooLittle(growth, free))
  const volumes = { ...group.volumes, [name]: { ...volume, extents } }
  return succeedWith({ ...group, volumes }, [changed(path, volume.extents, extents)], volume.pool)
}
