// Kickstart files of all that the schemas allow, for every version: each is refused at places of its document, or is
// documented line by line (documented.ts) and split by Python's own shlex as by ours.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { packageSchemas } from '../../../src/compiler/schema/schemas.js'
import { createAjv } from '../../../src/model/ajv.js'
import { isMap, type Json, type JsonMap } from '../../../src/model/json.js'
import { parsePointer, valueAt } from '../../../src/model/pointer.js'
import { type KickstartResult, kickstartOf } from '../../../src/provision/kickstart/kickstart.js'
import type { FindTextTemplate } from '../../../src/provision/text-template-files.js'
import { runs, timeLimit } from '../../property-runs.js'
import { readKickstart, splitLines, splitWords, versions } from './documented.js'

t.setTimeout(timeLimit(240_000))

const { system, software } = packageSchemas()
const schemaAt = (schema: JsonMap, ...path: readonly string[]): JsonMap => {
  const found = valueAt(schema, path)
  if (!isMap(found)) throw new Error(`no schema at ${path.join('/')}`)
  return found
}

/** What quotes, shells, templates and the parser of kickstart files could take for their own. */
const nasty = [
  '"',
  "'",
  '\\',
  '\\\\"',
  '#',
  ' # ',
  '%end',
  '%include /etc/shadow',
  '$(id)',
  '`id`',
  '{{name}}',
  '--x',
  '-x',
]
const breaking = ['\u2028', '\u2029', 'a\u2028%end', '\t']
const unseen = ['\u00a0', '\ufeff', 'é']

/** What is refused by itself is rare: a profile has many values, and one that is refused hides all others. */
const seldom = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: rare })

/** Texts that a pattern of a schema takes. */
const texts = (pattern: Json | undefined): fc.Arbitrary<string> => {
  const takes = new RegExp(String(pattern), 'u')
  const part = seldom(
    fc.oneof(fc.constantFrom(...nasty, ...unseen), fc.string({ unit: 'grapheme', maxLength: 4 })),
    fc.constantFrom(...breaking),
  )
  return fc
    .tuple(fc.constantFrom('', '/', 'http://h/', 'a'), fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([before, parts]) => before + parts.join(''))
    .filter(text => takes.test(text))
}

const inKickstart = (...path: readonly string[]): fc.Arbitrary<string> =>
  texts(schemaAt(system, 'properties', 'kickstart', 'properties', ...path).pattern)

const names = fc.constantFrom('a', 'wheel', 'x_1', 'sshd')
const hash = seldom(fc.constantFrom('$6$a$b/.', '$5$a$b'), fc.constantFrom('$y$j9T$c$d', '$2b$05$abc'))
const keys = fc.uniqueArray(
  fc.oneof(
    fc.constant('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 a@b'),
    texts('^[^\\p{Cc}]*$').map(comment => `from="10.*" ssh-rsa AAAAB3NzaC1yc2E= ${comment}`),
  ),
)
const hook = fc.record(
  {
    script: seldom(
      fc.constantFrom('echo one\necho %end\n', '%endless\n', ''),
      fc.oneof(texts(''), fc.constantFrom('echo\n  %end\n', 'echo\n%post\n', 'a\r%end')),
    ),
    interpreter: fc.constantFrom('/bin/sh', '/usr/bin/python3'),
    chroot: fc.boolean(),
  },
  { requiredKeys: ['script'] },
)
const hooks = fc.record({ pre: fc.array(hook), post: fc.array(hook), onerror: fc.array(hook) }, { requiredKeys: [] })

const kickstarts = {
  template: fc.constant('kickstart/kickstart'),
  url: inKickstart('url'),
  lang: fc.constantFrom('en_IE.UTF-8', 'de_DE@euro'),
  keyboard: fc.constantFrom('ie', 'de-nodeadkeys'),
  timezone: fc.constantFrom('UTC', 'Europe/Dublin'),
  ntpservers: fc.uniqueArray(inKickstart('ntpservers', 'items')),
  rootpw: hash,
  ssh_keys: keys,
  users: fc.dictionary(
    fc.constantFrom('ann', '_bob', 'c-d'),
    fc.record(
      {
        ...{ password: hash, groups: fc.uniqueArray(names), uid: fc.nat(60000), gid: fc.nat(60000), ssh_keys: keys },
        homedir: inKickstart('users', 'additionalProperties', 'properties', 'homedir'),
        shell: inKickstart('users', 'additionalProperties', 'properties', 'shell'),
        gecos: inKickstart('users', 'additionalProperties', 'properties', 'gecos'),
      },
      { requiredKeys: [] },
    ),
  ),
  bootloader: fc.record(
    {
      append: inKickstart('bootloader', 'properties', 'append'),
      password: fc.constant('grub.pbkdf2.sha512.10000.AB.CD'),
    },
    { requiredKeys: [] },
  ),
  selinux: fc.constantFrom('enforcing', 'permissive', 'disabled'),
  firewall: fc.record(
    {
      enabled: fc.boolean(),
      services: fc.uniqueArray(fc.constantFrom('ssh', 'http')),
      ports: fc.uniqueArray(fc.constantFrom('22/tcp', '6000-6010/udp')),
    },
    { requiredKeys: [] },
  ),
  services: fc.record({ enabled: fc.uniqueArray(names), disabled: fc.uniqueArray(names) }, { requiredKeys: [] }),
  hooks,
  agent: fc.record(
    {
      source: inKickstart('agent', 'properties', 'source'),
      sha256: fc.constant('a'.repeat(64)),
      document: fc.constant('https://p/ui.json'),
      trust: fc.constant('-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n'),
    },
    { requiredKeys: ['source', 'sha256', 'document'] },
  ),
  provisioner: fc.record({ url: fc.constant('https://p.example.org') }),
  finish: fc.constantFrom('reboot', 'poweroff', 'halt'),
}

const address4 = fc.constantFrom('192.0.2.10', '192.0.2.11', '198.51.100.9')
const address6 = fc.constantFrom('2001:db8::10/64', '2001:db8:1::1/48')
const hop = fc.constantFrom('192.0.2.1', '198.51.100.1', '2001:db8::1', 'fe80::1')
const link = fc.constantFrom(
  'eth0',
  'eth1',
  'bond0',
  'bond0.20',
  'bond0.30',
  'eth0.7',
  'eth0.8',
  'office',
  'vlan9',
  'br0',
)
const entry = fc.record(
  {
    ...{ bootproto: fc.constantFrom('static', 'dhcp', 'none'), ip: address4, prefix: fc.constantFrom(24, 16) },
    ...{ ipv6addr: address6, gateway: hop, vlan: fc.constantFrom(7, 9), physdev: fc.constantFrom('eth0', 'bond0') },
    aliases: fc.dictionary(names, fc.record({ ip: address4, prefix: fc.constant(24) }), { maxKeys: 1 }),
    routes: fc.array(fc.record({ address: fc.constant('10.0.0.0'), prefix: fc.constant(8), gateway: hop }), {
      maxLength: 1,
    }),
    ...{ bridge: fc.constantFrom('br0', 'br1'), master: fc.constantFrom('bond0'), onboot: fc.boolean() },
    bonding_opts: fc.constantFrom({ mode: '802.3ad' }, { miimon: 100, mode: 'active-backup' }),
  },
  { requiredKeys: [] },
)
const everyNetwork = {
  hostname: seldom(fc.constantFrom('ui', 'ui.example.org'), texts('')),
  domainname: seldom(fc.constant('example.org'), fc.constant('a b')),
  default_gateway: fc.constantFrom('192.0.2.1', '2001:db8::1'),
  nameserver: fc.uniqueArray(fc.constantFrom('192.0.2.53', '2001:db8::53')),
  interfaces: fc.dictionary(link, entry, { maxKeys: 4 }),
  bridges: fc.dictionary(
    fc.constantFrom('br0', 'br1'),
    fc.record(
      {
        ...{ netdev: link, stp: fc.boolean(), forward_delay: fc.integer({ min: 2, max: 30 }), mtu: fc.constant(9000) },
        ...{ probe: hop, ensure: fc.constantFrom('present', 'absent') },
      },
      { requiredKeys: [] },
    ),
    { maxKeys: 2 },
  ),
}
const static4 = { ip: '192.0.2.10', prefix: 24 }
const bonded = { eth0: { master: 'bond0' }, eth1: { master: 'bond0' } }
const bonding_opts = { mode: '802.3ad', miimon: 100 }
/** What sites have: all keys at random contradict each other, nearly always. */
const usualNetwork: fc.Arbitrary<JsonMap> = fc
  .tuple(
    fc.constantFrom<JsonMap>(
      {},
      { interfaces: { eth0: { bootproto: 'dhcp' } }, hostname: 'ui', domainname: 'example.org' },
      {
        interfaces: { eth0: { ...static4, ipv6addr: '2001:db8::10/64' }, eth1: { bootproto: 'dhcp' } },
        default_gateway: '192.0.2.1',
      },
      {
        interfaces: { ...bonded, bond0: { ...static4, bonding_opts }, 'bond0.20': { bridge: 'br0' } },
        default_gateway: '192.0.2.1',
        bridges: { br0: { stp: true, forward_delay: 4 }, inner: {} },
      },
      {
        interfaces: {
          'eth0.7': { ...static4, gateway: '192.0.2.1' },
          'eth0.8': { ip: '10.0.0.1', prefix: 8, aliases: { a: { ip: '10.0.0.2', prefix: 8 } } },
          office: { vlan: 9, physdev: 'eth0', bootproto: 'dhcp' },
        },
      },
      {
        interfaces: {
          eth0: { ...static4, bridge: 'br0', routes: [{ address: '10.0.0.0', prefix: 8, gateway: '192.0.2.2' }] },
        },
        bridges: { br0: { mtu: 9000 } },
        hostname: 'ui.example.org',
      },
    ),
    fc.record({ nameserver: everyNetwork.nameserver }, { requiredKeys: [] }),
  )
  .map(([network, more]) => ({ ...network, ...more }))
const networks = fc.oneof(
  { weight: 3, arbitrary: usualNetwork },
  { weight: 1, arbitrary: fc.record(everyNetwork, { requiredKeys: [] }) as fc.Arbitrary<JsonMap> },
)

const types = seldom<string | undefined>(
  fc.constantFrom(undefined, 'xfs', 'ext4'),
  fc.constantFrom('btrfs', 'vfat', 'tmpfs'),
)
const disks: fc.Arbitrary<JsonMap> = fc
  .tuple(fc.constantFrom('sda', 'nvme0n1'), types, fc.boolean(), fc.constantFrom(undefined, 'noatime', 'a="b"'))
  .map(([disk, type, isGroup, mountopts]) => {
    const more = { ...(type && { type }), ...(mountopts && { mountopts }) }
    const boot = { mountpoint: '/boot', block_device: `partitions/${disk}1` }
    const partitions = { [`${disk}1`]: { holding_dev: disk, size: 1024 }, [`${disk}2`]: { holding_dev: disk } }
    return isGroup
      ? {
          blockdevices: {
            partitions,
            volume_groups: { 'vg.0': { device_list: [`partitions/${disk}2`] } },
            logical_volumes: {
              'root-1': { volume_group: 'vg.0', size: 8192 },
              swap: { volume_group: 'vg.0', size: 2048 },
            },
          },
          filesystems: [
            boot,
            { mountpoint: '/', block_device: 'logical_volumes/root-1', ...more },
            { mountpoint: 'swap', block_device: 'logical_volumes/swap' },
          ],
        }
      : {
          blockdevices: { partitions },
          filesystems: [boot, { mountpoint: '/', block_device: `partitions/${disk}2`, ...more }],
        }
  })

const repository = (...path: readonly string[]) =>
  texts(schemaAt(software, 'properties', 'repositories', 'additionalProperties', 'properties', ...path).pattern)
const softwares = {
  packages: fc.dictionary(
    texts(schemaAt(software, 'properties', 'packages', 'propertyNames').pattern),
    fc.record({ ensure: fc.constantFrom('present', 'absent') }, { requiredKeys: [] }),
  ),
  groups: fc.dictionary(texts(schemaAt(software, 'properties', 'groups', 'propertyNames').pattern), fc.constant({})),
  modules: seldom(fc.constant<JsonMap>({}), fc.constant<JsonMap>({ nodejs: { stream: '20' } })),
  repositories: fc.dictionary(
    texts(schemaAt(software, 'properties', 'repositories', 'propertyNames').pattern),
    seldom<JsonMap>(
      fc.oneof(
        fc.record({ baseurl: repository('baseurl'), cost: fc.integer({ min: 1, max: 9999 }), install: fc.boolean() }),
        fc.record({ mirrorlist: repository('mirrorlist') }),
      ),
      fc.record({ metalink: repository('metalink') }),
    ),
    { maxKeys: 2 },
  ),
}

const systems = versions.map(version => {
  const [, kind, release = ''] = /^(RHEL|F)(\d+)$/.exec(version) ?? []
  return { distribution: kind === 'F' ? 'fedora' : 'almalinux', release }
})

const machines: fc.Arbitrary<JsonMap> = fc
  .record({
    kickstart: fc.record(kickstarts, { requiredKeys: ['url'] }),
    network: networks,
    software: fc.record(softwares, { requiredKeys: [] }),
    disks,
    os: fc.constantFrom(...systems),
  })
  .map(({ kickstart, network, software, disks, os }) => ({
    name: 'ui',
    hardware: {
      harddisks: { sda: {}, nvme0n1: {}, sdb: {} },
      cards: { nic: { eth0: { hwaddr: '00:16:3e:00:00:01' }, eth1: { hwaddr: '00:16:3e:00:00:02' } } },
    },
    system: { os, network, ...disks, kickstart },
    software,
  })) as fc.Arbitrary<JsonMap>

const find: FindTextTemplate = name => {
  const file = `templates/${name}.hbs`
  return { file, text: readFileSync(join(packageRoot(), file), 'utf8') }
}

const fileOf = (machine: JsonMap): KickstartResult => kickstartOf(machine, find, 'the-token')

t.test('the profiles that are tried have every key that the schemas know', async t => {
  const known = (schema: JsonMap, ...path: readonly string[]) =>
    Object.keys(schemaAt(schema, 'properties', ...path)).sort()
  t.strictSame(Object.keys(kickstarts).sort(), known(system, 'kickstart', 'properties'))
  t.strictSame(Object.keys(everyNetwork).sort(), known(system, 'network', 'properties'))
  t.strictSame(
    Object.keys(softwares).sort(),
    known(software).filter(key => key !== 'components'),
  )
})

const ajv = createAjv()
const fits = { system: ajv.compile(system), software: ajv.compile(software) }

t.test('each is refused at places of its document, or every line of its file is documented', async t => {
  let written = 0
  const count = { of: 0 }
  fc.assert(
    fc.property(machines, machine => {
      fc.pre(fits.system(machine.system) && fits.software(machine.software))
      count.of += 1
      const result = fileOf(machine)
      if (result.ok) {
        written += 1
        readKickstart(result.file.text)
        return true
      }
      return result.faults.every(({ pointer = '' }) => {
        const path = parsePointer(pointer)
        return path.length > 1 && valueAt(machine, path) !== undefined
      })
    }),
    runs(400),
  )
  t.ok(written > count.of / 5, `${written} of ${count.of} have a file`)
})

const python = `
import json, shlex, sys
for text in json.load(sys.stdin):
    lines = []
    inside = False
    for line in text.splitlines():
        word = line.split()[0] if line.split() else ''
        if word == '%end':
            inside = False
        elif not inside and word and not word.startswith('#'):
            lines.append(shlex.split(line, comments=True))
            inside = word.startswith('%')
    print(json.dumps(lines))
`

t.test("Python's shlex splits the lines as ours does", async t => {
  const asked = spawnSync('python3', ['-c', 'import shlex'])
  if (asked.status !== 0) {
    t.comment('there is no python3 on this machine: the lines were read by our own shlex alone')
    return
  }
  const files = fc.sample(machines, { numRuns: 150, seed: 1 }).flatMap(machine => {
    const result = fileOf(machine)
    return result.ok ? [result.file.text] : []
  })
  const { status, stdout, stderr } = spawnSync('python3', ['-c', python], {
    input: JSON.stringify(files),
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    maxBuffer: 2 ** 28,
  })
  t.equal(status, 0, String(stderr))
  const answers = String(stdout).trimEnd().split('\n')
  t.equal(answers.length, files.length)
  t.ok(files.length > 20)
  for (const [index, text] of files.entries()) {
    const ours: (readonly string[])[] = []
    let inside = false
    for (const line of splitLines(text)) {
      const [word = ''] = line.trim().split(/\s+/)
      if (word === '%end') inside = false
      else if (!inside && word !== '' && !word.startsWith('#')) {
        ours.push(splitWords(line))
        inside = word.startsWith('%')
      }
    }
    t.strictSame(JSON.parse(answers[index] ?? ''), ours)
  }
})
