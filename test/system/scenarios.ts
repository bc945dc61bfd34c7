// The calls that are recorded on a real host and replayed on the simulated one. They use two blank disks of 256 MiB,
// /dev/ram0 and /dev/ram1 (`modprobe brd rd_nr=2 rd_size=262144`), a guest kernel and the bridge xenbr0. Those of thin
// pools are in thin-scenario.ts, those of the network in network-scenario.ts.

import { reportCommand } from '../../src/system/lvm-report.js'
import type { Call } from '../../src/system/recorded.js'

export const observe = (...argv: readonly string[]): Call => ({ call: 'exec', argv, effect: 'observe' })
export const change = (...argv: readonly string[]): Call => ({ call: 'exec', argv, effect: 'change' })

export const reports: readonly Call[] = [observe(...reportCommand)]

const look = (device: string, size: number): readonly Call[] => [
  observe('lsblk', '--json', '--bytes', '-o', 'PATH,TYPE,SIZE,SERIAL,MOUNTPOINTS', device),
  observe('wipefs', '--no-act', '--json', device),
  observe('cmp', '--bytes=1048576', device, '/dev/zero'),
  observe('cmp', '--bytes=1048576', `--ignore-initial=${size - 1048576}:0`, device, '/dev/zero'),
]

const disk = 256 * 1024 ** 2

export const lvcreate = (size: number, name: string, group: string): Call =>
  change('lvcreate', '--yes', '--wipesignatures', 'y', '--size', `${size}b`, '--name', name, group)
export const lvextend = (size: number, path: string): Call => change('lvextend', '--size', `${size}b`, path)

const pool = (size: number, metadata: number, name: string): Call =>
  change(
    ...['lvcreate', '--yes', '--type', 'thin-pool', '--size', `${size}b`, '--poolmetadatasize', `${metadata}b`],
    ...['--name', name, 'sysvg'],
  )
const thin = (size: number, name: string, within: string): Call =>
  change(
    ...['lvcreate', '--yes', '--wipesignatures', 'y', '--type', 'thin', '--virtualsize', `${size}b`],
    ...['--thinpool', within, '--name', name, 'sysvg'],
  )
const copy = (name: string, origin: string): Call =>
  change('lvcreate', '--yes', '--setactivationskip', 'n', '--snapshot', '--name', name, `sysvg/${origin}`)

/** A pool, volumes in it, copies of them, and what LVM refuses. */
const thinScenario: readonly Call[] = [
  pool(67108864, 4194304, 'pool'),
  ...reports,
  thin(33554432, 'golden', 'pool'),
  copy('copied', 'golden'),
  lvextend(67108864, 'sysvg/copied'),
  ...reports,
  thin(33554432, 'golden', 'pool'),
  thin(33554432, 'x', 'nosuch'),
  copy('x', 'nosuch'),
  lvextend(134217728, 'sysvg/pool'),
  pool(1048576000, 4194304, 'pool2'),
  ...reports,
]

const removeEmptyPool = (path: string): Call => change('lvremove', '--yes', '--select', 'thin_count=0', path)
const lvrename = (from: string, to: string, group = 'sysvg'): Call => change('lvrename', group, from, to)

export const lvremove = (path: string): Call => change('lvremove', '--yes', path)
const lvchange = (option: '--addtag' | '--deltag', tag: string, path: string): Call =>
  change('lvchange', option, tag, path)

/** The marks of volumes: given with the volume itself, added and taken away, also where there is nothing to do. */
const tagScenario: readonly Call[] = [
  lvchange('--addtag', 'xenclosure_install=one', 'sysvg/a'),
  lvchange('--addtag', 'xenclosure_install=one', 'sysvg/a'),
  lvchange('--addtag', 'xenclosure_filling', 'sysvg/a'),
  ...reports,
  lvchange('--deltag', 'xenclosure_filling', 'sysvg/a'),
  lvchange('--deltag', 'xenclosure_filling', 'sysvg/a'),
  lvchange('--addtag', 'a b', 'sysvg/a'),
  lvchange('--deltag', '-', 'sysvg/a'),
  lvchange('--addtag', 'x', 'sysvg/nosuch'),
  lvchange('--addtag', 'x', 'nosuch/a'),
  ...reports,
  lvchange('--deltag', 'xenclosure_install=one', 'sysvg/a'),
  change(
    ...['lvcreate', '--yes', '--wipesignatures', 'y', '--addtag', 'xenclosure_filling'],
    ...['--size', '4194304b', '--name', 'tagged', 'sysvg'],
  ),
  ...reports,
  lvremove('sysvg/tagged'),
]

/** After the thin scenario: volumes, copies and pools get other names and go. */
const removalScenario: readonly Call[] = [
  lvrename('nosuch', 'x'),
  lvrename('b-c', 'a'),
  lvrename('b-c', 'pool'),
  lvrename('b-c', 'x y'),
  lvrename('b-c', 'b-c'),
  lvrename('b-c', 'd', 'nosuch'),
  lvrename('b-c', 'd'),
  lvrename('copied', 'kept'),
  ...reports,
  lvremove('sysvg/nosuch'),
  lvremove('nosuch/d'),
  lvremove('sysvg/d'),
  lvremove('sysvg/golden'),
  removeEmptyPool('sysvg/pool'),
  ...reports,
  lvremove('sysvg/kept'),
  removeEmptyPool('sysvg/pool'),
  removeEmptyPool('sysvg/pool'),
  ...reports,
]

export const lvmScenario: readonly Call[] = [
  ...look('/dev/ram0', disk),
  { call: 'openExclusive', path: '/dev/ram0' },
  { call: 'stat', path: '/dev/ram0' },
  ...look('/dev/nosuch', disk),
  observe('cmp', '--bytes=1048576', '--ignore-initial=999999999:0', '/dev/ram0', '/dev/zero'),
  change('vgcreate', 'sysvg', '/dev/nosuch'),
  change('vgcreate', 'sys vg', '/dev/ram0'),
  change('vgcreate', 'sysvg', '/dev/ram0'),
  change('vgcreate', 'sysvg', '/dev/ram1'),
  change('vgcreate', 'sysvg2', '/dev/ram0'),
  { call: 'openExclusive', path: '/dev/ram0' },
  ...reports,
  change('vgextend', 'nosuch', '/dev/ram1'),
  ...reports,
  change('vgextend', 'sysvg', '/dev/ram0'),
  change('vgextend', 'sysvg', '/dev/nosuch'),
  lvcreate(10485761, 'a', 'sysvg'),
  lvcreate(10486272, 'a', 'sysvg'),
  lvcreate(10486272, 'a', 'sysvg'),
  lvcreate(8388608, 'b-c', 'sysvg'),
  change('vgcreate', 'sysvg', '/dev/ram1'),
  lvcreate(1048576000, 'd', 'sysvg'),
  lvcreate(1048576, 'd', 'nosuch'),
  lvcreate(1048576, 'a b', 'sysvg'),
  { call: 'openExclusive', path: '/dev/ram0' },
  { call: 'openExclusive', path: '/dev/sysvg/a' },
  ...look('/dev/ram0', disk),
  ...look('/dev/sysvg/a', 12582912),
  observe('lsblk', '--json', '--bytes', '-o', 'PATH,TYPE,SIZE,SERIAL,MOUNTPOINTS', '/dev/sysvg/b-c'),
  lvextend(10485760, 'sysvg/a'),
  lvextend(12582912, 'sysvg/a'),
  lvextend(4194304, 'sysvg/a'),
  lvextend(16777217, 'sysvg/a'),
  lvextend(16777728, 'sysvg/a'),
  lvextend(1048576000, 'sysvg/a'),
  lvextend(16777216, 'sysvg/nosuch'),
  lvextend(16777216, 'nosuch/a'),
  change('vgextend', 'sysvg', '/dev/ram1'),
  ...reports,
  ...tagScenario,
  ...thinScenario,
  ...removalScenario,
]

const image = '/root/sys-images/a'
const enlarge = (bytes: number, path: string): Call => change('truncate', '--no-create', `--size=>${bytes}`, path)

export const fileScenario: readonly Call[] = [
  { call: 'mkdir', path: '/root/sys-images', mode: 0o700 },
  enlarge(1048576, image),
  { call: 'stat', path: image },
  { call: 'write', path: image, content: '', mode: 0o600 },
  { call: 'stat', path: image },
  enlarge(1048576, image),
  { call: 'stat', path: image },
  enlarge(524288, image),
  { call: 'stat', path: image },
  { call: 'link', path: '/root/sys-images/b', target: 'a' },
  { call: 'stat', path: '/root/sys-images/b' },
  enlarge(2097152, '/root/sys-images/b'),
  { call: 'stat', path: image },
  enlarge(1048576, '/root/sys-images'),
  enlarge(1048576, `${image}/c`),
  enlarge(1048576, '/root/sys-nosuch/c'),
  { call: 'list', path: '/root/sys-images' },
  observe('losetup', '--associated', image),
  observe('losetup', '--associated', '/root/sys-images/nosuch'),
]

const g = { kernel: '/srv/guest/vmlinux', ramdisk: '/srv/guest/initrd.gz' }
const uuid = '0b1c2d3e-6b7c-5a43-9c33-3f5e5a0b6f11'

const pvh = `name = "sys1"
uuid = "${uuid}"
type = "pvh"
kernel = "${g.kernel}"
ramdisk = "${g.ramdisk}"
cmdline = "console=hvc0 say=\\"hi\\""
memory = 96
maxmem = 128
vcpus = 1
maxvcpus = 2
disk = [
  "format=raw,vdev=xvda,access=rw,target=/dev/sysvg/a",
  "format=raw,vdev=xvdb,access=ro,target=/dev/sysvg/b-c",
]
vif = ["mac=00:16:3e:00:00:51,bridge=xenbr0"]
on_reboot = "rename-restart"
on_crash = "coredump-restart"
cpu_weight = 512
bogus = 1
`

const pv = `name = 'sys2'; type = "pv"  # a comment
uuid = "${uuid}"
kernel = "${g.kernel}"
ramdisk = "${g.ramdisk}"
root = "/dev/xvda ro"
extra = "a b"
memory = 128
on_poweroff = "preserve"
`

const write = (path: string, content: string): Call => ({ call: 'write', path, content, mode: 0o600 })
const create = (path: string): Call => change('systemd-run', '--scope', '--quiet', '--collect', 'xl', 'create', path)

/** A config that does not come to a domain. */
const attempt = (content: string): readonly Call[] => [write('/etc/xen/sys3.cfg', content), create('/etc/xen/sys3.cfg')]
const plain = `name = "sys3"\ntype = "pvh"\nkernel = "${g.kernel}"\n`

export const xlScenario: readonly Call[] = [
  lvcreate(12582912, 'a', 'sysvg'),
  lvcreate(8388608, 'b-c', 'sysvg'),
  { call: 'read', path: '/sys/hypervisor/type' },
  observe('xl', 'info'),
  observe('xl', 'list'),
  observe('xl', 'list', '-l'),
  observe('xl', 'list', 'sys1'),
  create('/etc/xen/sys1.cfg'),
  write('/etc/xen/sys1.cfg', pvh),
  create('/etc/xen/sys1.cfg'),
  observe('xl', 'info'),
  observe('xl', 'list'),
  observe('xl', 'list', '-l'),
  observe('xl', 'list', '-l', 'sys1'),
  ...reports,
  { call: 'openExclusive', path: '/dev/sysvg/a' },
  lvremove('sysvg/a'),
  create('/etc/xen/sys1.cfg'),
  write('/etc/xen/sys2.cfg', pv),
  create('/etc/xen/sys2.cfg'),
  observe('xl', 'info'),
  observe('xl', 'list'),
  observe('xl', 'list', '-l', 'sys2'),
  change('xl', 'config-update', 'nosuch', '/etc/xen/sys1.cfg'),
  change('xl', 'config-update', 'sys1', '/etc/xen/nosuch.cfg'),
  write('/etc/xen/sys1.cfg', pvh.replace('memory = 96', 'memory = 112')),
  change('xl', 'config-update', 'sys1', '/etc/xen/sys1.cfg'),
  observe('xl', 'list', '-l', 'sys1'),
  ...attempt(`${plain}memory = 64000\n`),
  ...attempt(`${plain}memory = 96\ndisk = ["format=raw,vdev=xvda,access=rw,target=/dev/sysvg/nosuch"]\n`),
  ...attempt(`${plain}memory = 96\ndisk = ["format=raw,vdev=xvda,access=rw,target=/dev/sysvg/a"]\n`),
  ...attempt(`${plain}memory = 96\ndisk = ["nonsense=1"]\n`),
  ...attempt('name = "sys3\nmemory = 96\n'),
  ...attempt('name = sys3\nmemory = 96\n'),
  ...attempt('name = "sys3" memory = 96\n'),
  ...attempt('name = ["sys3"\nmemory = 96\n'),
  ...attempt('memory = 96\n'),
  ...attempt('name = "sys3"\ntype = "pvx"\n'),
  ...attempt('name = "sys3"\ntype = "pv"\nmemory = 96\n'),
  change('xl', 'destroy', 'sys1'),
  change('xl', 'destroy', 'sys2'),
  change('xl', 'destroy', 'sys1'),
  observe('xl', 'info'),
  observe('xl', 'list'),
]

const entry = (options: string): string => `menuentry 'a' --id 'a' {\n  multiboot2 /boot/xen ${options}\n}\n`

const fragment = `GRUB_DEFAULT="Debian GNU/Linux, with Xen hypervisor"
GRUB_TIMEOUT="3"
GRUB_DISABLE_LINUX_UUID=""
GRUB_CMDLINE_XEN="loglvl=all"
GRUB_CMDLINE_XEN_DEFAULT="\${GRUB_CMDLINE_XEN_DEFAULT} dom0_mem=512M,max:512M say='a b'"
GRUB_CMDLINE_LINUX="\${GRUB_CMDLINE_LINUX} panic=5"
`

export const grubScenario: readonly Call[] = [
  { call: 'list', path: '/etc/default/grub.d' },
  { call: 'read', path: '/etc/default/grub' },
  { call: 'read', path: '/etc/default/grub.d/init-select.cfg' },
  { call: 'read', path: '/etc/default/grub.d/xen.cfg' },
  { call: 'read', path: '/proc/cmdline' },
  observe('xl', 'info'),
  observe('grub-script-check', '/root/sys-nosuch.cfg'),
  ...['placeholder dom0_mem=1024M,max:1024M', 'say="a b"', "say=it's", 'say="a', 'a }', 'a \\}', '{ a', '# }'].flatMap(
    (options): readonly Call[] => [
      { call: 'write', path: '/root/sys-check.cfg', content: entry(options), mode: 0o600 },
      observe('grub-script-check', '/root/sys-check.cfg'),
    ],
  ),
  { call: 'remove', path: '/root/sys-check.cfg' },
  { call: 'write', path: '/etc/default/grub.d/zz-sys.cfg', content: fragment, mode: 0o644 },
  change('update-grub'),
  { call: 'read', path: '/boot/grub/grub.cfg' },
  { call: 'remove', path: '/etc/default/grub.d/zz-sys.cfg' },
  change('update-grub'),
  { call: 'read', path: '/boot/grub/grub.cfg' },
]
