import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { quoteArgv } from '../../src/remote/ssh/quote.js'
import { skipWithout } from '../oracles/require-tool.js'
import { runs } from '../property-runs.js'

const argument = fc.oneof(
  fc.string({ unit: 'binary' }).map(text => text.replaceAll('\0', '')),
  fc.array(fc.constantFrom(...'\'"\\$`!*?~#&;|<>(){}[] \t\n\r-=%@é'), { maxLength: 12 }).map(parts => parts.join('')),
)

for (const shell of ['sh', 'bash', 'fish', 'tcsh'])
  t.test(`as login shell ${shell} hands on exactly the arguments that were quoted`, async t => {
    if (skipWithout(t, shell, `apt-get install -y --no-install-recommends ${shell}`)) return
    const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
    // One shell for many lists: a Node for each would take minutes.
    const lists = fc.array(fc.array(argument, { maxLength: 5 }), { minLength: 20, maxLength: 20 })
    await fc.assert(
      fc.property(lists, lists => {
        const all = lists.flatMap(list => [...list, 'end of list'])
        const command = quoteArgv([process.execPath, '-e', print, '--', ...all])
        return execFileSync(shell, ['-c', command], { encoding: 'utf8' }) === JSON.stringify(all)
      }),
      runs(25),
    )
    const plain = quoteArgv(['printf', '%s|', '', 'a b', '$HOME', '-x', '~', '*', '`id`', '%self', 'é', '#', '^a^b^'])
    t.equal(execFileSync(shell, ['-c', plain], { encoding: 'utf8' }), '|a b|$HOME|-x|~|*|`id`|%self|é|#|^a^b^|')
    t.notMatch(plain, /base64/, 'and a plain command is to be read as it is')
    const cat = quoteArgv(['sh', '-c', 'cat\nexit 5'])
    t.match(spawnSync(shell, ['-c', cat], { input: 'in', encoding: 'utf8' }), { status: 5, stdout: 'in' })
  })

t.test('no argument holds a NUL', async t => {
  t.throws(() => quoteArgv(['a\0b']), /NUL/)
})
