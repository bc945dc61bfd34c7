import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { siteIn } from '../fixtures/site-in.js'
import { xenclosure } from '../fixtures/xenclosure.js'
import { readKickstart } from '../provision/kickstart/documented.js'

const golden = join(packageRoot(), 'test/provision/kickstart/golden')

t.test('the files of an enclosure of the example site: its host and every guest', async t => {
  const out = t.testdir()
  const { code, stdout, stderr } = xenclosure('kickstart', 'farmhost', '--out', out)
  t.equal(code, 0)
  t.equal(stderr, '')
  t.equal(stdout.split('\n').at(-2), `${out}: 4 kickstart files`)
  t.same(readdirSync(out).sort(), ['build-el7.ks', 'build-el8.ks', 'build-f43.ks', 'farmhost.ks'])
  for (const file of readdirSync(out)) {
    const text = readFileSync(join(out, file), 'utf8')
    t.equal(text, readFileSync(join(golden, file), 'utf8'), file)
    t.doesNotThrow(() => readKickstart(text), file)
    t.equal(statSync(join(out, file)).mode & 0o777, 0o600, `${file} has a hash of a password`)
  }
})

t.test('machines without /system/kickstart are named, and left out', async t => {
  const out = t.testdir()
  const { code, json } = xenclosure('kickstart', 'servhost', '--out', out, '--json')
  t.equal(code, 0)
  t.strictSame(json(), {
    files: [{ machine: 'ui', version: 'RHEL9', file: join(out, 'ui.ks') }],
    without: ['servhost', 'voms', 'voms-preprod', 'repo'],
  })
  t.equal(readFileSync(join(out, 'ui.ks'), 'utf8'), readFileSync(join(golden, 'ui.ks'), 'utf8'))
  const none = xenclosure('kickstart', 'chassis1', '--out', out)
  t.equal(none.code, 2)
  t.match(none.stderr, 'chassis1 has no /system/kickstart, nor has any machine that it encloses')
})

t.test(
  'where nothing has /system/kickstart, templates that set it are named, and what it does not install',
  async t => {
    const guest = 'system: { os: { distribution: debian, release: 12 } }'
    const { dir } = siteIn(t, {
      'profiles/host1.yaml': `include: [{ template: kickstart/one-disk, with: { DISK: sda } }]
hardware: { harddisks: { sda: { boot: true, capacity: 40 GiB } } }
system: { os: { distribution: debian, release: 12 }, enclosure: { type: dumb, children: [guest1] } }
`,
      'profiles/guest1.yaml': guest,
      'profiles/plain.yaml': 'include: [os/fedora-43]',
    })
    const { code, stderr } = xenclosure('kickstart', 'host1', '--site', dir, '--out', join(dir, 'out'))
    t.equal(code, 2)
    t.match(stderr, /kickstart\/fedora.*; it installs no debian 12$/m)
    const named = stderr.match(/\b(os|kickstart)\/[\w-]+/g) ?? []
    for (const name of named) t.ok(existsSync(join(packageRoot(), 'templates', `${name}.yaml`)), name)
    const { stderr: plain } = xenclosure('kickstart', 'plain', '--site', dir, '--out', join(dir, 'out'))
    t.match(plain, /kickstart\/fedora/)
    t.notMatch(plain, 'it installs no')

    // What it names is enough, but for the file systems.
    for (const include of stderr.match(/\[[^\][]*\]/g) ?? []) {
      if (include === '[usage]') continue
      writeFileSync(
        join(dir, 'profiles/host1.yaml'),
        `include: ${include.replace(']', ', { template: kickstart/one-disk, with: { DISK: sda } }]')}
hardware: { harddisks: { sda: { boot: true, capacity: 40 GiB } } }
variables: { FEDORA_MIRROR: "http://a/f", ALMALINUX_MIRROR: "http://a/a", CENTOS_MIRROR: "http://a/c" }
system: { enclosure: { type: dumb, children: [guest1] } }
`,
      )
      const written = xenclosure('kickstart', 'host1', '--site', dir, '--out', join(dir, 'out'))
      t.equal(written.code, 0, `${include}: ${written.stderr}`)
    }
  },
)

const host = `include: [{ template: kickstart/one-disk, with: { DISK: sda } }]
hardware: { harddisks: { sda: { boot: true, capacity: 40 GiB } } }
system:
  os: { distribution: almalinux, release: 9 }
  enclosure: { type: dumb, children: [guest1] }
  kickstart:
    url: http://mirror.example.org/9
    hooks: { post: [{ template: hello }] }
`
const guest = `system:
  os: { distribution: debian, release: 12 }
  kickstart:
    url: http://mirror.example.org/12
`

t.test('what is wrong is told at its line, and no file is written', async t => {
  const { dir } = siteIn(t, {
    'profiles/host1.yaml': host,
    'profiles/guest1.yaml': guest,
    'templates/hello.hbs': 'echo\necho {{system.function}}\n',
  })
  const out = join(dir, 'out')
  const { code, stderr } = xenclosure('kickstart', 'host1', '--site', dir, '--out', out)
  t.equal(code, 2)
  t.notOk(existsSync(out))
  t.match(stderr, /^profiles\/guest1.yaml:2:7: error: no kickstart file is known for debian 12 \[provision\]/m)
  t.match(
    stderr,
    /^profiles\/host1.yaml:4:3: error: there is no \/system\/function \(templates\/hello.hbs:2 needs it\) \[provision\]/m,
  )
  t.match(stderr, '2 errors, 0 warnings')
})

t.test('a template that is wrong by itself is told at its own line', async t => {
  const { dir } = siteIn(t, {
    'profiles/host1.yaml': host.replace('children: [guest1]', 'children: []'),
    'templates/hello.hbs': 'echo\n{{#if name}\n',
  })
  const { code, stderr } = xenclosure('kickstart', 'host1', '--site', dir, '--out', join(dir, 'out'))
  t.equal(code, 2)
  t.match(stderr, /^templates\/hello.hbs:2:1: error: not a Handlebars template/m)
})

t.test('an address without its length is an error at its line', async t => {
  const network = '  network: { interfaces: { eth0: { bootproto: dhcp, aliases: { "eth0:1": { ip: 192.0.2.9 } } } } }\n'
  const { dir } = siteIn(t, {
    'profiles/host1.yaml': host.replace('children: [guest1]', 'children: []') + network,
    'templates/hello.hbs': 'echo hello\n',
  })
  const { code, stderr } = xenclosure('kickstart', 'host1', '--site', dir, '--out', join(dir, 'out'))
  t.equal(code, 2)
  t.match(stderr, /^profiles\/host1.yaml:9:\d+: error: nothing says how long the prefix of 192.0.2.9 is/m)
})
