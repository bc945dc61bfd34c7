// Kickstart files as Anaconda reads them: by the commands and options that are documented for each version (documented.ts).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../../src/compiler/package-root.js'
import type { JsonMap } from '../../../src/model/json.js'
import { type KickstartResult, kickstartOf } from '../../../src/provision/kickstart/kickstart.js'
import type { FindTextTemplate } from '../../../src/provision/text-template-files.js'
import { type Line, readKickstart } from './documented.js'

const ours: FindTextTemplate = name => {
  const file = `templates/${name}.hbs`
  return { file, text: readFileSync(join(packageRoot(), file), 'utf8') }
}

const storage = {
  blockdevices: { partitions: { sda1: { holding_dev: 'sda' } } },
  filesystems: [{ mountpoint: '/', block_device: 'partitions/sda1' }],
}

/** A machine with the least that it takes, and what is given beside. */
const machine = (
  kickstart: JsonMap = {},
  {
    os = { distribution: 'almalinux', release: '9' },
    system = {},
    software = {},
  }: { readonly [part: string]: JsonMap } = {},
): JsonMap => ({
  name: 'ui',
  hardware: { harddisks: { sda: { capacity: 20480 } } },
  system: { os, ...storage, ...system, kickstart: { url: 'http://mirror/9', ...kickstart } },
  software,
})

const fileOf = (result: KickstartResult) => {
  if (!result.ok) throw new Error(JSON.stringify(result.faults))
  return result.file
}

const read = (document: JsonMap, find = ours) => readKickstart(fileOf(kickstartOf(document, find)).text)

const commandsOf = (document: JsonMap, ...names: readonly string[]): readonly Line[] =>
  read(document).commands.filter(({ command }) => names.includes(command))

t.test('every version that is written says which it is, and has documented commands alone', async t => {
  const table: readonly (readonly [string, string, string])[] = [
    ['centos', '7', 'RHEL7'],
    ['rhel', '7.9', 'RHEL7'],
    ['rocky', '8', 'RHEL8'],
    ['almalinux', '9.4', 'RHEL9'],
    ['AlmaLinux', '9', 'RHEL9'],
    ['fedora', '40', 'F40'],
    ['fedora', '43', 'F43'],
    ['fedora', '46', 'F46'],
  ]
  const everything = {
    lang: 'de_DE.UTF-8',
    ntpservers: ['ntp1', 'ntp2'],
    rootpw: '$6$a$b',
    ssh_keys: ['ssh-rsa A b'],
    finish: 'poweroff',
  }
  for (const [distribution, release, version] of table) {
    const { text, version: said } = fileOf(kickstartOf(machine(everything, { os: { distribution, release } }), ours))
    t.equal(said, version)
    t.ok(text.startsWith(`# version: ${version}\n`))
    t.doesNotThrow(() => readKickstart(text), version)
  }
})

t.test('a distribution that kickstart does not install is told', async t => {
  for (const os of [
    {},
    { distribution: 'debian', release: '12' },
    { distribution: 'rhel', release: '6' },
    { distribution: 'rhel' },
    { distribution: 'fedora', release: '39' },
    { distribution: 'fedora', release: '430' },
  ]) {
    const result = kickstartOf(machine({}, { os }), ours)
    t.match(result, { ok: false, faults: [{ pointer: '/system/os', message: /^no kickstart file is known for / }] })
  }
})

t.test('the servers that it asks for the time, in the words of each version', async t => {
  const asked = { timezone: 'Europe/Dublin', ntpservers: ['ntp1', 'ntp2'] }
  const lines = (release: string) =>
    commandsOf(machine(asked, { os: { distribution: 'rhel', release } }), 'timezone', 'timesource')
  t.strictSame(lines('8'), [
    { command: 'timezone', options: { utc: '', ntpservers: 'ntp1,ntp2' }, values: ['Europe/Dublin'] },
  ])
  t.strictSame(lines('9'), [
    { command: 'timezone', options: { utc: '' }, values: ['Europe/Dublin'] },
    { command: 'timesource', options: { 'ntp-server': 'ntp1' }, values: [] },
    { command: 'timesource', options: { 'ntp-server': 'ntp2' }, values: [] },
  ])
})

t.test('root is locked unless a hash is declared; users and keys', async t => {
  t.strictSame(commandsOf(machine(), 'rootpw', 'user', 'sshkey'), [
    { command: 'rootpw', options: { lock: '' }, values: [] },
  ])
  const users = {
    ann: {
      gecos: 'Ann "the boss" O\'Neill',
      groups: ['wheel', 'adm'],
      uid: 1001,
      gid: 1002,
      homedir: '/srv/ann',
      shell: '/bin/zsh',
      password: '$y$j9T$x$y',
    },
    bob: { ssh_keys: ['ssh-ed25519 B bob@example.org', 'ssh-rsa C'] },
  }
  t.strictSame(
    commandsOf(
      machine({ rootpw: '$6$salt$hash/.', ssh_keys: ['ssh-ed25519 R #1'], users }),
      'rootpw',
      'user',
      'sshkey',
    ),
    [
      { command: 'rootpw', options: { iscrypted: '' }, values: ['$6$salt$hash/.'] },
      {
        command: 'user',
        options: {
          name: 'ann',
          iscrypted: '',
          password: '$y$j9T$x$y',
          uid: '1001',
          gid: '1002',
          homedir: '/srv/ann',
          shell: '/bin/zsh',
          gecos: 'Ann "the boss" O\'Neill',
          groups: 'wheel,adm',
        },
        values: [],
      },
      { command: 'user', options: { name: 'bob', lock: '' }, values: [] },
      { command: 'sshkey', options: { username: 'root' }, values: ['ssh-ed25519 R #1'] },
      { command: 'sshkey', options: { username: 'bob' }, values: ['ssh-ed25519 B bob@example.org'] },
      { command: 'sshkey', options: { username: 'bob' }, values: ['ssh-rsa C'] },
    ],
  )
})

t.test('RHEL 7 has no command for keys, RHEL 8 none for several: a script puts them there', async t => {
  for (const [distribution, release] of [
    ['centos', '7'],
    ['rocky', '8'],
  ] as const)
    keysByScript(t, { distribution, release })
})

const keysByScript = (t: Test, os: JsonMap) => {
  const { text } = fileOf(
    kickstartOf(machine({ ssh_keys: ["ssh-rsa A it's"], users: { bob: { ssh_keys: ['ssh-rsa B'] } } }, { os }), ours),
  )
  t.match(text, `echo 'ssh-rsa A it'\\''s' >> "$home/.ssh/authorized_keys"`)
  t.match(text, 'getent passwd bob')
  t.equal(
    readKickstart(text).commands.some(({ command }) => command === 'sshkey'),
    false,
  )
}

t.test('boot loader, SELinux, firewall, services', async t => {
  const names = ['bootloader', 'selinux', 'firewall', 'services'] as const
  t.strictSame(commandsOf(machine(), ...names), [
    { command: 'bootloader', options: { 'boot-drive': 'sda' }, values: [] },
    { command: 'selinux', options: { enforcing: '' }, values: [] },
    { command: 'firewall', options: { enabled: '', service: 'ssh' }, values: [] },
  ])
  const password = 'grub.pbkdf2.sha512.10000.AB.CD'
  const declared = {
    bootloader: { append: 'console=hvc0 quiet', password },
    selinux: 'permissive',
    firewall: { services: ['ssh', 'http'], ports: ['5432/tcp', '6000-6010/udp'] },
    services: { enabled: ['chronyd'], disabled: ['postfix', 'cups'] },
  }
  t.strictSame(commandsOf(machine(declared), ...names), [
    {
      command: 'bootloader',
      options: { 'boot-drive': 'sda', append: 'console=hvc0 quiet', iscrypted: '', password },
      values: [],
    },
    { command: 'selinux', options: { permissive: '' }, values: [] },
    { command: 'firewall', options: { enabled: '', service: 'ssh,http', port: '5432:tcp,6000-6010:udp' }, values: [] },
    { command: 'services', options: { enabled: 'chronyd', disabled: 'postfix,cups' }, values: [] },
  ])
  t.strictSame(commandsOf(machine({ firewall: { enabled: false } }), 'firewall'), [
    { command: 'firewall', options: { disabled: '' }, values: [] },
  ])
})

t.test('repositories, modules and packages', async t => {
  const software = {
    repositories: {
      epel: { metalink: 'https://m/epel', cost: 200, install: false },
      app: { baseurl: 'http://mirror/app' },
    },
    modules: { nodejs: { stream: '20' } },
    groups: { core: {}, '^minimal-environment': {} },
    packages: { vim: {}, postfix: { ensure: 'absent' }, 'python3*': { ensure: 'present' } },
  }
  const document = machine({}, { software })
  t.strictSame(commandsOf(document, 'url', 'repo', 'module'), [
    { command: 'url', options: { url: 'http://mirror/9' }, values: [] },
    { command: 'repo', options: { name: 'app', baseurl: 'http://mirror/app', install: '' }, values: [] },
    { command: 'repo', options: { name: 'epel', metalink: 'https://m/epel', cost: '200' }, values: [] },
    { command: 'module', options: { name: 'nodejs', stream: '20' }, values: [] },
  ])
  t.strictSame(read(document).packages, ['@^minimal-environment', '@core', '-postfix', 'python3*', 'vim'])
  t.strictSame(read(machine()).packages, ['@core'], 'the core, where nothing is declared')
})

t.test('what a version of kickstart does not know is told at its place', async t => {
  const os = { distribution: 'centos', release: '7' }
  const software = {
    repositories: { epel: { metalink: 'https://m' }, two: { baseurl: 'http://a', mirrorlist: 'http://b' } },
    modules: { nodejs: { stream: '20' } },
  }
  t.match(kickstartOf(machine({}, { os, software }), ours), {
    ok: false,
    faults: [
      { pointer: '/software/repositories/two', message: /one of baseurl, mirrorlist, metalink/ },
      { pointer: '/software/repositories/epel/metalink', message: /RHEL7 has no metalink/ },
      { pointer: '/software/modules/nodejs', message: /RHEL7 has no modules/ },
    ],
  })
})

t.test("the site's own scripts, in their order; one that fails fails the installation", async t => {
  const hooks = {
    post: [{ template: 'site/motd' }, { script: 'echo two\n', interpreter: '/usr/bin/python3', chroot: false }],
    pre: [{ script: 'echo one' }],
    onerror: [{ script: 'echo "%end is no end here"\n%endless' }],
  }
  const find: FindTextTemplate = name =>
    name === 'site/motd' ? { file: 'site/motd.hbs', text: 'echo {{shell name}}\n' } : ours(name)
  const { text } = fileOf(kickstartOf(machine({ hooks }), find))
  t.match(text, "\n%post --erroronfail --log=/root/kickstart-post-1.log\necho 'ui'\n%end\n")
  t.strictSame(readKickstart(text).scripts, [
    { command: '%pre', options: { erroronfail: '', log: '/tmp/kickstart-pre-1.log' }, values: [] },
    { command: '%post', options: { erroronfail: '', log: '/root/kickstart-post-1.log' }, values: [] },
    {
      command: '%post',
      options: { interpreter: '/usr/bin/python3', nochroot: '', erroronfail: '', log: '/tmp/kickstart-post-2.log' },
      values: [],
    },
    { command: '%onerror', options: { log: '/tmp/kickstart-onerror-1.log' }, values: [] },
  ])
})

t.test('a script that cannot stand in a kickstart file is told', async t => {
  // Each ends the section, or is put in from elsewhere, or begins another section, for pykickstart 3 (parser.py).
  const directives = [
    '%end',
    '  %end',
    '\t%end # done',
    'a\r%end',
    'a\u2028%end',
    '%include /tmp/x',
    '%ksappend http://x',
    ' %post',
  ]
  const table: readonly (readonly [JsonMap, string, RegExp])[] = [
    ...directives.map(
      line =>
        [{ script: `a\n${line}\nb` }, '/system/kickstart/hooks/post/0', /a line of the script begins with %/] as const,
    ),
    [{}, '/system/kickstart/hooks/post/0', /either a script or a template/],
    [{ script: 'a', template: 'b' }, '/system/kickstart/hooks/post/0', /either a script or a template/],
    [{ template: 'site/none' }, '/system/kickstart/hooks/post/0/template', /no text template site\/none/],
  ]
  const find: FindTextTemplate = name => (name.startsWith('site/') ? undefined : ours(name))
  for (const [hook, pointer, message] of table)
    t.match(kickstartOf(machine({ hooks: { post: [hook] } }), find), { ok: false, faults: [{ pointer, message }] })
})

t.test('the agent is fetched, held to its digest, told its document and whom it trusts, and enabled', async t => {
  const trust = '-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n'
  const agent = { source: 'https://p/agent.tar.gz', sha256: 'a'.repeat(64), document: 'https://p/ui.json', trust }
  const { text } = fileOf(kickstartOf(machine({ agent }), ours))
  t.match(text, `echo '${'a'.repeat(64)}  /root/agent.tar.gz' | sha256sum --check`)
  t.match(text, `cat > /etc/xenclosure/trust.pem <<'PEM'\n${trust}PEM\n`)
  t.match(text, 'OPTIONS="--document https://p/ui.json --trust /etc/xenclosure/trust.pem"\n')
  t.match(text, 'systemctl enable xenclosure-agent.timer')
})

t.test('a file with a hash of a password is a secret', async t => {
  const isSecret = (kickstart: JsonMap): boolean => fileOf(kickstartOf(machine(kickstart), ours)).isSecret
  t.equal(isSecret({}), false)
  t.equal(isSecret({ rootpw: '$6$a$b' }), true)
  t.equal(isSecret({ users: { ann: { password: '$y$j9T$a$b' } } }), true)
  t.equal(isSecret({ bootloader: { password: 'grub.pbkdf2.sha512.1.A.B' } }), true)
  t.equal(isSecret({ url: 'https://site:secret@mirror/9' }), true)
  t.equal(isSecret({ url: 'https://token@mirror/9' }), true)
  t.equal(isSecret({ url: 'https://mirror/9/pub@site' }), false)
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----'
  t.equal(isSecret({ hooks: { post: [{ script: `cat > /root/key <<KEY\n${key}\nKEY` }] } }), true)
})

t.test("a site's own template takes the place of ours; what it asks for in vain is the machine's fault", async t => {
  const own =
    (text: string): FindTextTemplate =>
    name =>
      name === 'site/own' ? { file: 'templates/site/own.hbs', text } : ours(name)
  const result = kickstartOf(
    machine({ template: 'site/own' }),
    own('# version: {{kickstart.version}}\n{{#each kickstart.chapters.storage}}\n{{this}}\n{{/each}}\n'),
  )
  t.match(fileOf(result).text, /^# version: RHEL9\nzerombr\n/)
  t.match(kickstartOf(machine({ template: 'site/own' }), own('\n{{hardware.serialnumber}}')), {
    ok: false,
    faults: [{ pointer: '/hardware/serialnumber', template: { file: 'templates/site/own.hbs', line: 2, column: 3 } }],
  })
  t.match(kickstartOf(machine({ template: 'site/own' }), own('text\n# version: {{kickstart.version}}\n')), {
    ok: false,
    faults: [{ template: { file: 'templates/site/own.hbs', line: 1 }, message: /the first line/ }],
  })
})

t.test("what no command says is not left out by a site's own template", async t => {
  const head = '# version: {{kickstart.version}}\n{{#each kickstart.chapters.network}}\n{{this}}\n{{/each}}\n'
  const parts = [
    '{{#each kickstart.authorizedKeys}}{{> kickstart/authorized-keys}}{{/each}}\n',
    '{{#each kickstart.vlanIfcfgs}}{{> kickstart/vlan-ifcfg}}{{/each}}\n',
  ]
  const interfaces = { 'eth0.7': { ip: '192.0.2.1', prefix: 24 }, 'eth0.8': { ip: '198.51.100.1', prefix: 24 } }
  const document = machine(
    { template: 'site/own', ssh_keys: ['from="a\'b" ssh-rsa AAAAkey me'] },
    { os: { distribution: 'almalinux', release: '8' }, system: { network: { interfaces } } },
  )
  const by = (text: string) =>
    kickstartOf(document, name => (name === 'site/own' ? { file: 'templates/site/own.hbs', text } : ours(name)))
  t.match(by(head), {
    ok: false,
    faults: [
      { template: { file: 'templates/site/own.hbs' }, message: /VLAN eth0.8 has no command/, hint: parts[1]?.trim() },
      { template: { file: 'templates/site/own.hbs' }, message: /the keys of root/, hint: parts[0]?.trim() },
    ],
  })
  t.match(by(head + parts.join('')), { ok: true })
})

t.test('lists of which nothing is left are no options', async t => {
  t.strictSame(commandsOf(machine({ services: { enabled: [], disabled: [] } }), 'services'), [])
  t.strictSame(commandsOf(machine({ services: { enabled: [], disabled: ['cups'] } }), 'services'), [
    { command: 'services', options: { disabled: 'cups' }, values: [] },
  ])
  t.strictSame(commandsOf(machine({ users: { ann: { groups: [] } } }), 'user'), [
    { command: 'user', options: { name: 'ann', lock: '' }, values: [] },
  ])
})

t.test('a hash that the version cannot compare a password with is told: nobody could log in', async t => {
  const table: readonly (readonly [string, string, boolean])[] = [
    ['7', '$6$a$b', true],
    ['7', '$2b$05$a', false],
    ['7', '$y$j9T$a$b', false],
    ['8', '$2b$05$a', true],
    ['8', '$y$j9T$a$b', false],
    ['9', '$y$j9T$a$b', true],
  ]
  for (const [release, hash, isKnown] of table) {
    const os = { distribution: 'almalinux', release }
    const result = kickstartOf(machine({ rootpw: hash, users: { ann: { password: hash } } }, { os }), ours)
    if (isKnown) t.ok(result.ok, `${release} ${hash}`)
    else
      t.match(result, {
        faults: [
          { pointer: '/system/kickstart/rootpw', message: /cannot compare a password with/ },
          { pointer: '/system/kickstart/users/ann/password' },
        ],
      })
  }
})

t.test('a value that would end its line is told, wherever it stands', async t => {
  const table: readonly (readonly [JsonMap, { readonly [part: string]: JsonMap }, string])[] = [
    [{ users: { ann: { gecos: 'Ann\u2028rootpw --plaintext x' } } }, {}, '/system/kickstart/users/ann/gecos'],
    [{ ssh_keys: ['ssh-rsa A', 'ssh-rsa B\u2029'] }, {}, '/system/kickstart/ssh_keys/1'],
    [{ bootloader: { append: 'quiet\u2028' } }, {}, '/system/kickstart/bootloader/append'],
  ]
  for (const [kickstart, parts, pointer] of table)
    t.match(kickstartOf(machine(kickstart, parts), ours), { ok: false, faults: [{ pointer, message: /is one line/ }] })
})

t.test('the types of file systems that each version makes, and where', async t => {
  const table: readonly (readonly [string, string, string, boolean])[] = [
    ['7', '/', 'btrfs', true],
    ['8', '/', 'btrfs', false],
    ['9', '/', 'btrfs', false],
    ['9', '/', 'ext4', true],
    ['9', '/', 'tmpfs', false],
    ['9', '/', 'swap', false],
    ['9', 'swap', 'swap', true],
    ['9', 'swap', 'xfs', false],
    ['9', '/boot/efi', 'vfat', true],
    ['9', '/boot/efi', 'ext4', false],
  ]
  for (const [release, mountpoint, type, isMade] of table) {
    const root = { mountpoint: '/', block_device: 'partitions/sda1' }
    const other = { mountpoint, block_device: 'partitions/sda2', type }
    const filesystems = mountpoint === '/' ? [{ ...root, type }] : [root, other]
    const partitions = {
      sda1: { holding_dev: 'sda' },
      ...(mountpoint !== '/' && { sda2: { holding_dev: 'sda', size: 1 } }),
    }
    const system = { blockdevices: { partitions }, filesystems }
    const result = kickstartOf(machine({}, { os: { distribution: 'almalinux', release }, system }), ours)
    t.equal(result.ok, isMade, `${release} ${type} for ${mountpoint}`)
    if (!result.ok) t.match(result.faults, [{ pointer: `/system/filesystems/${filesystems.length - 1}/type` }])
  }
})
