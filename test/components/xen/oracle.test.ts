// The printed configs, read by the real xl: it must understand exactly what was declared, without a warning.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { printConfig } from '../../../components/xen/config/print.js'
import type { Disk, Domain, Options, Vif } from '../../../components/xen/desired.js'
import { domainsOf } from '../../../components/xen/domain.js'
import schema from '../../../components/xen/schema.json' with { type: 'json' }
import { parseWithXl, skipWithoutXl } from '../../oracles/xl.js'
import { xlDifferences } from '../../oracles/xl-differences.js'

const base = { uuid: '2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f11', memory: 512 }
const pv: Options = { ...base, type: 'pv', kernel: '/srv/guest/vmlinuz' }
const pvh: Options = { ...base, type: 'pvh', kernel: '/srv/guest/vmlinuz' }
const hvm: Options = { ...base, type: 'hvm' }

/** Every option of the schema, in domains of the type that xl does not ignore it for. */
const samples: Readonly<Record<string, readonly Options[]>> = {
  'identity and CPUs': [
    { ...pvh, name: 'ce.example.org', pool: 'Pool-0', vcpus: 2, maxvcpus: 4 },
    { ...pvh, vcpus: 2, cpus: '0-3,^1', cpu_weight: 512, cap: 150 },
    { ...pvh, vcpus: 2, cpus: ['0', '1-2'], cpus_soft: ['3', '4-7'] },
    { ...pvh, cpus: '2' },
    { ...pvh, cpus_soft: '1-2' },
  ],
  'memory and events': [
    { ...pv, memory: 256, maxmem: 1024 },
    { ...pv, on_poweroff: 'preserve', on_reboot: 'rename-restart', on_watchdog: 'coredump-restart' },
    { ...pvh, on_crash: 'coredump-destroy', on_soft_reset: 'preserve', on_reboot: 'destroy' },
    { ...hvm, on_poweroff: 'destroy', on_reboot: 'restart', on_watchdog: 'restart', on_crash: 'soft-reset' },
  ],
  boot: [
    { ...pv, ramdisk: '/srv/guest/initrd.gz', cmdline: 'console=hvc0 root=/dev/xvda ro' },
    { ...pvh, root: '/dev/xvda1', extra: 'ro quiet' },
    { ...pvh, extra: 'ro quiet' },
    {
      ...base,
      type: 'pv',
      bootloader: 'pygrub',
      bootloader_args: ['-q', '--entry=a "b"', 'vif[0]'],
      cmdline: 'single',
    },
    { ...base, type: 'pvh', bootloader: '/usr/bin/pypxeboot', bootloader_args: [] },
    {
      ...base,
      type: 'pvh',
      bootloader: 'xenclosure-netboot',
      bootloader_args: [
        '--mac=00:16:3e:00:00:01',
        '--provisioner=https://[2001:db8::1]:443/a',
        `--ca=${'MIIB+/'.repeat(300)}==`,
      ],
    },
    ...['pvgrub32', 'pvgrub64'].map((firmware): Options => ({ ...base, type: 'pv', firmware })),
    ...['uefi', 'bios', 'seabios', 'rombios', 'ovmf'].map((firmware): Options => ({ ...hvm, firmware, boot: 'dcn' })),
    { ...hvm, bios: 'seabios', bios_path_override: '/srv/bios.bin' },
    { ...hvm, firmware: '/srv/firmware.bin' },
    { ...pvh, pvshim: true, pvshim_path: '/srv/shim', pvshim_cmdline: 'pv-shim', pvshim_extra: 'x=y' },
  ],
  'security, limits and platform': [
    { ...pv, seclabel: 'system_u:system_r:domU_t', init_seclabel: 'system_u:system_r:build_t' },
    {
      ...pv,
      seclabel: 'system_u:system_r:domU_t',
      max_grant_frames: 64,
      max_maptrack_frames: 1024,
      max_grant_version: 2,
    },
    { ...pv, max_event_channels: 2047, nomigrate: true, driver_domain: true, xend_suspend_evtchn_compat: false },
    {
      ...pv,
      e820_host: true,
      vmtrace_buf_kb: 64,
      passthrough: 'sync_pt',
      device_tree: '/srv/dt',
      vpmu: true,
      tee: 'optee',
    },
    { ...pvh, gic_version: 'v3', vuart: 'sbsa_uart' },
    { ...hvm, mca_caps: ['lmce'] },
  ],
  devices: [
    {
      ...pv,
      vtpm: ['backend=0,uuid=2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f12'],
      p9: ['tag=t,security_model=none,path=/srv'],
    },
    {
      ...pv,
      pvcalls: ['backend=0'],
      vfb: ['vnc=1,vnclisten=127.0.0.1'],
      channel: ['connection=pty,name=org.example.1'],
    },
    { ...pvh, vdispl: ['be-alloc=1,connectors=id0:1920x1080'], vkb: ['unique-id=k,backend-type=linux'] },
    { ...pvh, usbctrl: ['version=1,ports=4'], usbdev: ['type=hostdev,hostbus=1,hostaddr=2'], dtdev: ['/d'] },
    { ...pv, pci: ['0000:01:00.0', '0001:af:1f.7'], pci_permissive: true, pci_msitranslate: true, pci_seize: true },
    {
      ...hvm,
      pci: ['0000:01:00.0'],
      pci_power_mgmt: true,
      rdm: 'strategy=host,policy=relaxed',
      rdm_mem_boundary: 1024,
    },
    { ...hvm, gfx_passthru: 'igd' },
    { ...hvm, gfx_passthru: true },
    { ...pv, ioports: ['2f8-2ff', '3f8'], iomem: ['a0000,20'], irqs: [9, 10] },
  ],
  'processor and paging': [
    {
      ...hvm,
      hap: false,
      oos: true,
      shadow_memory: 16,
      acpi: true,
      acpi_s3: false,
      acpi_s4: false,
      apic: true,
      pae: true,
    },
    {
      ...hvm,
      acpi_laptop_slate: true,
      acpi_firmware: '/srv/acpi',
      smbios_firmware: '/srv/smbios',
      nx: true,
      hpet: false,
    },
    { ...hvm, nestedhvm: true, altp2m: 'mixed', cpuid: 'host,tm=0', viridian: ['base', 'freq'], ms_vm_genid: 'none' },
    { ...hvm, cpuid: [`1:ecx=${'x'.repeat(31)}0`], viridian: true, mmio_hole: 3072, xen_platform_pci: false },
    { ...hvm, vendor_device: 'xenserver', hdtype: 'ahci' },
  ],
  time: [
    { ...hvm, timer_mode: 'no_missed_ticks_pending', localtime: true, rtc_timeoffset: -3600, vpt_align: false },
    { ...pvh, timer_mode: 'one_missed_tick_pending', rtc_timeoffset: 60 },
  ],
  'graphics, sound and serial ports': [
    { ...hvm, vga: 'stdvga', videoram: 16, vnc: true, vnclisten: '127.0.0.1', vncdisplay: 3, vncunused: false },
    { ...hvm, vga: 'none', nographic: true, vncpasswd: 'a,"b"', keymap: 'de', sdl: false, opengl: false },
    { ...hvm, spice: true, spicehost: '::1', spiceport: 6000, spicetls_port: 6001, spicedisable_ticketing: true },
    { ...hvm, spicepasswd: 'x y', spiceagent_mouse: false, spicevdagent: true, spice_clipboard_sharing: true },
    { ...hvm, spiceusbredirection: 4, spice_image_compression: 'lz', spice_streaming_video: 'off' },
    {
      ...hvm,
      serial: ['pty', 'null'],
      soundhw: 'hda',
      vkb_device: false,
      usb: true,
      usbdevice: ['tablet', 'host:8.2'],
    },
    { ...hvm, usbversion: 2 },
  ],
  'device model': [
    {
      ...hvm,
      device_model_version: 'qemu-xen',
      device_model_override: '/srv/qemu',
      device_model_user: 'qemu',
      dm_restrict: true,
    },
    { ...hvm, device_model_args: ['-a', '--b=c d'], device_model_args_pv: ['-p'], device_model_args_hvm: ['-h'] },
    {
      ...hvm,
      device_model_stubdomain_override: true,
      device_model_stubdomain_seclabel: 'a:b:c',
      stubdomain_memory: 64,
    },
    { ...hvm, stubdomain_kernel: '/srv/k', stubdomain_ramdisk: '/srv/r', stubdomain_cmdline: 'debug' },
  ],
}

/** xl says these whatever the value: an interim option, and a line left over from debugging. */
const talkative: readonly Options[] = [
  { ...pvh, msr_relaxed: true },
  { ...pvh, tsc_mode: 'native' },
]

const formats = [undefined, 'raw', 'qcow', 'qcow2', 'vhd', 'qed'] as const
const kinds: readonly Disk[] = [
  { type: 'lvm', group: 'vg_guests', volume: 'ce-xvdb' },
  { type: 'phy', device: '/dev/disk/by-id/scsi-0QEMU_a:b,c=d-part1' },
  ...formats.map(
    (format): Disk => ({
      type: 'file',
      path: '/srv/xen/an image, of ce.img',
      ...(format === undefined ? {} : { format }),
    }),
  ),
]
const everyDisk = kinds.flatMap(disk => [disk, ...(['rw', 'ro'] as const).map(access => ({ ...disk, access }))])

/** Each on a device of its own, in the order of the alphabet. */
const onDevices = (all: readonly Disk[], prefix: string): Readonly<Record<string, Disk>> =>
  Object.fromEntries(all.map((disk, index) => [`${prefix}${'abcdefghijklmnopqrstuvwxyz'[index]}`, disk]))

/** An hd or xvd disk of an HVM guest cannot be read-only. */
const writable = everyDisk.filter(({ access }) => access !== 'ro')

const disks: Readonly<Record<string, Disk>> = {
  xvdb: { type: 'lvm', group: 'vg_guests', volume: 'ce-xvdb', access: 'ro' },
  xvda: { type: 'lvm', group: 'vg_guests', volume: 'ce', access: 'rw', boot: true },
  xvdc1: { type: 'phy', device: '/dev/sda6' },
  sda: { type: 'phy', device: '/dev/sda5', access: 'ro' },
}

/** Every key with every value that it is declared with. */
const vifKeys: Readonly<Record<string, readonly Partial<Vif>[]>> = {
  mac: [{ mac: '02:16:3E:AB:00:01' }],
  bridge: [{ bridge: 'xenbr0' }, { bridge: 'br.17' }],
  gatewaydev: [{ gatewaydev: 'eth0' }],
  type: [{ type: 'vif' }, { type: 'ioemu' }],
  model: [{ model: 'e1000', type: 'ioemu' }],
  vifname: [{ vifname: 'ce.2' }],
  script: [{ script: 'vif-route' }, { script: '/etc/xen/scripts/vif-own' }],
  ip: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1 2001:db8::1' }],
  backend: [{ backend: 'net' }],
  rate: [{ rate: '10Mb/s' }, { rate: '1MB/s@20ms' }, { rate: '100Kb/s@1s' }],
  mtu: [{ mtu: 9000 }],
  trusted: [{ trusted: true }, { trusted: false }],
}

/** eth2 before eth10. */
const vifs: Readonly<Record<string, Vif>> = Object.fromEntries(
  [{}, ...Object.values(vifKeys).flat()].map((vif, index) => [
    `eth${index}`,
    { mac: `00:16:3e:ab:00:${String(index).padStart(2, '0')}`, ...vif },
  ]),
)

/** For PV and PVH no card is emulated. */
const withoutModels = Object.fromEntries(Object.entries(vifs).filter(([, { type }]) => type !== 'ioemu'))

const devices: readonly Domain[] = [
  { options: pv, disks, vifs: withoutModels },
  { options: pv, disks: onDevices(everyDisk, 'xvd') },
  { options: pvh, disks: onDevices(everyDisk, 'xvd'), vifs: withoutModels },
  { options: hvm, disks: onDevices(writable, 'xvd'), vifs },
  ...everyDisk.map((disk): Domain => ({ options: hvm, disks: { sda: disk } })),
  ...writable.map((disk): Domain => ({ options: hvm, disks: { hda: disk } })),
  { options: pvh, disks: {}, vifs: {} },
  { options: hvm, disks, vifs: { eth0: { mac: '00:16:3e:ab:00:01', type: 'ioemu', model: 'e1000' } } },
  { options: hvm, vifs: { eth0: { mac: '00:16:3e:ab:00:01', bridge: 'xenbr0', type: 'vif' } } },
]

type Declared = { readonly type?: string; readonly enum?: readonly string[]; readonly $ref?: string }

const valuesOf = (declared: Declared & { readonly anyOf?: readonly Declared[] }): readonly (boolean | string)[] => {
  if (declared.anyOf !== undefined) return declared.anyOf.flatMap(valuesOf)
  if (declared.type === 'boolean') return [true, false]
  return (declared.$ref === '#/$defs/action' ? schema.$defs.action.enum : declared.enum) ?? []
}

/** Writes the configs, lets xl parse them, and says what differs. */
const findings = (
  dir: { readonly directory: string },
  domains: readonly Domain[],
  warningsCount: boolean,
): readonly string[] => {
  const named = domains.map((domain, index) => ({ name: `d${index}`, domain }))
  const files = named.map(({ name, domain }) => {
    const [desired] = domainsOf({ domains: { [name]: domain } })
    const path = join(dir.directory, `${name}.cfg`)
    if (desired !== undefined) writeFileSync(path, printConfig(desired))
    return path
  })
  return parseWithXl(files).flatMap((parsed, index) => {
    const { name, domain } = named[index] ?? { name: '', domain: { options: pv } }
    const said = warningsCount ? parsed.warnings : []
    const wrong = parsed.ok ? xlDifferences(name, domain, parsed.config) : [parsed.error]
    return [...said, ...wrong].map(line => `${JSON.stringify(domain)}: ${line}`)
  })
}

t.test('every option has a sample', async t => {
  const known = Object.keys(schema.$defs.options.properties)
  const shown = [...Object.values(samples).flat(), ...talkative].flatMap(options => Object.keys(options))
  t.same(
    known.filter(option => !shown.includes(option)),
    [],
  )
})

t.test('every key of a vif has a sample, and every format of a file', async t => {
  t.same(Object.keys(vifKeys).sort(), Object.keys(schema.$defs.vif.properties).sort())
  const file = schema.$defs.disk.oneOf.find(({ title }) => title === 'FileDisk')
  t.same(formats.slice(1), file?.properties.format?.enum)
})

t.test('xl understands every option as it is declared, without a warning', async t => {
  if (skipWithoutXl(t)) return
  const directory = t.testdir()
  for (const [group, options] of Object.entries(samples))
    t.same(
      findings(
        { directory },
        options.map(options => ({ options })),
        true,
      ),
      [],
      group,
    )
  t.same(
    findings(
      { directory },
      talkative.map(options => ({ options })),
      false,
    ),
    [],
    'options that xl comments on',
  )
})

t.test('xl understands every value of what has a few: booleans, enumerations, what follows an event', async t => {
  if (skipWithoutXl(t)) return
  const all = [...Object.values(samples).flat(), ...talkative]
  const valued = Object.entries(schema.$defs.options.properties).flatMap(([option, declared]) => {
    const sample = all.find(options => option in options)
    const values = sample === undefined || option === 'type' ? [] : valuesOf(declared)
    return values.map(value => ({ options: { ...sample, [option]: value } as Options }))
  })
  t.ok(valued.length > 150, `${valued.length} of them`)
  t.same(findings({ directory: t.testdir() }, valued, false), [])
})

t.test('xl understands disks and vifs', async t => {
  if (skipWithoutXl(t)) return
  t.same(findings({ directory: t.testdir() }, devices, true), [])
})

t.test('xl reads any text as it was written', async t => {
  if (skipWithoutXl(t)) return
  const printable = fc.string({
    unit: fc.constantFrom(...'\\"\'`$#;,=[]{}()%&|<> \téß\u{1f427}abc019'),
    minLength: 1,
    maxLength: 60,
  })
  const cases = fc.sample(fc.tuple(printable, fc.array(printable, { maxLength: 5 })), { numRuns: 200, seed: 1 })
  const domains = cases.map(([cmdline, bootloader_args]) => ({ options: { ...pv, cmdline, bootloader_args } }))
  t.same(findings({ directory: t.testdir() }, domains, true), [])
})
