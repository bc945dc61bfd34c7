// The simulated host's lvcreate: volumes, thin pools, thin volumes and copies of them, with LVM's rounding, refusals,
// texts and exit codes (lvm2 2.03.16).
import { type Answer, type Command, fail, notModelled, parseArguments, succeed } from '../answer.js'
import { volumesOf } from '../devices.js'
import { type Group, identity, own, printLvmUuid, type SimulatedState, type Volume } from '../state.js'
import { invalidTag, isValidTag } from './change.js'
import { groupNotFound, isValidName, withGroup } from './groups.js'
import { extentsFor, parseBytes, roundingUp } from './sizes.js'
import { makePool, overprovisioning } from './thin.js'
import { groupExtents } from './used.js'

type Request = {
  readonly state: SimulatedState
  readonly argv: readonly string[]
  readonly options: Readonly<Record<string, string>>
  readonly groupName: string
  readonly group: Group
  readonly name: string
}

type Form = (request: Request, operand: string | undefined) => Answer

export const lvcreate: Command = (state, argv) => {
  const isSnapshot = argv.includes('--snapshot')
  const type = argv.includes('--type') ? (argv[argv.indexOf('--type') + 1] ?? '') : 'plain'
  const form = own(forms, isSnapshot ? 'snapshot' : type)
  if (form === undefined) throw notModelled(argv)
  const { options, operands } = parseArguments(argv, form.flags, form.options)
  const [operand = '', ...more] = operands
  const [groupName = '', origin, ...deeper] = operand.split('/')
  const isOf = (origin === undefined) !== isSnapshot
  if (more.length > 0 || deeper.length > 0 || !isOf) throw notModelled(argv)
  const name = options['--name'] ?? ''
  if (!isValidName(name)) {
    const usage = "  Run `lvcreate --help' for more information."
    return fail(state, 3, `  Logical volume name "${name}" is invalid.`, usage)
  }
  if (options['--addtag'] !== undefined && !isValidTag(options['--addtag']))
    return invalidTag(state, '--addtag', options['--addtag'])
  const wrong = form.sizes.map(option => parseBytes(state, argv, option, options[option] ?? '')).find(isAnswer)
  if (wrong !== undefined) return wrong
  const group = own(state.groups, groupName)
  if (group === undefined) return groupNotFound(state, groupName)
  return form.carryOut({ state, argv, options, groupName, group, name }, origin)
}

const isAnswer = (value: number | Answer): value is Answer => typeof value !== 'number'

/** Read and found to be whole sectors before. */
const bytesOf = ({ options }: Request, option: string): number => Number.parseInt(options[option] ?? '', 10)

const createPlain: Form = request => {
  const { state, group, groupName, name } = request
  const bytes = bytesOf(request, '--size')
  const extents = extentsFor(bytes)
  const said = roundingUp(bytes)
  if (isTaken(group, name)) return refuse(state, said, alreadyExists(request))
  const { free } = groupExtents(state, group)
  if (extents > free) return refuse(state, said, insufficient(groupName, free, extents))
  return withVolume(request, { extents }, said)
}

const createThinPool: Form = request => {
  const { state, group, groupName, name } = request
  const [size, metadata] = [bytesOf(request, '--size'), bytesOf(request, '--poolmetadatasize')]
  const said = [...roundingUp(size), ...roundingUp(metadata)]
  if (isTaken(group, name)) {
    return refuse(state, said, `  Logical volume ${name} already exists in Volume group ${groupName}.`)
  }
  const wanted = { extents: extentsFor(size), metadata: extentsFor(metadata) }
  // With less metadata for its data a pool gets larger chunks than 64 KiB.
  if (wanted.extents > wanted.metadata * 1024) throw notModelled(request.argv)
  const addressable = '  Thin pool volume with chunk size 64.00 KiB can address at most <15.88 TiB of data.'
  const made = makePool(state, groupName, group, name, wanted)
  if ('refusal' in made) return refuse(state, [...said, addressable], made.refusal)
  return succeed(made.state, ...said, addressable, `  Logical volume "${name}" created.`)
}

const createThin: Form = request => {
  const { state, group, groupName, name, options } = request
  const pool = options['--thinpool'] ?? ''
  if (!isTaken(group, pool)) return refuse(state, [], `  Pool ${pool} not found in Volume group ${groupName}.`)
  if (own(group.pools ?? {}, pool) === undefined) {
    return refuse(state, [], `  Logical volume ${groupName}/${pool} is not a thin pool.`)
  }
  const bytes = bytesOf(request, '--virtualsize')
  const said = roundingUp(bytes)
  if (isTaken(group, name)) return refuse(state, said, alreadyExists(request))
  return withVolume(request, { extents: extentsFor(bytes), pool }, said)
}

const createSnapshot: Form = (request, origin = '') => {
  const { state, group, groupName, name } = request
  if (!isTaken(group, origin)) {
    return refuse(state, [], `  Snapshot origin LV ${origin} not found in Volume group ${groupName}.`)
  }
  const source = own(group.volumes, origin)
  if (source?.pool === undefined) return refuse(state, [], '  Please specify either size or extents with snapshots.')
  if (isTaken(group, name)) return refuse(state, [], alreadyExists(request))
  return withVolume(request, { extents: source.extents, pool: source.pool }, [])
}

type FormOf = {
  readonly flags: readonly string[]
  readonly options: readonly string[]
  /** Those of the options that are sizes. */
  readonly sizes: readonly string[]
  readonly carryOut: Form
}

const forms: Readonly<Record<string, FormOf>> = {
  plain: {
    flags: ['--yes'],
    options: ['--wipesignatures', '--size', '--addtag', '--name'],
    sizes: ['--size'],
    carryOut: createPlain,
  },
  'thin-pool': {
    flags: ['--yes'],
    options: ['--type', '--size', '--poolmetadatasize', '--name'],
    sizes: ['--size', '--poolmetadatasize'],
    carryOut: createThinPool,
  },
  thin: {
    flags: ['--yes'],
    options: ['--wipesignatures', '--type', '--virtualsize', '--thinpool', '--addtag', '--name'],
    sizes: ['--virtualsize'],
    carryOut: createThin,
  },
  snapshot: {
    flags: ['--yes', '--snapshot'],
    options: ['--setactivationskip', '--name'],
    sizes: [],
    carryOut: createSnapshot,
  },
}

const isTaken = ({ volumes, pools = {} }: Group, name: string): boolean =>
  Object.hasOwn(volumes, name) || Object.hasOwn(pools, name)

const alreadyExists = ({ groupName, name }: Request): string =>
  `  Logical Volume "${name}" already exists in volume group "${groupName}"`

const insufficient = (group: string, free: number, required: number): string =>
  `  Volume group "${group}" has insufficient free space (${free} extents): ${required} required.`

const refuse = (state: SimulatedState, said: readonly string[], line: string): Answer => ({
  ...fail(state, 5, line),
  stdout: succeed(state, ...said).stdout,
})

const withVolume = (
  { state, group, groupName, name, options }: Request,
  volume: Pick<Volume, 'extents' | 'pool'>,
  said: readonly string[],
): Answer => {
  const [next, hex] = identity(state)
  const tag = options['--addtag']
  const tags = tag === undefined ? {} : { tags: [tag] }
  const made: Volume = { uuid: printLvmUuid(hex), minor: freeMinor(state), ...volume, ...tags }
  const after = { ...group, volumes: { ...group.volumes, [name]: made } }
  const warned = overprovisioning(next, groupName, after, volume.pool)
  const lines = [...said, ...warned.stdout, `  Logical volume "${name}" created.`]
  return { ...succeed(withGroup(next, groupName, after), ...lines), stderr: warned.stderr }
}

const freeMinor = (state: SimulatedState): number => {
  const taken = new Set(volumesOf(state).map(({ volume }) => volume.minor))
  let minor = 0
  while (taken.has(minor)) minor += 1
  return minor
}
