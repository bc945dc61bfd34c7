// Documents of Quattor's pan compiler, read into ours: two that panc wrote, and the shapes of ncm-xen and ncm-grub that
// they do not show.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { lvm } from '../../components/lvm/component.js'
import type { LVMVolumes } from '../../components/lvm/desired.js'
import { xen } from '../../components/xen/component.js'
import type { XenDomains } from '../../components/xen/desired.js'
import { createAjv, judge } from '../../src/model/ajv.js'
import type { Document } from '../../src/model/document.js'
import type { Json, JsonMap } from '../../src/model/json.js'
import { unescapeKey } from '../../src/model/pan/escape.js'
import { isPanDocument, readPanDocument } from '../../src/model/pan-document.js'
import { parsePointer, valueAt } from '../../src/model/pointer.js'
import { openSimulated } from '../../src/system/simulated/open-simulated.js'
import { runs } from '../property-runs.js'

const root = join(import.meta.dirname, '../..')
const readJson = (path: string): JsonMap => JSON.parse(readFileSync(join(root, path), 'utf8'))
const host = readJson('test/cases/quattor/host00000.example.org.json')
const guest = readJson('test/cases/quattor/vm000000.example.org.json')

const componentOf = (document: Document, name: string): Json | undefined =>
  valueAt(document, ['software', 'components', name])

const validates = ['lvm', 'xen', 'grub'].map(
  name => [name, createAjv().compile(readJson(`components/${name}/schema.json`))] as const,
)

const schemaFaults = (document: Document): readonly unknown[] =>
  validates.flatMap(([name, validate]) => {
    const desired = componentOf(document, name)
    return desired === undefined ? [] : judge(validate, desired)
  })

t.test('a document is told from ours by what it lacks', async t => {
  t.ok(isPanDocument(host))
  t.ok(isPanDocument(guest))
  t.notOk(isPanDocument({ name: 'host', software: {} }))
  for (const other of [null, [], 'x', {}, { software: 1 }]) t.notOk(isPanDocument(other))
})

t.test('a host that panc compiled is read whole', async t => {
  const { document, ignored } = readPanDocument(host, 'host00000.example.org.json')
  t.equal(document.name, 'host00000.example.org')
  t.same(schemaFaults(document), [])
  const sizes = [20480, 163840, 81920, 40960, 20480]
  t.same(componentOf(document, 'lvm'), {
    groups: {
      xenvg: {
        devices: [{ path: '/dev/sda3' }],
        volumes: Object.fromEntries(sizes.map((size, index) => [`vm00000${index}.example.org`, { size }])),
      },
    },
    create_filesystems: true,
  })
  t.same(componentOf(document, 'grub'), {
    default: 'xen',
    timeout: 5,
    root_device: '/dev/sda2',
    xen: { options: { dom0_mem: '400M' } },
    linux: { options: { max_loop: '128', console: 'tty0' } },
  })
  t.same(componentOf(document, 'network'), {
    default_gateway: '10.0.0.1',
    nameserver: ['10.0.0.53', '10.0.1.53'],
    interfaces: {
      eth0: { bootproto: 'static', gateway: '10.0.0.1', ip: '10.8.0.0', netmask: '255.0.0.0', onboot: true },
    },
    bridges: { xenbr0: { netdev: 'eth0' } },
  })
  t.same(valueAt(document, parsePointer('/software/components/xen/domains/vm000001.example.org')), {
    options: {
      uuid: '6cf01ea0-6140-5be7-a488-15c48d918398',
      type: 'pv',
      bootloader_args: ['vif[0]'],
      bootloader: '/usr/bin/pypxeboot',
      memory: 16384,
      name: 'vm000001.example.org',
      on_crash: 'restart',
      on_reboot: 'restart',
      vcpus: 8,
    },
    disks: { xvda: { type: 'lvm', group: 'xenvg', volume: 'vm000001.example.org', access: 'rw' } },
    vifs: { eth0: { mac: '00:16:3e:00:00:01', bridge: 'xenbr0' } },
    auto: true,
  })
  for (const path of [
    '/software/components/postfix',
    '/software/packages',
    '/system/filesystems',
    '/system/blockdevices/partitions',
    '/software/components/grub/kernels/0/initrd',
  ]) {
    t.ok(ignored.includes(path), path)
  }
})

t.test('its five guests and their volumes are planned on a blank host', async t => {
  const { document } = readPanDocument(host, 'host.json')
  const system = openSimulated(`${t.testdir()}/host.json?ram=192GiB&pv=/dev/sda3:1TiB`)
  const volumes = componentOf(document, 'lvm') as LVMVolumes
  const domains = componentOf(document, 'xen') as unknown as XenDomains
  const names = [0, 1, 2, 3, 4].map(index => `vm00000${index}.example.org`)
  t.same(
    lvm.plan(volumes, await lvm.observe(system, volumes, '')).map(({ id, rejected }) => [id, rejected]),
    ['create', ...names.map(name => `${name}/create`)].map(id => [`lvm/xenvg/${id}`, undefined]),
  )
  const actions = xen.plan(domains, await xen.observe(system, domains, ''))
  for (const name of names) {
    const started = actions.find(({ provides }) => provides.includes(`domain:${name}/running`))
    t.ok(started?.requires.includes(`block:/dev/xenvg/${name}`), name)
    t.equal(started?.rejected, undefined, name)
  }
})

t.test('a guest has nothing for our components', async t => {
  const { document } = readPanDocument(guest, 'vm000000.example.org.json')
  t.same(document, { name: 'vm000000.example.org', software: { components: {} } })
})

t.test('the name comes from the host and its domain, else from the file', async t => {
  for (const [network, name] of [
    [{ hostname: 'a', domainname: 'example.org' }, 'a.example.org'],
    [{ hostname: 'a.example.net', domainname: 'example.org' }, 'a.example.net'],
    [{ hostname: 'a' }, 'a'],
    [{}, 'b.example.org'],
  ] as const) {
    t.equal(readPanDocument({ system: { network } }, '/srv/b.example.org.json').document.name, name)
  }
})

t.test('keys are unescaped where pan can have escaped them', async t => {
  for (const [key, plain] of [
    ['vm0_2eexample_2eorg', 'vm0.example.org'],
    ['a_2db_5fc', 'a-b_c'],
    ['_31st', '1st'],
    ['cciss_2fc0d0p1', 'cciss/c0d0p1'],
    ['vm.example.org', 'vm.example.org'],
    ['physical_devs', 'physical_devs'],
    ['create_domains', 'create_domains'],
    ['a_41', 'a_41'],
  ] as const) {
    t.equal(unescapeKey(key), plain)
  }
  const escaped = (plain: string): string =>
    plain.replace(/^[0-9]|[^A-Za-z0-9]/g, sign => `_${sign.charCodeAt(0).toString(16)}`)
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]+$/), plain => unescapeKey(escaped(plain)) === plain),
    runs(100),
  )
})

/** A host whose xen component is this. */
const readXen = (component: JsonMap, more: JsonMap = {}) => {
  const json = { system: { network: { hostname: 'h' }, ...more }, software: { components: { xen: component } } }
  const { document, ignored } = readPanDocument(json, 'h.json')
  t.same(schemaFaults(document), [])
  return {
    domains: valueAt(document, parsePointer('/software/components/xen/domains')) as JsonMap | undefined,
    lvm: componentOf(document, 'lvm'),
    ignored,
  }
}

const withOptions = (options: JsonMap) =>
  readXen({ domains: { g: { options: { memory: 128, kernel: '/k', ...options } } } })

const lvmDisk = { type: 'lvm', hostdevice: 'vg', hostvol: 'g', guestdevice: 'xvda', rw: 'w', size: 64, create: true }

t.test('options, disks and vifs in ncm-xen have one form here', async t => {
  const { domains, lvm: made } = withOptions({
    builder: 'hvm',
    on_crash: 'rename_restart',
    vif: ['mac=00:16:3e:00:00:01, bridge=xenbr0', 'mac=00:16:3e:00:00:02,script=vif-bridge,type=ioemu,model=e1000'],
    disk: [
      { ...lvmDisk, path: '/dev/sdb' },
      { ...lvmDisk, guestdevice: 'xvdb', hostvol: 'there', create: false, rw: 'r' },
      { type: 'phy', hostdevice: 'sdc1', guestdevice: 'xvdc' },
      { type: 'file', path: '/srv//xen/g.img', guestdevice: 'xvdd', size: 32, create: true, access_method: 'tap:aio' },
      { type: 'file', path: '/srv/xen/there.img', guestdevice: 'xvde', size: 32 },
    ],
  })
  t.match(domains?.g, {
    options: { type: 'hvm', on_crash: 'rename-restart' },
    vifs: {
      eth0: { mac: '00:16:3e:00:00:01', bridge: 'xenbr0' },
      eth1: { mac: '00:16:3e:00:00:02', script: 'vif-bridge', type: 'ioemu', model: 'e1000' },
    },
    disks: {
      xvda: { type: 'lvm', group: 'vg', volume: 'g', access: 'rw' },
      xvdb: { type: 'lvm', group: 'vg', volume: 'there', access: 'ro' },
      xvdc: { type: 'phy', device: '/dev/sdc1', access: 'rw' },
      xvdd: { type: 'file', path: '/srv/xen/g.img', access: 'rw' },
      xvde: { type: 'file', path: '/srv/xen/there.img', access: 'rw' },
    },
    auto: false,
  })
  t.same(made, {
    groups: { vg: { devices: [{ path: '/dev/sdb' }], volumes: { g: { size: 64 } } } },
    files: { '/srv/xen/g.img': { size: 32 } },
  })
})

t.test('a domain that cannot be rendered as it was meant is left out, and says why', async t => {
  for (const [options, fault] of [
    [{ disk: [{ type: 'file', guestdevice: 'xvda' }] }, 'disk xvda of type file cannot be rendered'],
    [{ disk: [lvmDisk, { type: 'lvm', hostdevice: 'vg' }] }, 'a disk has no guestdevice'],
    [{ vif: ['bridge=xenbr0'] }, 'vif eth0 has no mac'],
    [{ vif: ['mac=00:16:3e:00:00:01,accel=1'] }, 'accel of vif eth0 cannot be rendered'],
    [
      { download: ['curl x'], vtpm: ['instance=1,backend=0'] },
      'option download cannot be rendered; instance of vtpm cannot be rendered',
    ],
    [{ nfs_root: '/srv/g' }, 'option nfs_root cannot be rendered'],
  ] as const) {
    const { domains, lvm: made, ignored } = withOptions(options as unknown as JsonMap)
    t.same(domains, {}, fault)
    t.equal(made, undefined, fault)
    t.same(ignored, [`/software/components/xen/domains/g: ${fault}`])
  }
})

t.test("a guest's address and its root on NFS are words of the kernel's command line, as xend wrote them", async t => {
  const address = { ip: '10.0.0.2', netmask: '255.0.0.0', gateway: '10.0.0.1', hostname: 'g' }
  for (const [options, extra] of [
    [{ ...address, extra: 'ro quiet' }, 'ip=10.0.0.2:127.0.255.255:10.0.0.1:255.0.0.0:g:eth0:off ro quiet'],
    [
      { ...address, root: '/dev/nfs', nfs_server: '10.0.0.3', nfs_root: '/srv/g' },
      'ip=10.0.0.2:10.0.0.3:10.0.0.1:255.0.0.0:g:eth0:off nfsroot=10.0.0.3:/srv/g',
    ],
    [{ ip: '10.0.0.2' }, 'ip=10.0.0.2:127.0.255.255::::eth0:off'],
    [{ netmask: '255.0.0.0', hostname: 'g', nfs_server: '10.0.0.3', extra: 'ro' }, 'ro'],
  ] as const) {
    const { domains, ignored } = withOptions(options as unknown as JsonMap)
    t.match(domains?.g, { options: { extra } }, JSON.stringify(options))
    t.same(ignored, [])
  }
})

t.test('a virtual TPM is given as it is', async t => {
  for (const vtpm of ['backend=tpm,uuid=2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f12', ['backend=0']])
    t.match(withOptions({ vtpm }).domains?.g, { options: { vtpm: [vtpm].flat() } })
})

t.test('an installer boots with its own options, and with the rest of the domain', async t => {
  const options = { name: 'g', memory: 128, kernel: '/k', disk: [lvmDisk] }
  const installer = { ...options, memory: 512, kernel: '/install/k', extra: 'ks=http://x/g', on_reboot: 'destroy' }
  const { domains, ignored } = readXen({ domains: { g: { options, install_options: installer } } })
  t.match(domains?.g, {
    options: { memory: 128, kernel: '/k' },
    install_options: { memory: 512, kernel: '/install/k', extra: 'ks=http://x/g' },
  })
  t.same(ignored, [])
})

t.test('an installer that cannot be rendered is left out whole, and says why; the domain stays', async t => {
  const options = { memory: 128, kernel: '/k', disk: [lvmDisk] }
  const pointer = '/software/components/xen/domains/g/install_options'
  for (const [installer, fault] of [
    [{ kernel: '/k', nfs_root: 'x' }, 'option nfs_root cannot be rendered'],
    [{ kernel: '/k', vif: ['mac=00:16:3e:00:00:01'] }, "option vif is another one than the domain's"],
    [{ kernel: '/k', disk: [] }, "option disk is another one than the domain's"],
  ] as const) {
    const { domains, ignored } = readXen({
      domains: { g: { options, install_options: installer } },
    } as unknown as JsonMap)
    t.match(domains?.g, { options: { kernel: '/k' } }, fault)
    t.notHas(domains?.g, { install_options: Object }, fault)
    t.same(ignored, [`${pointer}: ${fault}`])
  }
})

t.test('a guest that guest_map gives to another host is left out', async t => {
  const domains = { g: { options: { memory: 128, kernel: '/k' } } }
  const mapped = (hypervisor: string) => readXen({ domains, guest_map: { g: { hypervisor_name: hypervisor } } })
  t.same(Object.keys(mapped('h').domains ?? {}), ['g'])
  t.same(mapped('other').domains, {})
  t.match(mapped('other').ignored, ['/software/components/xen/guest_map', /domains\/g: guest_map says .* other$/])
})

t.test('flags, and switches of the dispatcher', async t => {
  const domains = { g: { options: { memory: 128, kernel: '/k', disk: [lvmDisk] } } }
  t.match(readXen({ domains, create_filesystems: false }).lvm, { create_filesystems: false })
  for (const off of [{ active: false }, { dispatch: false }]) {
    const { domains: read, lvm: made, ignored } = readXen({ domains, ...off })
    t.equal(read, undefined)
    t.equal(made, undefined)
    t.same(ignored, ['/software/components/xen: not active'])
  }
})

t.test('block devices that are not for us to make are named', async t => {
  const { lvm: made, ignored } = readXen(
    {},
    {
      blockdevices: {
        volume_groups: { vg_5f0: { device_list: ['physical_devs/sdb', 'md/md0', 'volume_groups/x'] } },
        logical_volumes: { a: { volume_group: 'vg_5f0', size: 4 }, b: { volume_group: 'vg_5f0' } },
      },
    },
  )
  t.same(made, {
    groups: { vg_0: { devices: [{ path: '/dev/sdb' }, { path: '/dev/md0' }], volumes: { a: { size: 4 } } } },
  })
  t.same(ignored, [
    '/system/blockdevices/volume_groups/vg_0/device_list: volume_groups/x',
    '/system/blockdevices/logical_volumes/b: no group or size',
  ])
})

t.test('grub: a kernel without a hypervisor, options given twice, a root that is no device', async t => {
  const grub = {
    kernels: [
      { kernelpath: '/vmlinuz', kernelargs: 'root=LABEL=/ ro quiet console=tty0 console=hvc0' },
      { title: 'old' },
    ],
    args: 'quiet -rhgb crashkernel=auto',
    password: { enabled: true },
  }
  const { document, ignored } = readPanDocument({ software: { components: { grub } } }, 'h.json')
  t.same(schemaFaults(document), [])
  t.same(componentOf(document, 'grub'), {
    default: 'linux',
    xen: { options: {} },
    linux: { options: { quiet: true, console: ['tty0', 'hvc0'], crashkernel: 'auto' } },
  })
  t.same(
    ignored,
    ['kernels/0/kernelargs: root=LABEL=/', 'kernels/0/kernelpath', 'kernels/1', 'password', 'args: -rhgb'].map(
      path => `/software/components/grub/${path}`,
    ),
  )
})

t.test("network: ncm-xen's bridges and VLANs, with the addresses of the host", async t => {
  const interfaces = {
    eth0: {
      bootproto: 'bootp',
      driver: 'e1000',
      aliases: { '0': { ip: '192.0.2.11', netmask: '255.255.255.0', fqdn: 'a.example.org' } },
      routes: [
        { address: 'default', gateway: '192.0.2.1' },
        { address: '198.51.100.0', netmask: '255.255.255.0' },
      ],
    },
    eth0_2e7: { bootproto: 'static', ip: '10.7.0.1', netmask: '255.255.0.0' },
  }
  const network = {
    removeqemunetworklibvirtautostart: true,
    bridges: { xenbr0: {}, xenbr1: { vifnum: 4 }, br2: { netdev: 'bond0' }, br3: {}, xenbr7: { netdev: 'eth0.7' } },
    vlans: { eth0_2e7: { netdev: 'eth0', vlan: 7 } },
  }
  const json = { system: { network: { interfaces } }, software: { components: { xen: { network } } } }
  const { document, ignored } = readPanDocument(json, 'h.json')
  t.same(schemaFaults(document), [])
  t.same(componentOf(document, 'network'), {
    interfaces: {
      eth0: {
        bootproto: 'dhcp',
        aliases: { '0': { ip: '192.0.2.11', netmask: '255.255.255.0' } },
        routes: [{ address: '198.51.100.0', netmask: '255.255.255.0' }],
      },
      'eth0.7': { bootproto: 'static', ip: '10.7.0.1', netmask: '255.255.0.0', physdev: 'eth0', vlan: 7 },
    },
    bridges: {
      xenbr0: { netdev: 'eth0' },
      xenbr1: { netdev: 'eth4' },
      br2: { netdev: 'bond0' },
      br3: {},
      xenbr7: { netdev: 'eth0.7' },
    },
  })
  t.same(ignored, ['/software/components/xen/network/removeqemunetworklibvirtautostart'])
})
