import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { quoteArgv } from '../../src/remote/ssh/quote.js'
import { runs } from '../property-runs.js'

const argument = fc.oneof(
  fc.string({ unit: 'binary' }).map(text => text.replaceAll('\0', '')),
  fc.array(fc.constantFrom(...'\'"\\$`!*?~#&;|<>(){}[] \t\n\r-=%@é'), { maxLength: 12 }).map(parts => parts.join('')),
)

t.test('a real shell hands on exactly the arguments that were quoted', async () => {
  const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
  // One shell for many lists: a Node for each would take minutes.
  const lists = fc.array(fc.array(argument, { maxLength: 5 }), { minLength: 20, maxLength: 20 })
  await fc.assert(
    fc.property(lists, lists => {
      const all = lists.flatMap(list => [...list, 'end of list'])
      const command = quoteArgv([process.execPath, '-e', print, '--', ...all])
      return execFileSync('sh', ['-c', command], { encoding: 'utf8' }) === JSON.stringify(all)
    }),
    runs(25),
  )
})

t.test('no argument holds a NUL', async t => {
  t.throws(() => quoteArgv(['a\0b']), /NUL/)
})
