import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readOperatorConfig } from '../../src/remote/ssh/operator-config.js'
import { skipWithout } from '../oracles/require-tool.js'

const config = (dir: string): string => `
IdentitiesOnly yes
Include ${dir}/more/*.conf
Host jump
  HostName jump.example.org
  Port 2222
Host *.example.org !bad.example.org
  User admin
Host ce se
  HostName %h.example.org
  User root
  IdentityFile ~/.ssh/id_grid
  IdentityFile ${dir}/%h-%r
  ProxyJump operator@jump:2200,second
  UserKnownHostsFile "${dir}/known" ~/.ssh/other
  GlobalKnownHostsFile /dev/null
  ConnectTimeout=5
Match originalhost wn01 user root
  Port 23
host lower
  hostname 192.0.2.7
  hostkeyalias grid
  identityagent none
Host *
  User fallback
  Port 24
`

const names = [
  'ce',
  'se',
  'jump',
  'bad.example.org',
  'mon.example.org',
  'wn01',
  'lower',
  'included',
  'behind',
  'nobody',
]

/** `ssh -G`: what it would go by, by key. */
const sshSays = (file: string, name: string): ReadonlyMap<string, readonly string[]> => {
  const { stdout, status } = spawnSync('ssh', ['-G', '-F', file, name], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ssh -G ${name} failed`)
  const said = new Map<string, string[]>()
  for (const line of stdout.trim().split('\n')) {
    const [key = '', ...value] = line.split(' ')
    said.set(key, [...(said.get(key) ?? []), value.join(' ')])
  }
  return said
}

const tilde = (path: string): string => path.replace(/^~/, homedir())

t.test('a name is reached as the real ssh would reach it', async t => {
  if (skipWithout(t, 'ssh', 'apt-get install -y --no-install-recommends openssh-client')) return
  const dir = t.testdir()
  mkdirSync(join(dir, 'more'))
  const file = join(dir, 'config')
  writeFileSync(file, config(dir))
  writeFileSync(join(dir, 'more/a.conf'), 'Host included\n  HostName 192.0.2.9\n')
  writeFileSync(join(dir, 'more/b.conf'), 'Host behind\n  Port 99\n')
  writeFileSync(join(dir, 'more/c.other'), 'Host behind\n  HostName 192.0.2.10\n')
  writeFileSync(join(dir, 'more/.b.conf'), 'Host nobody\n  HostName 192.0.2.11\n')
  const { targetOf } = readOperatorConfig(file)
  for (const name of names) {
    const said = sshSays(file, name)
    const first = (key: string): string | undefined => said.get(key)?.[0]
    const target = targetOf(name)
    t.match(
      target,
      {
        address: first('hostname'),
        port: Number(first('port')),
        user: first('user'),
        identitiesOnly: first('identitiesonly') === 'yes',
        jumps: first('proxyjump')?.split(',') ?? [],
      },
      name,
    )
    if (name === 'ce') {
      const tokens = (path: string): string => path.replace('%h-%r', 'ce.example.org-root')
      t.same(target.identityFiles, said.get('identityfile')?.map(tilde).map(tokens), 'key files')
      const known = [...(first('userknownhostsfile')?.split(' ') ?? []), '/dev/null']
      t.same(target.knownHostsFiles, known.map(tilde), 'known_hosts')
      t.equal(target.timeout, 5000)
    }
  }
  t.equal(targetOf('lower').keyName, 'grid')
  t.equal(targetOf('lower').agent, undefined)
  t.equal(targetOf('jump').keyName, '[jump.example.org]:2222')
  t.equal(targetOf('nobody', { address: 'nobody.example.net' }).address, 'nobody.example.net', 'by its profile')
  t.equal(targetOf('lower', { address: 'lower.example.net' }).address, '192.0.2.7', 'the configuration counts more')
})

/** How both reach a name: as here, as ssh. */
const both = (file: string, name: string): readonly unknown[] => {
  const ours = (): unknown => {
    const { user, port, address, jumps } = readOperatorConfig(file).targetOf(name)
    return [user, String(port), address, jumps.join(',')]
  }
  const said = sshSays(file, name)
  return [ours(), ['user', 'port', 'hostname', 'proxyjump'].map(key => said.get(key)?.[0] ?? '')]
}

t.test('what a file includes counts where the Include line does', async t => {
  if (skipWithout(t, 'ssh', 'apt-get install -y --no-install-recommends openssh-client')) return
  const dir = t.testdir({
    every: 'Host *\n  User eve\n  ProxyJump evil.example\n',
    nested: 'Include DIR/port\nUser eve\n',
    port: 'Port 99\nHost foo\n  HostName foo.example\n',
    bar: 'Host bar\n  User bar\n',
    final: 'Match final\n  Port 77\n',
    section: 'Host foo\n  Include DIR/every\n',
    twice: 'Host foo\n  Include DIR/nested\n  Port 98\n',
    matched: 'Match host foo\n  Include DIR/every DIR/nested\nHost other\n  Port 97\n',
    after: 'Host foo\n  Include DIR/bar\n  User foo\nHost *\n  Port 96\n',
    front: 'Include DIR/bar\nUser every\nHost foo\n  Port 95\n',
    last: 'Host foo\n  HostName FOO.example\n  Include DIR/final\nMatch host=foo.example originalhost foo # both\n  User f\nHost foo.example\n  ProxyJump j\n',
  })
  for (const name of readdirSync(dir)) {
    const file = join(dir, name)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('DIR', dir))
  }
  for (const file of ['section', 'twice', 'matched', 'after', 'front', 'last'])
    for (const name of ['foo', 'bar', 'other']) {
      const [ours, theirs] = both(join(dir, file), name)
      t.same(ours, theirs, `${name} by ${file}`)
    }
})

t.test('the first of ProxyJump and ProxyCommand counts', async t => {
  if (skipWithout(t, 'ssh', 'apt-get install -y --no-install-recommends openssh-client')) return
  const file = join(t.testdir(), 'config')
  const first = 'Host a\n  ProxyCommand none\n  ProxyJump j\n'
  const second = 'Host b\n  ProxyJump j\n  ProxyCommand nc %h %p\n'
  writeFileSync(file, `${first}${second}Host c\n  ProxyJump none\n  ProxyCommand nc %h %p\n`)
  for (const name of ['a', 'b', 'c']) {
    const [ours, theirs] = both(file, name)
    t.same(ours, theirs, name)
  }
})

t.test('a Match counts where all that it asks for holds, and none that has a ! in front', async t => {
  if (skipWithout(t, 'ssh', 'apt-get install -y --no-install-recommends openssh-client')) return
  const file = join(t.testdir(), 'config')
  const criteria = [
    ...[
      '!host other',
      '!host foo,other',
      '!host !foo',
      'host !foo,*',
      '!originalhost foo',
      '!user root,eve',
      '!localuser nobody',
    ],
    ...[
      'host foo !user nobody',
      '!host foo host foo',
      'HOST=foo !Host=bar',
      '!all',
      'all',
      'final',
      '!final',
      '!canonical host foo',
    ],
    ...['!final !host other', 'final all', 'host foo !final', '!exec true host nobody', 'exec false host nobody'],
  ]
  for (const written of criteria) {
    writeFileSync(file, `Match ${written}\n  User eve\n  ProxyJump evil.example\n`)
    for (const name of ['foo', 'other']) {
      const [ours, theirs] = both(file, name)
      t.same(ours, theirs, `${name} by Match ${written}`)
    }
  }
})

t.test('a Match that cannot be judged here is refused where it would tell', async t => {
  const dir = t.testdir({ included: 'User eve\nHost other\n  Port 24\n' })
  const file = join(dir, 'config')
  const targetIn = (text: string, name = 'foo') => {
    writeFileSync(file, text.replaceAll('DIR', dir))
    return readOperatorConfig(file).targetOf(name)
  }
  for (const [written, what] of [
    ['exec "true"', 'Match exec'],
    ['!exec false', 'Match !exec'],
    ['host foo exec "test -f /a"', 'Match exec'],
    ['tagged work', 'Match tagged'],
    ['localnetwork 192.0.2.0/24 host foo', 'Match localnetwork'],
  ] as const)
    t.throws(() => targetIn(`Match ${written}\n  ForwardAgent yes\n  User eve\n`), {
      name: 'ConfigRefused',
      message: `foo: ${file}:3: User depends on ${what}, which is not judged here: reach it by a --ssh-config of its own`,
    })
  t.throws(() => targetIn('Match exec true\n  Include DIR/included\n'), { message: /^foo: .*included:1: User depends/ })
  t.throws(() => targetIn('User u\nMatch exec true\n  Include DIR/included\n', 'other'), {
    message: /included:3: Port/,
  })
  const before = 'User u\nPort 23\nMatch exec "touch DIR/ran"\n  ForwardAgent yes\n  Include DIR/included\n'
  t.match(targetIn(before), { user: 'u', port: 23 }, 'what is said before counts')
  t.match(targetIn('Match exec true host bar\n  Port 23\nMatch exec true\n  ForwardAgent yes\n'), { port: 22 })
  t.notOk(existsSync(join(dir, 'ran')), 'nothing is run')
  for (const written of ['host', 'all host foo', 'host foo user', '!host'])
    t.throws(
      () => targetIn(`Match ${written}\n  Port 23\n`),
      { name: 'ConfigRefused', message: /config:1: Match / },
      written,
    )
})

t.test('values are read as ssh reads them, and refused where it refuses them', async t => {
  if (skipWithout(t, 'ssh', 'apt-get install -y --no-install-recommends openssh-client')) return
  const file = join(t.testdir(), 'config')
  const values = [
    ...[
      'IdentitiesOnly true',
      'IdentitiesOnly YES',
      'IdentitiesOnly False',
      'IdentitiesOnly maybe',
      'IdentitiesOnly 1',
    ],
    ...[
      'ConnectTimeout 1m',
      'ConnectTimeout 1h30M5',
      'ConnectTimeout 7s',
      'ConnectTimeout 2d1W',
      'ConnectTimeout none',
    ],
    ...[
      'ConnectTimeout 0',
      'ConnectTimeout 1x',
      'ConnectTimeout 1.5',
      'ConnectTimeout -1',
      'ConnectTimeout m',
      'ConnectTimeout 5 s',
    ],
    ...['ConnectTimeout None', 'ConnectTimeout 99999999999'],
    ...['UserKnownHostsFile "/tmp/a b" /tmp/c', "UserKnownHostsFile '/tmp/a  b'", 'UserKnownHostsFile /tmp/a\\ b # c'],
    ...[
      'UserKnownHostsFile "/tmp/a',
      'UserKnownHostsFile ""',
      'UserKnownHostsFile none /tmp/c',
      'GlobalKnownHostsFile /c none',
    ],
    ...['Port 0x16', 'Port 022', 'Port 1e3', 'Port 22 23', 'Port ""', 'Port', 'Port 65536', 'Port=23', 'Port = 24'],
    ...[
      'User "a b"',
      "User 'a'b",
      'User a b',
      'User a\\"b',
      'User a#b',
      'User a #b',
      'IdentityFile a b',
      'IdentityFile "/a b"',
    ],
    ...['HostKeyAlias a b', 'ProxyJump j', 'RevokedHostKeys /a b'],
  ]
  for (const value of values) {
    writeFileSync(file, `Host a\n  ${value}\n`)
    const theirs = spawnSync('ssh', ['-G', '-F', file, 'a'], { encoding: 'utf8' })
    const reading = () => readOperatorConfig(file).targetOf('a')
    if (theirs.status !== 0) {
      t.throws(reading, { name: 'ConfigRefused' }, value)
      continue
    }
    const said = sshSays(file, 'a')
    const [seconds = '', user = '', port = ''] = ['connecttimeout', 'user', 'port'].map(key => said.get(key)?.[0])
    const ours = reading()
    t.match(ours, { user, port: Number(port), timeout: 1000 * (Number(seconds) || 20) }, value)
    t.equal(ours.identitiesOnly, said.get('identitiesonly')?.[0] === 'yes', value)
    const files = ['userknownhostsfile', 'globalknownhostsfile'].map(key => said.get(key)?.[0] ?? '')
    t.equal(ours.knownHostsFiles.join(' '), files.map(text => text.replaceAll('~', homedir())).join(' '), value)
    if (value.startsWith('IdentityFile')) t.same(ours.identityFiles, said.get('identityfile'), value)
  }
  writeFileSync(file, 'Host a\n  UserKnownHostsFile none\n  GlobalKnownHostsFile "/tmp/a b" /c\n  ConnectTimeout 52w\n')
  t.same(readOperatorConfig(file).targetOf('a').knownHostsFiles, ['/tmp/a b', '/c'])
  t.equal(readOperatorConfig(file).targetOf('a').timeout, 2 ** 31 - 1, 'the longest that Node waits')
})

t.test('the command by which ssh itself goes the same way', t => {
  const dir = t.testdir({ 'my config': 'Host ce\n  HostName 192.0.2.1\n' })
  const file = join(dir, 'my config')
  const { targetOf } = readOperatorConfig(file)
  t.equal(targetOf('ce', { address: 'ce.example.org' }).command, `ssh -F '${file}' ce`)
  t.equal(targetOf('se', { address: 'se.example.org' }).command, `ssh -F '${file}' -o HostName=se.example.org se`)
  t.equal(targetOf('jump', { user: 'me', port: 2222 }).command, `ssh -F '${file}' -l me -p 2222 jump`)
  t.end()
})

/** ssh_config(5) of OpenSSH 10, and what older ones had. */
const allKeywords =
  `AddKeysToAgent AddressFamily BatchMode BindAddress BindInterface CanonicalDomains CanonicalizeFallbackLocal
CanonicalizeHostname CanonicalizeMaxDots CanonicalizePermittedCNAMEs CASignatureAlgorithms CertificateFile ChallengeResponseAuthentication
ChannelTimeout CheckHostIP Cipher Ciphers ClearAllForwardings Compression CompressionLevel ConnectionAttempts ConnectTimeout ControlMaster
ControlPath ControlPersist DSAAuthentication DynamicForward EnableEscapeCommandline EnableSSHKeysign EscapeChar ExitOnForwardFailure
FingerprintHash ForkAfterAuthentication ForwardAgent ForwardX11 ForwardX11Timeout ForwardX11Trusted GatewayPorts GlobalKnownHostsFile
GSSAPIAuthentication GSSAPIClientIdentity GSSAPIDelegateCredentials GSSAPIKeyExchange GSSAPITrustDns HashKnownHosts Host
HostbasedAcceptedAlgorithms HostbasedAuthentication HostbasedKeyTypes HostKeyAlgorithms HostKeyAlias HostName IdentitiesOnly IdentityAgent
IdentityFile IgnoreUnknown Include IPQoS KbdInteractiveAuthentication KbdInteractiveDevices KexAlgorithms KnownHostsCommand LocalCommand
LocalForward LogLevel LogVerbose MACs Match NoHostAuthenticationForLocalhost NumberOfPasswordPrompts ObscureKeystrokeTiming
PasswordAuthentication PermitLocalCommand PermitRemoteOpen PKCS11Provider Port PreferredAuthentications Protocol ProxyCommand ProxyJump
ProxyUseFdpass PubkeyAcceptedAlgorithms PubkeyAcceptedKeyTypes PubkeyAuthentication RefuseConnection RekeyLimit RemoteCommand RemoteForward
RequestTTY RequiredRSASize RevokedHostKeys RhostsRSAAuthentication RSAAuthentication SecurityKeyProvider SendEnv ServerAliveCountMax
ServerAliveInterval SessionType SetEnv SmartcardDevice StdinNull StreamLocalBindMask StreamLocalBindUnlink StrictHostKeyChecking
SyslogFacility Tag TCPKeepAlive Tunnel TunnelDevice UpdateHostKeys UseKeychain UsePrivilegedPort User UserKnownHostsFile UseRoaming
VerifyHostKeyDNS VersionAddendum VisualHostKey XAuthLocation AFSTokenPassing FallBackToRsh GlobalKnownHostsFile2 IdentityFile2 KeepAlive
KerberosAuthentication KerberosTgtPassing RhostsAuthentication SKeyAuthentication TISAuthentication UserKnownHostsFile2 UseRsh`.split(
    /\s+/,
  )

t.test('a misspelt keyword is refused, and none that ssh knows', async t => {
  const dir = t.testdir()
  const file = join(dir, 'config')
  const reading = (text: string) => {
    writeFileSync(file, text)
    return () => readOperatorConfig(file)
  }
  const hasSsh = spawnSync('ssh', ['-V']).status === 0
  for (const [written, meant] of [
    ['ProxyJmp', 'ProxyJump'],
    ['identityfiel', 'IdentityFile'],
    ['UserKnownHostFile', 'UserKnownHostsFile'],
    ['Hosts', 'Host'],
  ] as const) {
    const text = `Host a\n  ${written} b\n`
    t.throws(reading(text), {
      name: 'ConfigRefused',
      message: new RegExp(`ssh knows no ${written}: ${meant} is meant`),
    })
    if (hasSsh) t.not(spawnSync('ssh', ['-G', '-F', file, 'a']).status, 0, `nor does ssh take ${written}`)
    t.doesNotThrow(reading(`IgnoreUnknown other,${written.slice(0, 4)}*\n${text}`))
  }
  for (const keyword of allKeywords.filter(keyword => !['Match', 'Include'].includes(keyword)))
    t.doesNotThrow(reading(`# ProxyJmp x\n${keyword.toUpperCase()} b\n`), keyword)
})

t.test('old names of keywords are read as ssh reads them', async t => {
  if (skipWithout(t, 'ssh', 'apt-get install -y --no-install-recommends openssh-client')) return
  const file = join(t.testdir(), 'config')
  const old = 'IdentityFile2 /b\nUserKnownHostsFile2 /c\nGlobalKnownHostsFile2 /d e\n'
  writeFileSync(file, `IdentityFile /a\n${old}UserKnownHostsFile /f\n`)
  const said = sshSays(file, 'a')
  const { identityFiles, knownHostsFiles } = readOperatorConfig(file).targetOf('a')
  t.same(identityFiles, said.get('identityfile'))
  const files = ['userknownhostsfile', 'globalknownhostsfile'].map(key => said.get(key)?.[0])
  t.equal(knownHostsFiles.join(' '), files.join(' '))
  writeFileSync(file, 'IdentityFile3 /a\n')
  t.throws(() => readOperatorConfig(file), { name: 'ConfigRefused', message: /IdentityFile is meant/ })
})

t.test('what cannot be done is refused, never left out', async t => {
  const dir = t.testdir({
    proxy: 'Host a\n  ProxyCommand nc %h %p\n',
    none: 'Host a\n  ProxyCommand none\n',
    port: 'Host a\n  Port ssh\n',
    quote: 'Host a\n  IdentityFile "/a\n',
    circle: 'Include circle\n',
  })
  const targetIn = (name: string) => readOperatorConfig(join(dir, name)).targetOf('a')
  t.throws(() => targetIn('proxy'), { name: 'ConfigRefused', message: /^a: ProxyCommand/ })
  t.equal(targetIn('none').address, 'a')
  t.throws(() => targetIn('port'), { name: 'ConfigRefused', message: /Port ssh/ })
  t.throws(() => targetIn('missing'), { name: 'ConfigRefused', message: /missing: there is no such file$/ })
  t.throws(() => targetIn('quote'), { name: 'ConfigRefused', message: /quote:2: a quote is not closed$/ })
  writeFileSync(join(dir, 'circle'), `Include ${dir}/circle\n`)
  t.throws(() => targetIn('circle'), { name: 'ConfigRefused', message: /16 deep/ })
})
