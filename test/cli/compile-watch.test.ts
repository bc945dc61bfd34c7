import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { builtCommand } from '../fixtures/built-command.js'
import { plainNode } from '../fixtures/plain-node.js'
import { siteIn } from '../fixtures/site-in.js'
import { xenclosure } from '../fixtures/xenclosure.js'

t.test(
  'compile --watch compiles on save, keeps the last good output on a mistake, and ends when it is told to',
  async t => {
    const profile = (name: string) => `system: { network: { hostname: ${name} } }\n`
    const { dir } = siteIn(t, { 'profiles/a.yaml': profile('one') })
    const out = join(dir, 'out')
    const command = [builtCommand, 'compile', '--site', dir, '--out', out, '--watch']
    const child = spawn(...plainNode(command), { env: { ...process.env, NO_COLOR: '1' } })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        said += chunk
      })
    const hears = async (what: RegExp): Promise<void> => {
      while (!what.test(said)) await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])
      said = ''
    }
    const document = () => JSON.parse(readFileSync(join(out, 'a.json'), 'utf8')).system.network.hostname

    await hears(/1 document written, 0 unchanged\n/)
    writeFileSync(join(dir, 'profiles/a.yaml'), profile('two'))
    await hears(/1 document written, 0 unchanged\n/)
    t.equal(document(), 'two')
    writeFileSync(join(dir, 'profiles/a.yaml'), 'sytem: {}\n')
    await hears(/profiles\/a.yaml:1:1: error: .*1 error, 0 warnings\n/s)
    t.equal(document(), 'two')
    writeFileSync(join(dir, 'profiles/a.yaml'), profile('three'))
    await hears(/1 document written, 0 unchanged\n/)
    t.equal(document(), 'three')
    writeFileSync(join(dir, 'profiles/b.yaml'), profile('b'))
    await hears(/1 document written, 1 unchanged\n/)
    child.kill('SIGTERM')
    t.strictSame(await once(child, 'exit'), [0, null])
  },
)

t.test('there must be a site to watch, and its answers are for people', async t => {
  t.equal(xenclosure('compile', '--site', '/', '--out', 'out', '--watch').code, 2)
  const json = xenclosure('compile', '--out', 'out', '--watch', '--json')
  t.equal(json.code, 2)
  t.match(json.stderr, /cannot be used with/)
})
