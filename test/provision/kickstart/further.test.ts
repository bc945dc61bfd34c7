// Addresses and routes beyond what `network` says: by the script of each version, run by a shell on files as the installer
// writes them, and held to what the component network makes of the same profile.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { addressingOf } from '../../../components/network/addressing.js'
import { packageRoot } from '../../../src/compiler/package-root.js'
import type { JsonMap } from '../../../src/model/json.js'
import { kickstartOf } from '../../../src/provision/kickstart/kickstart.js'
import { ui } from '../../fixtures/ui-to-install.js'

const interfaces = {
  eth0: {
    ...{ ip: '192.0.2.10', prefix: 24, ipv6addr: '2001:db8::10/64' },
    aliases: { a: { ip: '198.51.100.9', netmask: '255.255.255.128' }, b: { ip: '2001:db8::11', prefix: 64 } },
    routes: [
      { address: '10.0.0.0', prefix: 8, gateway: '192.0.2.2' },
      { address: '172.16.0.0', netmask: '255.240.0.0' },
      { address: '2001:db8:1::', prefix: 48, gateway: '2001:db8::2' },
    ],
  },
  eth1: { bootproto: 'dhcp', bridge: 'xenbr0', aliases: { a: { ip: '203.0.113.7', prefix: 24 } } },
}
const network = { interfaces, bridges: { xenbr0: {} } }

const machine = (distribution: string, release: string): JsonMap => {
  const { system, ...rest } = ui()
  return { ...rest, system: { ...system, os: { distribution, release }, network } } as unknown as JsonMap
}

/** The scripts that the file has for interfaces, each below its interface's name. */
const scriptsOf = (document: JsonMap): ReadonlyMap<string, string> => {
  const find = (name: string) => {
    const file = `templates/${name}.hbs`
    return { file, text: readFileSync(join(packageRoot(), file), 'utf8') }
  }
  const result = kickstartOf(document, find)
  if (!result.ok) throw new Error(JSON.stringify(result.faults))
  const scripts = result.file.text.matchAll(/^%post [^\n]*kickstart-network-(\S+)\.log\n(.*?)^%end$/gms)
  return new Map([...scripts].map(([, name = '', text = '']) => [name, text]))
}

/** Runs them on these files, as in the new system; what is in the folder then. The card eth0 is called ens3 there. */
const run = (t: Test, document: JsonMap, folder: string, files: { readonly [name: string]: string }) => {
  const root = t.testdir({ sys: { ens3: { address: '00:16:3e:00:00:01\n', device: '' } }, bin: {} })
  const link = join(root, 'sys/xenbr9')
  mkdirSync(link)
  writeFileSync(join(link, 'address'), '00:16:3e:00:00:01\n')
  writeFileSync(join(root, 'bin/restorecon'), '#!/bin/sh\n', { mode: 0o755 })
  mkdirSync(join(root, folder), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, folder, name), text, { mode: 0o600 })
  for (const script of scriptsOf(document).values()) {
    const there = script.replaceAll('/etc/', `${root}/etc/`).replaceAll('/sys/class/net', `${root}/sys`)
    execFileSync('sh', ['-c', there], { env: { PATH: `${root}/bin:${process.env.PATH}` }, stdio: 'pipe' })
  }
  const now = readdirSync(join(root, folder)).map(name => [name, readFileSync(join(root, folder, name), 'utf8')])
  return Object.fromEntries(now) as { readonly [name: string]: string | undefined }
}

const wanted = (...names: readonly string[]) => {
  const { addresses, routes } = addressingOf(network as never, names)
  return { addresses: [...addresses].sort(), routes: routes.map(({ to, via }) => `${to} via ${via}`).sort() }
}

for (const [distribution, release] of [
  ['almalinux', '9'],
  ['fedora', '43'],
] as const) {
  t.test(`${distribution} ${release}: NetworkManager's keyfiles`, async t => {
    const card = '[connection]\nid=ens3\ninterface-name=ens3\n\n'
    const address = '[ipv4]\naddress1=192.0.2.10/24\nmethod=manual\n\n[ipv6]\naddress1=2001:db8::10/64\nmethod=manual\n'
    const now = run(t, machine(distribution, release), 'etc/NetworkManager/system-connections', {
      'ens3.nmconnection': card + address,
      'xenbr0.nmconnection': '[connection]\ninterface-name=xenbr0\n\n[ipv4]\nmethod=auto\n',
      'port.nmconnection': '[connection]\ninterface-name=eth1\nmaster=xenbr0\n',
    })
    const found = (text = '') => ({
      addresses: [...text.matchAll(/^address\d+=(.*)$/gm)].map(([, one]) => one).sort(),
      routes: [...text.matchAll(/^route\d+=(.*),(.*)$/gm)].map(([, to, via]) => `${to} via ${via}`).sort(),
    })
    t.strictSame(found(now['ens3.nmconnection']), wanted('eth0'))
    t.strictSame(found(now['xenbr0.nmconnection']), wanted('xenbr0', 'eth1'))
    const [, four = '', six = ''] = /\[ipv4\]([^[]*)\[ipv6\](.*)$/s.exec(now['ens3.nmconnection'] ?? '') ?? []
    t.notMatch(four, '2001:')
    t.notMatch(six, /\d\.\d/)
  })
}

for (const [distribution, release] of [
  ['centos', '7'],
  ['almalinux', '8'],
] as const) {
  t.test(`${distribution} ${release}: ifcfg files`, async t => {
    const now = run(t, machine(distribution, release), 'etc/sysconfig/network-scripts', {
      'ifcfg-ens3': 'DEVICE="ens3"\nIPADDR=192.0.2.10\nPREFIX=24\nIPV6ADDR=2001:db8::10/64\n',
      'ifcfg-xenbr0': 'DEVICE=xenbr0\nTYPE=Bridge\nBOOTPROTO=dhcp\n',
    })
    const found = (name: string) => {
      const { [`ifcfg-${name}`]: text = '', [`route-${name}`]: four = '', [`route6-${name}`]: six = '' } = now
      const lengths = [...text.matchAll(/^PREFIX(\d*)=(.*)$/gm)]
      const v4 = [...text.matchAll(/^IPADDR(\d*)=(.*)$/gm)].map(
        ([, at, ip]) => `${ip}/${lengths.find(([, other]) => other === at)?.[2]}`,
      )
      const v6 = [...text.matchAll(/^IPV6ADDR(?:_SECONDARIES)?="?([^"\n]*)"?$/gm)].flatMap(([, ips = '']) =>
        ips.split(' '),
      )
      return { addresses: [...v4, ...v6].sort(), routes: `${four}${six}`.split('\n').filter(Boolean).sort() }
    }
    t.strictSame(found('ens3'), wanted('eth0'))
    t.strictSame(found('xenbr0'), wanted('xenbr0', 'eth1'))
    t.match(now['route-ens3'], '10.0.0.0/8 via 192.0.2.2\n')
  })
}

t.test('an interface that the installer wrote nothing for fails the installation', async t => {
  const folders = { 8: 'etc/sysconfig/network-scripts', 9: 'etc/NetworkManager/system-connections' }
  for (const [release, folder] of Object.entries(folders))
    t.throws(() => run(t, machine('almalinux', release), folder, { 'ifcfg-lo': 'DEVICE=lo\n' }), /Command failed/)
})

t.test('a card below a bridge carries what the bridge does', async t => {
  const of = (release: string) => {
    const { system, ...rest } = ui()
    const os = { distribution: 'almalinux', release }
    const network = { bridges: { xenbr0: { netdev: 'eth0', mtu: 9000 } } }
    return { ...rest, system: { ...system, os, network } } as unknown as JsonMap
  }
  const port = { 'port.nmconnection': '[connection]\ninterface-name=ens3\nmaster=xenbr0\n\n[ethernet]\n' }
  const keyfiles = run(t, of('9'), 'etc/NetworkManager/system-connections', port)
  t.equal(keyfiles['port.nmconnection'], `${port['port.nmconnection']}mtu=9000\n`)
  const ifcfg = { 'ifcfg-port': 'DEVICE=ens3\nBRIDGE=xenbr0\n' }
  const ifcfgs = run(t, of('8'), 'etc/sysconfig/network-scripts', ifcfg)
  t.equal(ifcfgs['ifcfg-port'], `${ifcfg['ifcfg-port']}MTU=9000\n`)
})

t.test('nothing further, no script; what has no length is an error', async t => {
  const { system, ...rest } = ui()
  const of = (eth0: object) =>
    ({ ...rest, system: { ...system, network: { interfaces: { eth0 } } } }) as never as JsonMap
  t.equal(scriptsOf(of({ ip: '192.0.2.10', prefix: 24, routes: [{ address: '10.0.0.0', prefix: 8 }] })).size, 0)
  t.match(
    kickstartOf(of({ ip: '192.0.2.10' }), () => undefined),
    {
      faults: [{ pointer: '/system/network/interfaces/eth0/ip', message: /192.0.2.10/ }],
    },
  )
  const routes = [{ address: '10.0.0.0', gateway: '192.0.2.2' }]
  t.match(
    kickstartOf(of({ bootproto: 'dhcp', routes }), () => undefined),
    {
      faults: [{ pointer: '/system/network/interfaces/eth0/routes/0/address', message: /10.0.0.0/ }],
    },
  )
})
