// VLANs that no command can make: by the script of each version, run by a shell on what the installer leaves.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../../src/compiler/package-root.js'
import type { JsonMap } from '../../../src/model/json.js'
import type { System } from '../../../src/model/schemas/system.js'
import { kickstartOf } from '../../../src/provision/kickstart/kickstart.js'
import { ui } from '../../fixtures/ui-to-install.js'

type Network = NonNullable<System['network']>

const network: Network = {
  nameserver: ['192.0.2.53', '2001:db8::53'],
  interfaces: {
    eth0: { master: 'bond0' },
    bond0: { bootproto: 'dhcp', bonding_opts: { mode: '802.3ad' } },
    'bond0.20': { ip: '10.30.0.1', prefix: 16, bridge: 'xenbr20', onboot: false },
    'bond0.30': { ip: '192.0.2.10', prefix: 24, gateway: '192.0.2.1', ipv6addr: '2001:db8::10/64' },
    office: { vlan: 40, physdev: 'bond0', bootproto: 'dhcp' },
  },
  bridges: { xenbr20: {} },
}

const installed = ({ release, network }: { readonly release: string; readonly network: Network }): string => {
  const { system, ...rest } = ui()
  const document = { ...rest, system: { ...system, os: { distribution: 'almalinux', release }, network } }
  const result = kickstartOf(document as unknown as JsonMap, name => {
    const file = `templates/${name}.hbs`
    return { file, text: readFileSync(join(packageRoot(), file), 'utf8') }
  })
  if (!result.ok) throw new Error(JSON.stringify(result.faults))
  return result.file.text
}

/** Runs the scripts for VLANs on these files, as in the new system; what is in the folder then. */
const run = (t: Test, release: string, folder: string, files: { readonly [name: string]: string }) => {
  const text = installed({ release, network })
  const root = t.testdir({ bin: {} })
  writeFileSync(join(root, 'bin/restorecon'), '#!/bin/sh\n', { mode: 0o755 })
  mkdirSync(join(root, folder), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, folder, name), text, { mode: 0o600 })
  for (const [, script = ''] of text.matchAll(/^%post [^\n]*kickstart-vlan-\S+\.log\n(.*?)^%end$/gms))
    execFileSync('sh', ['-c', script.replaceAll('/etc/', `${root}/etc/`)], {
      env: { PATH: `${root}/bin:${process.env.PATH}` },
      stdio: 'pipe',
    })
  const now = readdirSync(join(root, folder)).map(name => [name, readFileSync(join(root, folder, name), 'utf8')])
  return Object.fromEntries(now) as { readonly [name: string]: string | undefined }
}

t.test('keyfiles of NetworkManager: RHEL 9', async t => {
  const bond = '[connection]\ninterface-name=bond0\ntype=bond\n'
  const port = '[connection]\nid=xenbr20 slave 1\ntype=ethernet\ninterface-name=bond0.20\nmaster=xenbr20\n'
  const now = run(t, '9', 'etc/NetworkManager/system-connections', {
    'bond0.nmconnection': bond,
    'xenbr20_slave_1.nmconnection': port,
  })
  const plain = (name: string) => now[`${name}.nmconnection`]?.replace(/^uuid=[0-9a-f-]{36}$/m, 'uuid=U').split('\n')
  t.strictSame(
    Object.keys(now).sort(),
    ['bond0.20', 'bond0.30', 'bond0', 'office'].map(one => `${one}.nmconnection`),
  )
  t.equal(now['bond0.nmconnection'], bond)
  t.strictSame(plain('bond0.20'), [
    ...['[connection]', 'id=bond0.20', 'type=vlan', 'uuid=U', 'interface-name=bond0.20', 'autoconnect=false'],
    ...['master=xenbr20', 'slave-type=bridge', '[vlan]', 'id=20', 'parent=bond0', ''],
  ])
  t.strictSame(plain('bond0.30'), [
    ...['[connection]', 'id=bond0.30', 'type=vlan', 'uuid=U', 'interface-name=bond0.30', 'autoconnect=true'],
    ...['[vlan]', 'id=30', 'parent=bond0'],
    ...['[ipv4]', 'method=manual', 'address1=192.0.2.10/24', 'gateway=192.0.2.1', 'dns=192.0.2.53;'],
    ...['[ipv6]', 'method=manual', 'address1=2001:db8::10/64', 'dns=2001:db8::53;'],
    ...['never-default=true', ''],
  ])
  t.strictSame(plain('office')?.slice(6), [
    ...[
      '[vlan]',
      'id=40',
      'parent=bond0',
      '[ipv4]',
      'method=auto',
      'never-default=true',
      '[ipv6]',
      'method=ignore',
      '',
    ],
  ])
})

t.test('ifcfg files: RHEL 8', async t => {
  const now = run(t, '8', 'etc/sysconfig/network-scripts', {
    'ifcfg-xenbr20_slave_1': 'TYPE=Ethernet\nDEVICE="bond0.20"\nBRIDGE=xenbr20\n',
    'ifcfg-bond0': 'DEVICE=bond0\n',
  })
  t.strictSame(
    Object.keys(now).sort(),
    ['bond0', 'bond0.20', 'bond0.30', 'office'].map(one => `ifcfg-${one}`),
  )
  const vlan = (name: string, id: number, onboot: string) =>
    ['TYPE=Vlan', 'VLAN=yes', `DEVICE=${name}`, 'PHYSDEV=bond0', `VLAN_ID=${id}`, `ONBOOT=${onboot}`] as const
  t.strictSame(now['ifcfg-bond0.20']?.split('\n'), [
    ...vlan('bond0.20', 20, 'no'),
    'BOOTPROTO=none',
    'BRIDGE=xenbr20',
    '',
  ])
  t.strictSame(now['ifcfg-bond0.30']?.split('\n'), [
    ...vlan('bond0.30', 30, 'yes'),
    ...['BOOTPROTO=none', 'IPADDR=192.0.2.10', 'PREFIX=24', 'GATEWAY=192.0.2.1'],
    ...['IPV6INIT=yes', 'IPV6_AUTOCONF=no', 'IPV6ADDR=2001:db8::10/64', 'DNS1=192.0.2.53', 'DNS2=2001:db8::53'],
    ...['IPV6_DEFROUTE=no', ''],
  ])
  t.strictSame(now['ifcfg-office']?.split('\n'), [
    ...vlan('office', 40, 'yes'),
    ...['BOOTPROTO=dhcp', 'IPV6INIT=no', 'DEFROUTE=no', ''],
  ])
})

t.test('a way out of IPv6 by one leaves that of IPv4 to DHCP', async t => {
  const routed = {
    default_gateway: '2001:db8::1',
    nameserver: ['192.0.2.53', '2001:db8::53'],
    interfaces: { 'br0.7': { bootproto: 'dhcp' }, 'br0.8': { ipv6addr: '2001:db8::10/64' } },
    bridges: { br0: { netdev: 'eth0' } },
  } as const
  const written = (release: string) => installed({ release, network: routed as unknown as Network })
  const keyfiles = written('9')
  t.match(keyfiles, "  echo 'method=auto'\n  echo 'dns=192.0.2.53;'\n  echo '[ipv6]'\n  echo 'method=ignore'\n}")
  t.match(keyfiles, "  echo 'gateway=2001:db8::1'\n  echo 'dns=2001:db8::53;'\n}")
  t.notMatch(keyfiles, 'never-default')
  const ifcfgs = written('8')
  t.match(ifcfgs, "  echo 'BOOTPROTO=dhcp'\n  echo 'IPV6INIT=no'\n  echo 'DNS1=192.0.2.53'\n}")
  t.match(ifcfgs, "  echo 'IPV6_DEFAULTGW=2001:db8::1'\n  echo 'DNS1=2001:db8::53'\n}")
  t.notMatch(ifcfgs, 'DEFROUTE=')
})

t.test('one below a bridge carries what the bridge does', async t => {
  const bridges = { xenbr20: { netdev: 'bond0.20', mtu: 9000 } }
  const withMtu = { ...network, bridges }
  const keyfile = installed({ release: '9', network: withMtu })
  t.match(keyfile, "  echo 'parent=bond0'\n  echo '[ethernet]'\n  echo 'mtu=9000'\n}")
  t.match(
    installed({ release: '8', network: withMtu }),
    "  echo 'MTU=9000'\n  echo 'BOOTPROTO=none'\n  echo 'BRIDGE=xenbr20'\n}",
  )
  t.match(keyfile, /^network --device=bond0 .* --mtu=9000$/m)
  t.equal(keyfile.match(/mtu=9000/g)?.length, 3, 'the bridge, the VLAN, the bond, and no other VLAN')
})

t.test('one on a bridge: its command would be a second one for the bridge', async t => {
  const interfaces = { 'br0.7': { ip: '192.0.2.10', prefix: 24, gateway: '192.0.2.1' } }
  const text = installed({ release: '9', network: { interfaces, bridges: { br0: { netdev: 'eth0' } } } })
  t.match(text, "  echo 'parent=br0'\n")
  t.strictSame(
    text
      .split('\n')
      .filter(line => line.startsWith('network '))
      .map(line => line.split(' ')[1]),
    ['--device=br0'],
  )
  t.match(text, '\nnetwork --device=br0 --bridgeslaves=eth0 ')
})
