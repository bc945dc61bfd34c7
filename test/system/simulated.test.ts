// The simulated host where recordings do not reach: how it is described, kept in a file, and booted again.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import type { ExecResult, System } from '../../src/model/system.js'
import { canonicalPath } from '../../src/system/canonical-path.js'
import { reportCommand } from '../../src/system/lvm-report.js'
import { openSystem } from '../../src/system/open.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { openSimulated } from '../../src/system/simulated/open-simulated.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { parseSpec } from '../../src/system/simulated/spec.js'
import { parseXl } from '../../src/system/simulated/xl/syntax.js'
import { runs } from '../property-runs.js'

const change = (system: System, ...argv: readonly string[]): Promise<ExecResult> =>
  system.exec(argv, { effect: 'change' })
const observe = (system: System, ...argv: readonly string[]): Promise<ExecResult> =>
  system.exec(argv, { effect: 'observe' })

const GiB = 1024 ** 3

t.test('a description says everything about the machine, or nothing', async t => {
  const blank = { hostname: null, memory: 256 * 1024, devices: [] }
  t.same(parseSpec('host.json'), { file: 'host.json', host: blank })
  t.same(parseSpec('/tmp/h?ram=64GiB&pv=/dev/sdb:500GiB&pv=/dev/disk/by-path/pci-0000:00:1f.2:1TiB:S1&hostname=h'), {
    file: '/tmp/h',
    host: {
      hostname: 'h',
      memory: 64 * 1024,
      devices: [
        { path: '/dev/sdb', size: 500 * GiB, serial: null },
        { path: '/dev/disk/by-path/pci-0000:00:1f.2', size: 1024 * GiB, serial: 'S1' },
      ],
    },
  })
})

t.test('a description that cannot be read says what was expected', async t => {
  const wrong: readonly (readonly [spec: string, message: RegExp])[] = [
    ['sim:', /needs a file: expected sim:FILE/],
    ['sim:f?rma=1GiB', /unknown rma=: expected/],
    ['sim:f?ram=1G', /ram=1G: expected a size: a number with one of .*GiB/],
    ['sim:f?ram=1GiB&ram=2GiB', /ram= more than once/],
    ['sim:f?pv=sdb:1GiB', /pv=sdb:1GiB: expected/],
    ['sim:f?pv=/dev/sdb', /pv=\/dev\/sdb: expected/],
    ['sim:f?pv=/dev/sdb:1G', /pv=1G: expected a size/],
    ['remote', /unknown system remote: expected local or sim:FILE/],
  ]
  for (const [spec, message] of wrong) await t.rejects(openSystem(spec), { name: 'SystemSpecError', message })
  await t.rejects(openSystem('sim:f', { root: '/tmp' }), { name: 'SystemSpecError' })
  t.equal((await openSystem('local')).label, 'this machine')
})

t.test('a host is written at its first change and is the same when it is opened again', async t => {
  const file = join(t.testdir({ other: '{}' }), 'host.json')
  const spec = `${file}?ram=8GiB&pv=/dev/sdb:10GiB&hostname=labhost`
  const system = await openSystem(`sim:${spec}`)
  t.equal(await system.hostname(), 'labhost')
  t.equal(system.label, `simulated host (${file})`)
  await observe(system, 'xl', 'list')
  await system.remove('/nosuch')
  t.notOk(existsSync(file), 'observing leaves nothing')
  await change(system, 'vgcreate', 'vg0', '/dev/sdb')
  const again = openSimulated(file)
  t.equal(await again.hostname(), 'labhost')
  t.same(Object.keys(again.state.groups), ['vg0'])
  await again.write('/etc/a', 'a', 0o644)
  t.match(JSON.parse(readFileSync(file, 'utf8')), { simulated: 1, files: { '/etc/a': { content: 'a' } } })
  t.throws(() => openSimulated(file.replace('host.json', 'other')), { name: 'SystemSpecError' })
  t.throws(() => openSimulated(file.replace('host.json', 'none/host.json')), { message: /there is no directory/ })
})

t.test('disks have the name that the kernel gives them, and only described ones exist', async t => {
  const dir = t.testdir({})
  const path = '/dev/disk/by-id/ata-X'
  const described = openSimulated(`${dir}/a?pv=${path}:10GiB:S1`)
  t.equal(await canonicalPath(described, path), '/dev/ata-X')
  t.match(await observe(described, 'lsblk', '--json', '--bytes', '-o', 'PATH,SERIAL', path), {
    stdout: /"path": "\/dev\/ata-X",\s+"serial": "S1"/,
  })
  t.match(await described.stat(path), { type: 'link', target: '../../ata-X' })
  t.same(await described.stat('/dev/ata-X'), { type: 'block', size: 10 * GiB, mode: 0o660 })
  t.equal((await change(described, 'vgcreate', 'vg0', '/dev/sdb')).code, 5)
  t.equal((await change(described, 'vgcreate', 'vg0', path)).code, 0)
  t.match((await observe(described, ...reportCommand)).stdout, /"pv_name": "\/dev\/ata-X"/)

  const any = openSimulated(`${dir}/b`)
  t.equal((await change(any, 'vgcreate', 'vg0', '/dev/sdb')).code, 0)
  t.equal((await any.stat('/dev/sdc'))?.size, 4096 * GiB)
  t.equal(await any.stat('/dev/vg0/nosuch'), null)
  await t.rejects(any.openExclusive('/dev/vg0/nosuch'), { code: 'ENOENT' })
})

t.test('a device with data or a mount is not taken by LVM', async t => {
  const device = { size: GiB, serial: null, mountpoint: null, signature: null }
  const ext4 = { ...device, signature: { type: 'ext4', offset: 0x438, uuid: 'd94b2772-8348-46af-b26b-8042808351d8' } }
  const blank = blankHost(parseSpec('host').host)
  const devices = { '/dev/sdb': device, '/dev/sdc': ext4, '/dev/sdd': { ...ext4, mountpoint: '/srv' } }
  const system = new SimulatedSystem({ ...blank, devices })
  const cases: readonly (readonly [path: string, blank: boolean, exclusive: boolean, refusal: string])[] = [
    ['/dev/sdb', true, true, ''],
    ['/dev/sdc', false, true, 'WARNING: ext4 signature detected on /dev/sdc at offset 1080. Wipe it? [y/n]: [n]'],
    ['/dev/sdd', false, false, "  Can't open /dev/sdd exclusively.  Mounted filesystem?"],
  ]
  for (const [path, isBlank, exclusive, refusal] of cases) {
    t.equal((await observe(system, 'cmp', '--bytes=1048576', path, '/dev/zero')).code, isBlank ? 0 : 1)
    t.equal((await observe(system, 'wipefs', '--no-act', '--json', path)).stdout.includes('ext4'), !isBlank)
    t.equal(await system.openExclusive(path), exclusive)
    const { code, stderr } = await change(system, 'vgcreate', `vg-${path.slice(-1)}`, path)
    t.same([code, stderr.split('\n')[0]], [refusal === '' ? 0 : 5, refusal])
  }
})

t.test('what is not modelled says so, and observing never changes', async t => {
  const system = openSimulated(`${t.testdir({})}/host`)
  for (const argv of [['rm', '-rf', '/'], ['xl', 'migrate', 'ce', 'b'], ['pvs'], ['lsblk', '/dev/sda']]) {
    await t.rejects(observe(system, ...argv), { name: 'CommandFailed', message: /not modelled/ })
  }
  await t.rejects(observe(system, 'vgcreate', 'vg0', '/dev/sdb'), /bug: vgcreate/)
  t.same(system.state.groups, {})
})

t.test('files behave as on a file system', async t => {
  const system = openSimulated(`${t.testdir({})}/host`)
  await system.write('/etc/xen/ce.cfg', 'x', 0o600)
  await system.link('/etc/xen/auto/50-ce', '../ce.cfg')
  t.equal(await system.read('/etc/xen/auto/50-ce'), 'x')
  t.match(await system.stat('/etc/xen/auto/50-ce'), { type: 'link', target: '../ce.cfg' })
  t.same(await system.list('/etc/xen/auto'), ['50-ce'])
  t.same(await system.list('/'), ['boot', 'etc', 'run', 'var'])
  await t.rejects(system.link('/etc/xen/ce.cfg', 'x'), { code: 'EEXIST', syscall: 'symlink' })
  await t.rejects(system.remove('/etc'), { code: 'EISDIR' })
  await t.rejects(system.write('/etc', '', 0o644), { code: 'EISDIR' })
  await t.rejects(system.mkdir('/etc/xen/ce.cfg', 0o755), { code: 'EEXIST' })
  await system.remove('/etc/xen/ce.cfg')
  t.same([await system.read('/etc/xen/auto/50-ce'), await system.list('/nosuch')], [null, null])
})

const config = (name: string, memory: number): string =>
  `name = "${name}"\ntype = "pvh"\nkernel = "/k"\nmemory = ${memory}\n`

t.test('a reboot ends the domains, takes up the default entry and starts what is linked', async t => {
  const system = openSimulated(`${t.testdir({})}/host?ram=4GiB`)
  const before = await system.read('/proc/sys/kernel/random/boot_id')
  const second = config('b', 256)
  await system.write('/etc/xen/a.cfg', config('a', 256), 0o600)
  await system.write('/etc/xen/b.cfg', second, 0o600)
  await system.link('/etc/xen/auto/20-a', '../a.cfg')
  await system.link('/etc/xen/auto/10-b', '../b.cfg')
  await system.link('/etc/xen/auto/15-gone', '../gone.cfg')
  await system.write('/etc/xen/c.cfg', config('c', 256), 0o600)
  await change(system, 'xl', 'create', '/etc/xen/c.cfg')
  await change(system, 'xl', 'config-update', 'c', '/etc/xen/c.cfg')
  await system.write('/etc/default/grub.d/zz.cfg', 'GRUB_CMDLINE_XEN="dom0_mem=512M,max:512M"\n', 0o644)
  await change(system, 'update-grub')
  system.reboot()
  const names = system.state.domains.map(domain => domain.config.name)
  t.same(names, ['b', 'a'], 'in the order of the links')
  t.not(await system.read('/proc/sys/kernel/random/boot_id'), before)
  t.equal(system.state.boot.xen, 'placeholder dom0_mem=512M,max:512M')
  t.equal(system.state.boot.dom0Memory, 512)
  t.same(await system.list('/var/lib/xen'), [], 'nothing is left of the old domains')
})

t.test('without dom0_mem dom0 gives memory away; with it, what is free is all there is', async t => {
  const system = openSimulated(`${t.testdir({})}/host?ram=4GiB`)
  await system.write('/etc/xen/a.cfg', config('a', 3000), 0o600)
  t.equal((await change(system, 'xl', 'create', '/etc/xen/a.cfg')).code, 0)
  await system.write('/etc/default/grub.d/zz.cfg', 'GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=2G"\n', 0o644)
  await change(system, 'update-grub')
  system.reboot()
  t.match(await change(system, 'xl', 'create', '/etc/xen/a.cfg'), { code: 3, stderr: /Cannot allocate memory/ })
})

t.test('the default entry is found by number, id, title and through submenus', async t => {
  const entries: readonly (readonly [wanted: string, xen: RegExp | null])[] = [
    ['0', null],
    ['Debian GNU/Linux', null],
    ['xen-gnulinux-simple-10a96a51-82eb-4f2e-bf84-2a829656bb7c', /placeholder x=1/],
    ['2', /placeholder x=1/],
    ['Advanced options for Debian GNU/Linux (with Xen hypervisor)>0>1', /^placeholder$/],
    ['nosuch', null],
    ['saved', null],
  ]
  for (const [wanted, xen] of entries) {
    const system = openSimulated(`${t.testdir({})}/host`)
    const fragment = `GRUB_DEFAULT='${wanted}'\nGRUB_CMDLINE_XEN_DEFAULT=x=1\n`
    await system.write('/etc/default/grub.d/zz.cfg', fragment, 0o644)
    t.equal((await change(system, 'update-grub')).code, 0)
    system.reboot()
    if (xen === null) t.equal(system.state.boot.xen, null, wanted)
    else t.match(system.state.boot.xen, xen, wanted)
    t.equal((await observe(system, 'xl', 'list')).code, xen === null ? 1 : 0)
  }
})

t.test('defaults are read as the shell reads plain assignments; more than that is refused', async t => {
  const system = openSimulated(`${t.testdir({})}/host`)
  const lines = [
    '# a comment',
    'GRUB_TIMEOUT=3 # seconds',
    `GRUB_CMDLINE_XEN='a "b"'" c \\"d\\""`,
    'GRUB_CMDLINE_XEN="${GRUB_CMDLINE_XEN} $GRUB_TIMEOUT"',
  ]
  await system.write('/etc/default/grub.d/a.cfg', `${lines.join('\n')}\n`, 0o644)
  t.equal((await change(system, 'update-grub')).code, 0)
  const written = (await system.read('/boot/grub/grub.cfg')) ?? ''
  t.match(written, 'placeholder a "b" c "d" 3  ${xen_rm_opts}')
  t.match(written, 'set timeout=3\n')
  for (const line of ['if true; then', 'A=$(date)', 'A=`date`', 'export A', 'A="b', 'A=b c']) {
    await system.write('/etc/default/grub.d/b.cfg', `${line}\n`, 0o644)
    t.match(await change(system, 'update-grub'), { code: 2, stderr: '/etc/default/grub.d/b.cfg: 1' }, line)
  }
})

t.test('any text in quotes comes back from a config as xl would read it', async t => {
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
  fc.assert(
    fc.property(fc.array(fc.string()), fc.nat(), (texts, number) => {
      const parsed = parseXl(`a = [ ${texts.map(quote).join(',\n ')} ] # end\nn=${number};b = 'c'`)
      t.ok(parsed.ok)
      if (parsed.ok)
        t.same(
          [...parsed.values],
          [
            ['a', texts],
            ['n', number],
            ['b', 'c'],
          ],
        )
    }),
    runs(50),
  )
})
