// The simulated host's truncate(1), as far as it makes files larger: --no-create --size=>BYTES.
import { posix } from 'node:path'
import { type Command, fail, notModelled, parseArguments, succeed } from './answer.js'
import { enlargeFile, statFile } from './files.js'

/** A file that is not there, and one that is as large already, are left in silence. */
export const truncate: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, ['--no-create'], ['--size'])
  const [path, ...more] = operands
  const [, bytes] = /^>(\d+)$/.exec(options['--size'] ?? '') ?? []
  if (path === undefined || more.length > 0 || bytes === undefined || !('--no-create' in options))
    throw notModelled(argv)
  const found = statFile(state, path)
  if (found?.type === 'directory') return fail(state, 1, `truncate: cannot open '${path}' for writing: Is a directory`)
  const parent = statFile(state, posix.dirname(path))
  if (parent !== null && parent.type === 'file')
    return fail(state, 1, `truncate: cannot open '${path}' for writing: Not a directory`)
  return succeed(enlargeFile(state, path, Number(bytes)))
}
