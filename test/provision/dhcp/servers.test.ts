// The files for each DHCP server, judged by its own parser, and by a real exchange: a client in a network namespace of its own
// asks with the MAC of each machine, and gets that machine's address, name, way out and boot file.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { faultOfFiles } from '../../../src/provision/dhcp/check.js'
import { type Reserved, reservationsOf } from '../../../src/provision/dhcp/reservations.js'
import { type DhcpServerName, dhcpServers, type Reload } from '../../../src/provision/dhcp/server.js'
import { installFiles } from '../../../src/provision/install-files.js'
import { skipWithout, skipWithoutRoot } from '../../oracles/require-tool.js'

const machine = (name: string, number: number, loader?: string) => ({
  name,
  hardware: { cards: { nic: { eth0: { hwaddr: `00:16:3e:00:00:0${number}`, boot: loader !== undefined } } } },
  system: {
    ...(loader === undefined ? {} : { netboot: { server: '192.0.2.20', loader } }),
    network: {
      domainname: 'example.org',
      nameserver: ['192.0.2.53', '198.51.100.53'],
      default_gateway: '192.0.2.1',
      interfaces: { eth0: { bootproto: 'static', ip: `192.0.2.10${number}`, netmask: '255.255.255.0' } },
    },
  },
})
const elsewhere = {
  name: 'far.away',
  hardware: { cards: { nic: { eth0: { hwaddr: '00:16:3e:00:00:09' } } } },
  system: { network: { interfaces: { eth0: { ip: '10.20.1.9', prefix: 16 } } } },
}
const machines = [machine('ui', 1, 'pxelinux'), machine('ce', 2, 'grub-uefi'), machine('se', 3), elsewhere]
const reserved = reservationsOf(machines)
/** Both cards of its bond boot. */
const bonded = {
  name: 'host1',
  hardware: {
    cards: {
      nic: { eth0: { hwaddr: '00:16:3e:00:00:07', boot: true }, eth1: { hwaddr: '00:16:3e:00:00:08', boot: true } },
    },
  },
  system: {
    netboot: { server: '192.0.2.20', loader: 'pxelinux' },
    network: {
      default_gateway: '192.0.2.1',
      interfaces: { eth0: { master: 'bond0' }, eth1: { master: 'bond0' }, bond0: { ip: '192.0.2.107', prefix: 24 } },
    },
  },
}

const servers: readonly (readonly [DhcpServerName, string, string])[] = [
  ['isc', 'dhcpd', 'apt-get install -y --no-install-recommends isc-dhcp-server'],
  ['kea', 'kea-dhcp4', 'apt-get install -y --no-install-recommends kea-dhcp4-server'],
  ['dnsmasq', 'dnsmasq', 'apt-get install -y --no-install-recommends dnsmasq-base'],
]

const install = (name: DhcpServerName, directory: string, machines: readonly Reserved[] = reserved) =>
  installFiles(directory, dhcpServers[name].files(machines, directory), dhcpServers[name].owned)

const cannotExchange = (t: Test, program: string, remedy: string): boolean =>
  skipWithout(t, program, remedy) ||
  skipWithout(t, 'busybox', 'apt-get install -y --no-install-recommends busybox') ||
  skipWithout(t, 'ip', 'apt-get install -y --no-install-recommends iproute2') ||
  skipWithoutRoot(t, 'network namespaces')

for (const [name, program, remedy] of servers) {
  t.test(`${name}: a change for one machine is a change of its file alone`, async t => {
    const directory = t.testdir({})
    t.ok(install(name, directory).written.length > machines.length)
    t.strictSame(install(name, directory), { written: [], removed: [] })
    const changed = reservationsOf(machines.map(one => (one.name === 'ui' ? machine('ui', 4, 'pxelinux') : one)))
    const { written, removed } = install(name, directory, changed)
    t.strictSame(removed, [])
    t.ok(written.every(path => path.includes('ui')))
    t.equal(written.length, 1)
    const without = install(name, directory, reservationsOf(machines.slice(1)))
    t.ok(without.removed.every(path => path.includes('ui')) && without.removed.length > 0)
    t.equal(without.written.length, name === 'dnsmasq' ? 0 : 1, 'what includes it changes, too')
  })

  t.test(`${name}: its own parser has nothing against them, and something against what is wrong`, async t => {
    if (skipWithout(t, program, remedy)) return
    const directory = t.testdir({})
    t.equal(faultOfFiles(dhcpServers[name], reserved, directory), undefined)
    t.equal(faultOfFiles(dhcpServers[name], [], directory), undefined, 'of no machine')
    const wrong = [{ machine: 'ui', reservations: [{ ...reserved[2]?.reservations[0], mac: 'no\nmac', id: 'x' }] }]
    t.match(faultOfFiles(dhcpServers[name], wrong as never, directory), /./)
  })

  t.test(`${name}: a real exchange gives each MAC its address, name and boot file`, async t => {
    if (cannotExchange(t, program, remedy)) return
    const directory = t.testdir({ run: {} })
    install(name, directory)
    const [serverSide, clientSide] = wire(t, name)
    await serve(t, name, directory, serverSide)
    const asked = (mac: string) => ask(directory, clientSide, mac)
    t.match(await asked('00:16:3e:00:00:01'), {
      ...{ ip: '192.0.2.101', subnet: '255.255.255.0', router: '192.0.2.1', dns: '192.0.2.53 198.51.100.53' },
      ...{ hostname: 'ui', domain: 'example.org', siaddr: '192.0.2.20', boot_file: 'pxelinux.0' },
    })
    t.match(await asked('00:16:3e:00:00:02'), {
      ...{ ip: '192.0.2.102', hostname: 'ce', siaddr: '192.0.2.20', boot_file: 'boot/grub/x86_64-efi/core.efi' },
    })
    const { boot_file: none, ...se } = await asked('00:16:3e:00:00:03')
    t.match(se, { ip: '192.0.2.103', hostname: 'se' })
    t.equal(none, undefined, 'and one that does not boot over the network gets no boot file')
  })

  t.test(`${name}: each card of a bond that its machine boots by gets the address of the bond`, async t => {
    if (cannotExchange(t, program, remedy)) return
    const directory = t.testdir({ run: {} })
    const both = reservationsOf([bonded, machine('ui', 1)])
    t.equal(faultOfFiles(dhcpServers[name], both, directory), undefined)
    install(name, directory, both)
    const [serverSide, clientSide] = wire(t, name)
    const server = await serve(t, name, directory, serverSide)
    const expected = { ip: '192.0.2.107', hostname: 'host1', boot_file: 'pxelinux.0', router: '192.0.2.1' }
    t.match(await ask(directory, clientSide, '00:16:3e:00:00:07'), expected)
    // The lease of one is no other's in Kea, until it is over.
    if (name === 'kea') {
      await t.rejects(ask(directory, clientSide, '00:16:3e:00:00:08', 2))
      await server.restart()
    }
    t.match(await ask(directory, clientSide, '00:16:3e:00:00:08'), expected)
  })

  t.test(`${name}: what is done after a change is enough for it to know the machine`, async t => {
    if (cannotExchange(t, program, remedy)) return
    const directory = t.testdir({ run: {} })
    const change = (machines: Parameters<typeof reservationsOf>[0]) =>
      install(name, directory, reservationsOf(machines))
    change([elsewhere, machine('ui', 1)])
    const [serverSide, clientSide] = wire(t, name)
    const server = await serve(t, name, directory, serverSide)
    const reload = server[dhcpServers[name].reload]
    t.match(await ask(directory, clientSide, '00:16:3e:00:00:01'), { ip: '192.0.2.101' })
    change([elsewhere, machine('ui', 1), machine('ce', 2)])
    await reload()
    t.match(await ask(directory, clientSide, '00:16:3e:00:00:02'), { ip: '192.0.2.102' }, 'in a subnet that it knows')
    // dhcpd does not start where it knows no subnet of its card.
    if (name === 'isc') return
    change([elsewhere])
    await reload()
    await t.rejects(ask(directory, clientSide, '00:16:3e:00:00:02', 2))
    change([elsewhere, machine('ce', 2)])
    await reload()
    t.match(await ask(directory, clientSide, '00:16:3e:00:00:02'), { ip: '192.0.2.102' }, 'in one that it did not')
  })
}

type Side = { readonly namespace: string; readonly card: string }

/** A cable between two namespaces, gone after the test. */
const wire = (t: Test, name: string): readonly [Side, Side] => {
  const side = (end: string): Side => ({ namespace: `xc-${name}-${end}-${process.pid}`, card: `xc${end}` })
  const ip = (...args: readonly string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const sides = [side('s'), side('c')] as const
  const [server, client] = sides
  for (const { namespace } of sides) {
    ip('netns', 'add', namespace)
    t.teardown(() => ip('netns', 'del', namespace))
  }
  const peer = ['peer', 'name', client.card, 'netns', client.namespace]
  ip('-n', server.namespace, 'link', 'add', server.card, 'type', 'veth', ...peer)
  ip('-n', server.namespace, 'address', 'add', '192.0.2.2/24', 'dev', server.card)
  for (const { namespace, card } of sides) {
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    ip('-n', namespace, 'link', 'set', card, 'up')
  }
  return sides
}

/**
 * The server in the foreground, until the test ends, once it listens; and what systemd does with its unit. Kea opens no socket
 * on a card whose other end is down, as it is while the client changes its MAC: the client has to wait.
 */
const serve = async (
  t: Test,
  name: DhcpServerName,
  directory: string,
  { namespace, card }: Side,
): Promise<{ readonly [reload in Reload]: () => Promise<void> }> => {
  const run = join(directory, 'run')
  writeFileSync(join(run, 'leases'), '')
  // A server that has a configuration of its own includes the subnets.
  const own = `{ "Dhcp4": { "interfaces-config": { "interfaces": ["${card}"] }, "lease-database": { "type": "memfile", "persist": false }, "ip-reservations-unique": false, "subnet4": <?include "${directory}/subnets.json"?> } }`
  writeFileSync(join(run, 'kea.conf'), own)
  const commands: { readonly [name in DhcpServerName]: readonly string[] } = {
    isc: [
      'dhcpd',
      '-4',
      '-f',
      '-q',
      '-cf',
      `${directory}/xenclosure.conf`,
      '-lf',
      `${run}/leases`,
      '-pf',
      `${run}/pid`,
      card,
    ],
    kea: ['kea-dhcp4', '-c', `${run}/kea.conf`],
    dnsmasq: [
      'dnsmasq',
      '--no-daemon',
      '--port=0',
      '--user=root',
      `--conf-file=${directory}/xenclosure.conf`,
      `--dhcp-leasefile=${run}/leases`,
      `--interface=${card}`,
    ],
  }
  const start = async () => {
    const server = spawn('ip', ['netns', 'exec', namespace, ...commands[name]], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, KEA_PIDFILE_DIR: run, KEA_LOCKFILE_DIR: run },
    })
    let said = ''
    server.stderr.on('data', chunk => {
      said += chunk
    })
    server.on('exit', (code, signal) => {
      if (code !== 0 && signal !== 'SIGTERM') t.fail(`${name} ended by ${signal ?? code}: ${said}`)
    })
    await listening(namespace)
    return server
  }
  let server = await start()
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  }
  t.teardown(stop)
  const restart = async () => {
    await stop()
    server = await start()
  }
  const reload = async () => {
    const before = await listening(namespace)
    server.kill('SIGHUP')
    await listening(namespace, before)
  }
  return { restart, 'reload-or-restart': reload }
}

/**
 * Resolves to the socket on the servers' port in a namespace, as soon as there is one; to another than `before`, where it is
 * given. Rejects after 30 s.
 */
const listening = async (namespace: string, before?: string): Promise<string> => {
  const until = Date.now() + 30_000
  while (Date.now() < until) {
    const sockets = execFileSync('ip', ['netns', 'exec', namespace, 'cat', '/proc/net/udp'], { encoding: 'utf8' })
    const [, ...rows] = sockets.split('\n').map(row => row.trim().split(/ +/))
    const inode = rows.find(row => row[1]?.endsWith(':0043'))?.[9]
    if (inode !== undefined && inode !== before) return inode
    await setTimeout(20)
  }
  throw new Error(`nothing listens on the servers' port in ${namespace}`)
}

/** What busybox's client is given, by the names that it has for it. Kea waits for who reads what it says, so this may not block. */
const ask = async (
  directory: string,
  { namespace, card }: Side,
  mac: string,
  tries = 20,
): Promise<{ readonly [key: string]: string }> => {
  const [script, answer] = [join(directory, 'run/script'), join(directory, 'run/answer')]
  writeFileSync(script, `#!/bin/sh\n[ "$1" = bound ] && env > ${answer}\nexit 0\n`)
  chmodSync(script, 0o755)
  const within = (...command: readonly string[]) =>
    promisify(execFile)('ip', ['netns', 'exec', namespace, ...command], { timeout: 60_000 })
  await within('ip', 'link', 'set', card, 'down')
  await within('ip', 'link', 'set', card, 'address', mac, 'up')
  const wanted = ['hostname', 'domain', 'router', 'dns', 'bootfile', 'tftp'].flatMap(option => ['-O', option])
  await within('busybox', 'udhcpc', '-i', card, '-s', script, '-n', '-q', '-f', '-t', `${tries}`, '-T', '1', ...wanted)
  const lines = readFileSync(answer, 'utf8').split('\n')
  const told = Object.fromEntries(lines.map(line => [line.replace(/=.*/, ''), line.replace(/^[^=]*=?/, '')]))
  // The name of the file stands in the header, or where the client asks for that, in an option.
  return { ...told, ...(told.bootfile === undefined ? {} : { boot_file: told.bootfile }) }
}
