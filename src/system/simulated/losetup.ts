// The simulated host's losetup(8), for one question: which loop devices lie on a file. A domain that has a file as a disk
// has it through one.
import { type Command, notModelled, parseArguments, succeed } from './answer.js'
import { statFile } from './files.js'

/** `losetup --associated PATH`; of a file that is not there, nothing, and no error. */
export const losetup: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, [], ['--associated'])
  const path = options['--associated']
  if (path === undefined || operands.length > 0) throw notModelled(argv)
  const isFile = (target: string): boolean => statFile(state, target)?.type === 'file'
  const backed = state.domains.flatMap(({ config }) => config.disks.map(({ target }) => target)).filter(isFile)
  const lines = backed.flatMap((target, minor) =>
    target === path ? [`/dev/loop${minor}: [65024]:${minor + 1} (${path})`] : [],
  )
  return succeed(state, ...lines)
}
