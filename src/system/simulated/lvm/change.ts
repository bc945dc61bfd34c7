// The simulated host's lvchange, as far as it adds and deletes tags of a volume, in one step (lvm2 2.03.16).
import { distinct } from '../../../model/sorted.js'
import { type Answer, type Command, fail, notModelled, parseArguments, succeed } from '../answer.js'
import { own, type SimulatedState } from '../state.js'
import { groupNotFound, withGroup } from './groups.js'

/** A tag that is there already, or is not, is no error. */
export const lvchange: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, [], ['--addtag', '--deltag'])
  const [path = '', ...more] = operands
  const [groupName = '', name = ''] = path.split('/')
  if (more.length > 0 || Object.keys(options).length === 0) throw notModelled(argv)
  const invalid = Object.entries(options).find(([, tag]) => !isValidTag(tag))
  if (invalid !== undefined) return invalidTag(state, ...invalid)
  const group = own(state.groups, groupName)
  if (group === undefined) return groupNotFound(state, groupName)
  const volume = own(group.volumes, name)
  if (volume === undefined) return fail(state, 5, `  Failed to find logical volume "${path}"`)
  const kept = (volume.tags ?? []).filter(tag => tag !== options['--deltag'])
  const added = options['--addtag'] === undefined ? [] : [options['--addtag']]
  const tags = distinct([...kept, ...added])
  const { tags: _before, ...plain } = volume
  const changed = tags.length === 0 ? plain : { ...plain, tags }
  const after = { ...group, volumes: { ...group.volumes, [name]: changed } }
  return succeed(withGroup(state, groupName, after), `  Logical volume ${path} changed.`)
}

/** lvm(8), "Valid names"; that no tag begins with a hyphen is said there, but not so. */
export const isValidTag = (tag: string): boolean => /^[A-Za-z0-9_+./=!:#&-]+$/.test(tag)

export const invalidTag = (state: SimulatedState, option: string, tag: string): Answer =>
  fail(state, 3, `  Invalid argument for ${option}: ${tag}`, '  Error during parsing of command line.')
