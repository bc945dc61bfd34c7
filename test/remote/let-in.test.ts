// Who is let in, and whom we believe: keys of hosts and our own, hosts on the way, sudo, Node.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { HostUnreachable, NotLetIn } from '../../src/remote/remote-host.js'
import { reachOverSsh } from '../../src/remote/ssh/reach.js'
import { openLine } from '../fixtures/cutting-proxy.js'
import { type ConfigOptions, makeKey, publicKey, type Sshd, skipWithoutSshd, startSshd } from '../fixtures/sshd.js'
import { skipWithout, skipWithoutRoot } from '../oracles/require-tool.js'

/** What `id -un` says on the host, or why it was not reached. */
const visit = async (configFile: string, name = 'ce'): Promise<string> => {
  try {
    const host = await reachOverSsh({ agent: Buffer.from(''), configFile, addressOf: () => undefined })(name)
    const { stdout } = await host.exec(['id', '-un'], { timeout: 60_000 })
    await host.close()
    return stdout.trim()
  } catch (error) {
    if (error instanceof HostUnreachable) return error.message
    throw error
  }
}

const me = userInfo().username

t.test('a host’s key is never taken on trust', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const other = publicKey(makeKey(sshd.directory, 'other'))
  const name = `[127.0.0.1]:${sshd.port}`
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['known', `${name} ${sshd.hostKey}`, new RegExp(`^${me}$`)],
    [
      'unknown',
      '',
      /^ce \(.*\): its key ssh-ed25519 SHA256:\S+ is not in known_hosts as \[127.0.0.1\]:\d+: .*`ssh -F \S+ ce` once$/,
    ],
    [
      'another',
      `${name} ${other}`,
      /is another than that at \S+:1: .* ssh-keygen -f \S+known-ce\S+ -R '\[127.0.0.1\]:\d+'$/,
    ],
    ['revoked', `@revoked * ${sshd.hostKey}\n${name} ${sshd.hostKey}`, /is revoked at \S+:1$/],
    ['vouched for', `@cert-authority ${name} ${other}`, /certificates of hosts are not understood/],
  ]
  for (const [what, knownHosts, expected] of table) {
    const more = ['StrictHostKeyChecking no']
    t.match(await visit(sshd.config('ce', { knownHosts, more })), expected, what)
  }
})

t.test('a key that is known by the name alone counts for every port, as for ssh', async t => {
  if (skipWithoutSshd(t) || skipWithout(t, 'ssh', 'apt-get install -y --no-install-recommends openssh-client')) return
  const sshd = await startSshd(t)
  const other = publicKey(makeKey(sshd.directory, 'other'))
  const bare = `127.0.0.1 ${sshd.hostKey}`
  const table: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    ['known', bare, [], new RegExp(`^${me}$`)],
    ['another with the port', `${bare}\n[127.0.0.1]:${sshd.port} ${other}`, [], /is another than that at \S+:2: /],
    ['revoked', `@revoked 127.0.0.1 ${sshd.hostKey}\n${bare}`, [], /is revoked at \S+:1$/],
    ['by another name', bare, ['HostKeyAlias grid'], /is not in known_hosts as grid:/],
  ]
  for (const [what, knownHosts, more, expected] of table) {
    const file = sshd.config('ce', { knownHosts, more: ['StrictHostKeyChecking yes', ...more] })
    t.match(await visit(file), expected, what)
    const { status } = spawnSync('ssh', ['-F', file, '-o', 'BatchMode=yes', 'ce', 'true'])
    t.equal(status === 0, what === 'known', `ssh: ${what}`)
  }
})

t.test('what a refusal says to type mends it', async t => {
  if (skipWithoutSshd(t) || skipWithout(t, 'ssh', 'apt-get install -y --no-install-recommends openssh-client')) return
  const sshd = await startSshd(t)
  const other = publicKey(makeKey(sshd.directory, 'other'))
  const file = sshd.config('ce', {
    knownHosts: `[127.0.0.1]:${sshd.port} ${other}`,
    more: ['StrictHostKeyChecking accept-new'],
  })
  const [, forget = ''] = /installed anew: (.*)$/.exec(await visit(file)) ?? []
  execFileSync('sh', ['-c', forget], { stdio: 'ignore' })
  const [, once = ''] = /run `(.*)` once$/.exec(await visit(file)) ?? []
  execFileSync('sh', ['-c', `${once} true`], { stdio: 'ignore' })
  t.equal(await visit(file), me)
})

t.test('a host’s key that stands in RevokedHostKeys is not believed', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const file = join(sshd.directory, 'revoked keys')
  const visitWith = (text: string) => {
    writeFileSync(file, text)
    return visit(sshd.config('ce', { more: [`RevokedHostKeys "${file}"`] }))
  }
  t.match(await visitWith(`# stolen\n${sshd.hostKey} ce\n`), /^ce \(.*is revoked at .*revoked keys:2$/)
  t.equal(await visitWith(`${publicKey(makeKey(sshd.directory, 'other'))}\n`), me)
  execFileSync('ssh-keygen', ['-q', '-k', '-f', `${file}.krl`, join(sshd.directory, 'host.pub')])
  t.match(
    await visit(sshd.config('ce', { more: [`RevokedHostKeys "${file}.krl"`] })),
    /^ce \(.*revoked keys.krl: lists of ssh-keygen -k are not understood here/,
  )
  t.match(await visit(sshd.config('ce', { more: ['RevokedHostKeys /none'] })), /^ce \(.*\): \/none: there is no such/)
  t.equal(await visit(sshd.config('ce', { more: ['RevokedHostKeys none'] })), me)
})

t.test('of several keys, the server is asked for the one that is known', async t => {
  if (skipWithoutSshd(t)) return
  const directory = t.testdir()
  const ecdsa = makeKey(directory, 'ecdsa', { type: 'ecdsa' })
  const sshd = await startSshd(t, { directory, settings: [`HostKey ${ecdsa}`] })
  const knownHosts = `[127.0.0.1]:${sshd.port} ${publicKey(ecdsa)}`
  t.equal(await visit(sshd.config('ce', { knownHosts })), me)
})

t.test('our keys: of the agent, and files without a passphrase', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const locked = makeKey(sshd.directory, 'locked', { passphrase: 'secret' })
  const stranger = makeKey(sshd.directory, 'stranger')
  const withKeys = (...lines: readonly string[]) => visit(sshd.config('ce', { identity: lines }))
  t.match(
    await withKeys(`IdentityFile ${stranger}`, 'IdentityAgent none'),
    /it accepts none of our keys; there is no ssh agent/,
  )
  t.match(await withKeys(`IdentityFile ${locked}`, 'IdentityAgent none'), /locked: needs a passphrase: ssh-add it/)
  const agent = await startAgent(t, [stranger, sshd.identity])
  t.equal(await withKeys(`IdentityFile ${locked}`, `IdentityAgent ${agent}`), me)
  t.equal(await withKeys(`IdentityFile ${sshd.identity}.pub`, 'IdentitiesOnly yes', `IdentityAgent ${agent}`), me)
  t.match(
    await withKeys(`IdentityFile ${stranger}.pub`, 'IdentitiesOnly yes', `IdentityAgent ${agent}`),
    /none of our keys/,
  )
})

/** A real ssh-agent with these keys; returns its socket, whose path may have no more than 107 bytes. */
const startAgent = async (t: Test, keys: readonly string[]): Promise<string> => {
  const directory = mkdtempSync(join(tmpdir(), 'ssh-agent-'))
  const socket = join(directory, 'socket')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => {
    agent.kill()
    rmSync(directory, { recursive: true, force: true })
  })
  await Promise.race([
    once(agent.stdout, 'data'),
    once(agent, 'exit').then(([code]) => Promise.reject(new Error(`ssh-agent ended with ${code}`))),
  ])
  const added = spawn('ssh-add', ['-q', ...keys], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'inherit' })
  await once(added, 'close')
  return socket
}

t.test('who answers and does not let us in is told from who does not answer', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const stranger = makeKey(sshd.directory, 'stranger')
  const strangers = Array.from({ length: 8 }, (_, index) => makeKey(sshd.directory, `stranger${index}`))
  const ours = (keys: readonly string[]) => [...keys.map(key => `IdentityFile ${key}`), 'IdentityAgent none']
  const file = (name: string, text: string): string => {
    writeFileSync(join(sshd.directory, name), text)
    return join(sshd.directory, name)
  }
  const closing = await listening(t, socket => socket.destroy())
  const resetting = await listening(t, reset)
  const hanging = await listening(t, () => undefined)
  const table: readonly (readonly [string, () => string, boolean, RegExp])[] = [
    [
      'it accepts none of our keys',
      () => sshd.config('ce', { identity: ours([stranger]) }),
      true,
      /accepts none of our keys/,
    ],
    ['it has had enough of our keys', () => sshd.config('ce', { identity: ours(strangers) }), true, /./],
    ['its key is not known', () => sshd.config('ce', { knownHosts: '' }), true, /is not in known_hosts/],
    ['our configuration is wrong', () => sshd.config('ce', { more: ['ProxyJump ce'] }), true, /leads back/],
    ['nothing listens', () => file('nothing', 'Host ce\nHostName 127.0.0.1\nPort 1\n'), false, /: connection refused$/],
    ['it hangs up on us', () => file('closing', closing), true, /./],
    ['it throws us out', () => file('resetting', resetting), true, /: connection reset$/],
    ['it says nothing', () => file('hanging', hanging), false, /: no answer within 1 s \(ConnectTimeout\)$/],
    ['it has no address', () => file('nowhere', 'Host ce\nHostName ce.invalid\n'), false, /DNS|name server/],
  ]
  for (const [what, configFile, isDenied, why] of table) {
    const reach = reachOverSsh({ agent: Buffer.from(''), configFile: configFile(), addressOf: () => undefined })
    const error = await reach('ce').then(
      () => undefined,
      error => error,
    )
    t.equal(error instanceof HostUnreachable, true, what)
    t.match(error?.message, why, what)
    t.equal(error instanceof NotLetIn, isDenied, `${what}: ${error?.message}`)
  }
})

t.test('who is interrupted waits for no host that hangs', async t => {
  const configFile = join(t.testdir(), 'hanging')
  const interruption = new AbortController()
  const text = await listening(t, () => interruption.abort(new Error('interrupted')))
  writeFileSync(configFile, text.replace('ConnectTimeout 1', 'ConnectTimeout 600'))
  const reach = reachOverSsh({ agent: Buffer.from(''), configFile, addressOf: () => undefined })
  await t.rejects(reach('ce', interruption.signal), { message: 'interrupted' })
  await t.rejects(reach('ce', interruption.signal), { message: 'interrupted' }, 'nor begins with another')
})

t.test('who is interrupted waits for no host on the way that hangs', async t => {
  if (skipWithoutSshd(t)) return
  const near = await startSshd(t)
  const line = await openLine(t, near.port)
  const interruption = new AbortController()
  const far = await listening(t, () => {
    line.freeze()
    interruption.abort(new Error('interrupted'))
  })
  const configFile = join(near.directory, 'through')
  const patient = far.replace('ConnectTimeout 1', 'ConnectTimeout 600')
  writeFileSync(configFile, `${patient}ProxyJump near\n${block(near, 'near', [], { port: line.port })}`)
  const reach = reachOverSsh({ agent: Buffer.from(''), configFile, addressOf: () => undefined })
  const start = Date.now()
  await t.rejects(reach('ce', interruption.signal), { message: 'interrupted' })
  t.ok(Date.now() - start < 30_000, 'before the silence is noticed, which takes a minute')
})

t.test('who is interrupted waits for no host that lets us in and hangs then', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t, { settings: ['ForceCommand sleep 600'] })
  const reach = reachOverSsh({ agent: Buffer.from(''), configFile: sshd.config('ce'), addressOf: () => undefined })
  await t.rejects(reach('ce', AbortSignal.timeout(3000)), { name: 'TimeoutError' })
})

const reset = (socket: Socket): void => {
  socket.once('data', () => socket.resetAndDestroy())
}

/** The ssh_config of a machine that takes connections and does this with them; it ends with the test. */
const listening = async (t: Test, take: (socket: Socket) => void): Promise<string> => {
  const server = createServer(take).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return `Host ce\nHostName 127.0.0.1\nPort ${port}\nConnectTimeout 1\n`
}

t.test('through other hosts, each known by its own key', async t => {
  if (skipWithoutSshd(t)) return
  const directory = t.testdir()
  const start = (name: string) => {
    mkdirSync(join(directory, name))
    return startSshd(t, { directory: join(directory, name) })
  }
  const [far, near, middle] = [await start('far'), await start('near'), await start('middle')]
  const file = join(directory, 'config')
  const way = (jump: string): string => {
    const blocks = [block(far, 'far', [`ProxyJump ${jump}`]), block(near, 'near'), block(middle, 'middle')]
    writeFileSync(file, blocks.join('\n'))
    return file
  }
  t.equal(await visit(way('near'), 'far'), me)
  t.equal(await visit(way('near,middle'), 'far'), me)
  t.equal(await visit(way(`${me}@near:${near.port}`), 'far'), me)
  t.match(await visit(way('far'), 'far'), /^far: ProxyJump leads back to far$/)
  writeFileSync(file, [block(far, 'far', ['ProxyJump near']), block(near, 'near', [], { knownHosts: '' })].join('\n'))
  t.match(await visit(file, 'far'), /^near \(.*is not in known_hosts/, 'a host on the way is not believed either')
})

const block = (sshd: Sshd, name: string, lines: readonly string[] = [], options: ConfigOptions = {}): string =>
  `Host ${name}\n${lines.join('\n')}\n${sshd.text(name, options)}`

/** Commands of the host that a test plays, found before the real ones. */
const startWith = async (t: Test, commands: Readonly<Record<string, string>>): Promise<Sshd> => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'bin'))
  for (const [name, script] of Object.entries(commands)) {
    const path = join(directory, 'bin', name)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
  }
  return startSshd(t, { directory, settings: [`SetEnv PATH=${directory}/bin:${process.env.PATH}`] })
}

/** A user that is not root, as far as `id` goes; sudo is played too. */
const notRoot = { id: '[ "$1" = -u ] && echo 1000 || echo played' }

t.test('what the configuration asks for and cannot be had is told of the host, and of no other', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const withLine = (line: string) => visit(sshd.config('ce', { more: [line] }))
  t.match(await withLine('ProxyCommand nc %h %p'), /^ce: ProxyCommand is not run/)
  t.match(await withLine('Port ssh'), /^ce: Port ssh: expected a number/)
  t.match(await withLine('ProxyJump a:b:c'), /^ProxyJump a:b:c: expected/)
  t.match(await withLine(`UserKnownHostsFile ${sshd.directory}`), /^ce \(.*\): \S+: this is a directory/)
  t.match(
    await visit(sshd.config('ce', { identity: [`IdentityFile ${sshd.directory}`, 'IdentityAgent none'] })),
    /none of our keys; .*: this is a directory/,
  )
  t.equal(await withLine(`IdentityFile ${sshd.directory}`), me, 'other keys count as before')
})

t.test('who is not root becomes it by sudo, or is told why not', async t => {
  if (skipWithoutSshd(t)) return
  const sudo = '[ "$1 $2" = "-n --" ] || exit 9\nshift 2\nexec "$@"'
  t.equal(await visit((await startWith(t, { ...notRoot, sudo })).config('ce')), 'played', 'with sudo')
  const asking = await startWith(t, { ...notRoot, sudo: 'echo "sudo: a password is required" >&2; exit 1' })
  t.match(
    await visit(asking.config('ce')),
    new RegExp(`^ce: ${me} is not root there, and sudo says: sudo: a password is required; let ${me} use sudo without`),
  )
})

t.test('a login shell that prints of its own, or runs nothing, is told', async t => {
  if (skipWithoutSshd(t)) return
  const loud = await startWith(t, { id: 'echo Welcome; exec /usr/bin/id "$@"' })
  t.match(
    await visit(loud.config('ce')),
    new RegExp(`^ce: the login shell of ${me} prints Welcome before any command: let it print nothing`),
  )
  const none = await startWith(t, { id: 'echo "This account is currently not available."; exit 1' })
  t.equal(
    await visit(none.config('ce')),
    `ce: no command runs there as ${me}: This account is currently not available.`,
  )
})

t.test('with the real sudo a file is put as root', async t => {
  if (skipWithoutSshd(t) || skipWithout(t, 'sudo', 'apt-get install -y --no-install-recommends sudo')) return
  if (skipWithoutRoot(t, 'a sudo that asks for no password')) return
  const sshd = await startWith(t, notRoot)
  const host = await reachOverSsh({
    agent: Buffer.from(''),
    configFile: sshd.config('ce'),
    addressOf: () => undefined,
  })('ce')
  const path = join(sshd.directory, 'put')
  await host.put(path, 'content', 0o640)
  await host.close()
  t.equal(readFileSync(path, 'utf8'), 'content')
  t.match(statSync(path), { uid: 0, gid: 0, mode: 0o100640 })
})

t.test('a host needs Node 20', async t => {
  if (skipWithoutSshd(t)) return
  const old = await startWith(t, { node: 'echo v18.19.0' })
  t.match(await visit(old.config('ce')), /^ce: the agent needs Node 20 there, and root's is v18.19.0$/)
  const none = await startWith(t, { node: 'echo "sh: node: not found" >&2; exit 127' })
  t.match(await visit(none.config('ce')), /^ce: the agent needs Node there, and root has none: sh: node: not found$/)
})
