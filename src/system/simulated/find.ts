// The simulated host's find(1), for the question: which of these files were written longer ago, or less long, than so
// many minutes; and for which processes have a file open.
import { type Command, fail, notModelled, succeed } from './answer.js'
import { listDirectory } from './files.js'
import { clockOf, own } from './state.js'

/** `find PATH -type f -mmin +5 -mmin -10.5`; of a directory, the files in it. */
export const find: Command = (state, argv) => {
  const [, path = '', ...rest] = argv
  // The simulated host has no processes but the one that asks.
  if (path === '/proc') return succeed(state)
  const files = listDirectory(state, path)?.map(name => `${path}/${name}`) ?? [path]
  if (own(state.files, path) === undefined) return fail(state, 1, `find: '${path}': No such file or directory`)
  const [first, kind, ...others] = rest
  if (first === '-type' && kind !== 'f') throw notModelled(argv)
  const limits = first === '-type' ? others : rest
  const tests = Array.from({ length: limits.length / 2 }, (_none, index) => limits.slice(2 * index, 2 * index + 2))
  if (tests.length * 2 !== limits.length) throw notModelled(argv)
  const found = files.filter(file => {
    const node = own(state.files, file)
    if (node?.type !== 'file') return false
    const age = (clockOf(state) - (node.modified ?? 0)) / 60
    return tests.every(([option, limit = '']) => {
      const minutes = Number(limit.slice(1))
      if (option !== '-mmin' || !/^[+-][\d.]+$/.test(limit)) throw notModelled(argv)
      return limit.startsWith('+') ? age > minutes : age < minutes
    })
  })
  return succeed(state, ...found)
}
