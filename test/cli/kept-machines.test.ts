// Verbs that are about one machine or one enclosure: what they answer by what is kept of the last compilation is what they
// answer where nothing is kept, whatever has been edited since.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { guest, h1, h2, site as twoHosts } from '../fixtures/two-hosts.js'
import { xenclosure } from '../fixtures/xenclosure.js'

const installed = (
  disk: string,
  card: string,
): string => `include: [{ template: kickstart/one-disk, with: { DISK: ${disk} } }]
hardware: { harddisks: { ${disk}: { boot: true, capacity: 40 GiB } }, cards: { nic: { eth0: { hwaddr: "${card}", boot: true } } } }
system:
  os: { distribution: almalinux, release: 9 }
  kickstart: { url: http://mirror.example.org/9 }
  netboot: { server: 192.0.2.20, loader: pxelinux, install: { kernel: vmlinuz } }
`

const files = {
  ...twoHosts,
  'profiles/rack.yaml': 'system: { enclosure: { type: blade, children: [h1, n1, n2] } }\n',
  'profiles/n1.yaml': installed('sda', '52:54:00:00:01:01'),
  'profiles/n2.yaml': installed('sda', '52:54:00:00:01:02'),
}

/** A site that was compiled, and what verbs answer there and in a copy of which nothing is kept. */
const begin = (t: Test) => {
  const dir = t.testdir()
  const [site, copy] = [join(dir, 'site'), join(dir, 'copy')]
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(site, path)), { recursive: true })
    writeFileSync(join(site, path), content)
  }
  for (const [path, content] of Object.entries(files)) write(path, content)
  const config = join(dir, 'config')
  writeFileSync(config, 'Host *\nHostName 127.0.0.1\nPort 1\n')
  t.match(xenclosure('compile', '--site', site, '--out', join(dir, 'documents'), '--serial', '1'), { code: 0 })
  const answer = (of: string, args: readonly string[]) => {
    const out = join(dir, 'out')
    rmSync(out, { recursive: true, force: true })
    const [verb = ''] = args
    const options = { kickstart: ['--out', out], netboot: ['--out', out], release: [] }[verb] ?? [
      '--ssh-config',
      config,
    ]
    const { code, stdout, stderr } = xenclosure(...args.map(arg => arg.replace('{site}', of)), '--site', of, ...options)
    const entries = existsSync(out) ? readdirSync(out, { recursive: true, withFileTypes: true }) : []
    const written = entries
      .filter(entry => entry.isFile())
      .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return { code, stdout, stderr, written }
  }
  /** The answer, which is the same of both. */
  const ask = (...args: readonly string[]) => {
    rmSync(copy, { recursive: true, force: true })
    cpSync(site, copy, { recursive: true })
    const byKept = answer(site, args)
    t.strictSame(byKept, answer(copy, args), args.join(' '))
    t.equal(lockOf(site), lockOf(copy))
    return byKept
  }
  return { write, ask, lockOf: () => lockOf(site) }
}

const lockOf = (site: string): string => readFileSync(join(site, 'xenclosure.lock.yaml'), 'utf8')

const questions: readonly (readonly string[])[] = [
  ['kickstart', 'rack'],
  ['kickstart', 'n1'],
  ['kickstart', 'h1'],
  ['kickstart', 'n3'],
  ['netboot', 'n1', 'n2'],
  ['intervene', 'down', 'rack', '--plan'],
  ['intervene', 'down', 'h1', '--plan', '--json'],
  ['intervene', 'down', 'a', '--plan'],
  ['plan', 'h1', 'n1'],
  ['plan', 'a'],
  ['apply', 'h1'],
  ['reinstall', 'n1', '--plan'],
  ['reinstall', 'rack', '--only', 'n3', '--plan'],
]

t.test('what is answered by what is kept is answered as by the whole site', async t => {
  const { write, ask } = begin(t)
  for (const args of questions) ask(...args)
  t.match(ask('kickstart', 'rack'), { code: 0, stderr: 'without /system/kickstart: rack, h1, a, b\n' })
  t.same(
    ask('kickstart', 'rack').written.map(([name]) => name),
    ['n1.ks', 'n2.ks'],
  )
  t.match(ask('plan', 'a').stderr, /a is a guest of h1, and declares nothing for an agent of its own/)
  write('profiles/n1.yaml', installed('sdb', '52:54:00:00:01:03'))
  write('profiles/b.yaml', guest('b', 9))
  for (const args of questions) ask(...args)
  t.match(ask('kickstart', 'n1').written[0]?.[1], /sdb/, 'edited')
})

t.test('what is wrong with a machine is told at its line', async t => {
  const { write, ask } = begin(t)
  write('profiles/n2.yaml', installed('sda', '52:54:00:00:01:02').replace('almalinux', 'debian'))
  const { code, stderr, written } = ask('kickstart', 'rack')
  t.same([code, written], [2, []])
  t.match(stderr, /^profiles\/n2.yaml:\d+:\d+: error: no kickstart file is known for debian 9 \[provision\]/m)
  t.match(ask('netboot', 'h1').stderr, /^profiles\/h1.yaml:\d+:\d+: error: h1 has no \/system\/netboot/m)
})

t.test('what is wrong elsewhere keeps machines from being installed', async t => {
  const { write, ask } = begin(t)
  write('profiles/c.yaml', guest('c', 3).replace('00:16:3e:00:00:03', '52:54:00:00:01:01'))
  for (const args of questions) ask(...args)
  for (const args of [
    ['kickstart', 'n1'],
    ['netboot', 'n1'],
    ['reinstall', 'n1', '--plan'],
  ])
    t.match(ask(...args), { code: 2, stderr: /the MAC 52:54:00:00:01:01 .* is also that of/, written: [] })
  write('profiles/c.yaml', guest('c', 3))
  t.match(ask('kickstart', 'n1'), { code: 0 }, 'and back')
})

t.test('a machine that comes, goes, or is enclosed anew', async t => {
  const { write, ask } = begin(t)
  write('profiles/n3.yaml', installed('sda', '52:54:00:00:01:04'))
  t.match(ask('kickstart', 'n3'), { code: 0, stdout: /1 kickstart file/ })
  write('profiles/rack.yaml', 'system: { enclosure: { type: blade, children: [h1, n1, n3] } }\n')
  t.same(
    ask('kickstart', 'rack').written.map(([name]) => name),
    ['n1.ks', 'n3.ks'],
  )
  write('profiles/d.yaml', guest('d', 4))
  write(
    h1,
    (twoHosts[h1] ?? '').replace('children: [a, b]', 'children: [a, b, d]').replace('size: 4 GiB', 'size: 8 GiB'),
  )
  t.match(ask('apply', 'h1').stderr, /xenclosure.lock.yaml: d recorded, commit it/, 'the host is told of it after that')
  for (const args of questions) ask(...args)
})

t.test('a guest that has moved is released, and by a report of its old host', async t => {
  const { write, ask, lockOf } = begin(t)
  const leave = (text: string): string => text.replace('children: [a, b]', 'children: [b]')
  const take = (text: string): string => text.replace(/children: \[(.*)\]/, 'children: [$1, a]')
  t.match(ask('release', 'a'), { code: 0, stdout: 'a lives on h1 already\n' })
  t.match(ask('release', 'nobody'), { code: 2 })
  write(h1, leave(twoHosts[h1] ?? ''))
  write(h2, take(twoHosts[h2] ?? ''))
  write('report.json', JSON.stringify({ host: 'h1', document: {}, observed: {}, misplaced: [] }))
  t.match(ask('release', 'a', '--report', '{site}/report.json'), { code: 3, stderr: /of another edition of h1/ })
  t.match(ask('release', 'a'), { code: 0, stdout: /^a: h1 -> h2; commit/ })
  t.match(lockOf(), /\n {2}a: h2\n/)
})
