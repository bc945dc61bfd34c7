// The packages of the agent, judged by dpkg-deb, tar and groff; that its units start is the lab's to show.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { components } from '../../components/index.js'
import { buildPackages, type Packages } from '../../src/build/package/deb.js'
import { allOf, verbsOf } from '../../src/cli/completion/verbs.js'
import { createProgram } from '../../src/cli/program.js'
import { agentCommand } from '../../src/cli/verbs/agent.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { skipWithout } from '../oracles/require-tool.js'

const date = new Date('2026-11-20T12:00:00Z')

const buildInto = (directory: string): Promise<Packages> => {
  const openSystem = async (): Promise<never> => {
    throw new Error('nothing is run here')
  }
  const program = agentCommand({ components, validate: () => [], openSystem, version: '1.2.3' }).name(
    'xenclosure-agent',
  )
  return buildPackages({ root: packageRoot(), version: '1.2.3', date, program, directory })
}

const unpacked = async (t: Test): Promise<string> => {
  const directory = t.testdir({ root: {} })
  execFileSync('dpkg-deb', ['--raw-extract', (await buildInto(directory)).deb, join(directory, 'root')])
  return join(directory, 'root')
}

t.test('the package holds the agent, its units and its manual, all of root', async t => {
  if (skipWithout(t, 'dpkg-deb', 'apt-get install -y dpkg')) return
  const directory = t.testdir({})
  const { deb: file } = await buildInto(directory)
  t.equal(file, join(directory, 'xenclosure-agent_1.2.3_all.deb'))
  const contents = execFileSync('dpkg-deb', ['--contents', file], { encoding: 'utf8' }).trimEnd().split('\n')
  t.same(
    contents.filter(line => !line.includes(' root/root ')),
    [],
  )
  const files = contents.filter(line => !line.startsWith('d')).map(line => line.replace(/^.*\d\d:\d\d \.\//, '/'))
  t.same(files, [
    '/etc/default/xenclosure-agent',
    '/usr/lib/systemd/system/xenclosure-agent-watch.service',
    '/usr/lib/systemd/system/xenclosure-agent.service',
    '/usr/lib/systemd/system/xenclosure-agent.timer',
    '/usr/lib/tmpfiles.d/xenclosure-agent.conf',
    '/usr/lib/xenclosure/xenclosure-agent.cjs',
    '/usr/lib/xenclosure/xenclosure-launcher.cjs',
    '/usr/lib/xenclosure/xenclosure-netboot.mjs',
    '/usr/share/bash-completion/completions/xenclosure-agent',
    '/usr/share/doc/xenclosure-agent/copyright',
    '/usr/share/man/man8/xenclosure-agent.8.gz',
    '/usr/bin/xenclosure-agent -> ../lib/xenclosure/xenclosure-launcher.cjs',
    '/usr/bin/xenclosure-netboot -> ../lib/xenclosure/xenclosure-netboot.mjs',
  ])
  const field = (name: string) => execFileSync('dpkg-deb', ['--field', file, name], { encoding: 'utf8' }).trim()
  t.equal(field('Depends'), 'nodejs (>= 20), xz-utils, zstd')
  t.equal(field('Version'), '1.2.3')
})

t.test('the same sources give the same bytes, whatever the umask', async t => {
  if (skipWithout(t, 'dpkg-deb', 'apt-get install -y dpkg')) return
  const directory = t.testdir({ a: {}, b: {} })
  const a = await buildInto(join(directory, 'a'))
  const umask = process.umask(0o077)
  t.teardown(() => process.umask(umask))
  const b = await buildInto(join(directory, 'b'))
  t.ok(readFileSync(a.deb).equals(readFileSync(b.deb)))
  t.ok(readFileSync(a.archive).equals(readFileSync(b.archive)))
})

t.test('the archive has the same files, and no directories whose modes it would change', async t => {
  if (skipWithout(t, 'dpkg-deb', 'apt-get install -y dpkg')) return
  const { deb, archive } = await buildInto(t.testdir({}))
  const listed = execFileSync('tar', ['--list', '--file', archive], { encoding: 'utf8' }).trimEnd().split('\n')
  const packed = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' }).trimEnd().split('\n')
  const files = packed.flatMap(line => (line.startsWith('d') ? [] : (/ \.\/(\S+)/.exec(line)?.[1] ?? [])))
  t.strictSame(listed, [...files].sort())
})

t.test('the installed command runs, and the maintainer scripts are sound shell', async t => {
  if (skipWithout(t, 'dpkg-deb', 'apt-get install -y dpkg')) return
  const root = await unpacked(t)
  const { status, stdout } = spawnSync(join(root, 'usr/bin/xenclosure-agent'), ['--help'], { encoding: 'utf8' })
  t.equal(status, 0)
  t.match(stdout, /run \[options\]/)
  const completion = join(root, 'usr/share/bash-completion/completions/xenclosure-agent')
  const complete = (...words: readonly string[]): string => {
    const run =
      'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _xenclosure_agent; echo "${COMPREPLY[*]}"'
    return spawnSync('bash', ['-c', run, 'bash', completion, 'xenclosure-agent', ...words], { encoding: 'utf8' }).stdout
  }
  t.equal(complete('ho'), 'hold\n')
  t.equal(complete('run', '--noa'), '--noaction\n')
  for (const script of ['postinst', 'prerm', 'postrm'])
    t.equal(spawnSync('sh', ['-n', join(root, 'DEBIAN', script)]).status, 0, script)
})

/** A manual page as a terminal shows it; groff has nothing to say against it. */
const shown = (t: Test, page: Buffer | string): string => {
  const { stdout, stderr } = spawnSync('groff', ['-k', '-man', '-Tutf8', '-ww', '-P-cbou'], {
    input: page,
    encoding: 'utf8',
  })
  t.equal(stderr, '')
  return stdout
}

const skipWithoutGroff = (t: Test): boolean =>
  skipWithout(t, 'groff', 'apt-get install -y --no-install-recommends groff-base')

t.test('the manual of the agent names every verb and option', async t => {
  if (skipWithout(t, 'dpkg-deb', 'apt-get install -y dpkg') || skipWithoutGroff(t)) return
  const page = gunzipSync(readFileSync(join(await unpacked(t), 'usr/share/man/man8/xenclosure-agent.8.gz')))
  const text = shown(t, page)
  for (const word of [
    'xenclosure-agent run [options]',
    '--noaction',
    '--allow <consent>',
    'EXIT STATUS',
    '/var/lib/xenclosure',
  ])
    t.ok(text.includes(word), word)
})

t.test('the manual of the command, which npm installs, does so, too', async t => {
  if (skipWithoutGroff(t)) return
  const { man } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { man: [string] }
  const text = shown(t, readFileSync(join(packageRoot(), man[0])))
  for (const { name, options } of allOf(verbsOf(await createProgram())).filter(({ below }) => below.length === 0)) {
    t.match(text, `xenclosure ${name} `)
    const [, described = ''] = text.split(`\n   ${name}\n`)
    for (const option of options.filter(({ name }) => name !== '--help')) t.match(described, option.name, name)
  }
  t.match(text, /XENCLOSURE\(1\)[\s\S]*EXIT STATUS[\s\S]*xenclosure\.lock\.yaml[\s\S]*xenclosure-agent\(8\)/)
})
