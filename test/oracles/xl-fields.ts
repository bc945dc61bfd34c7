// Where xl puts each option of xl.cfg(5) in the configuration that it prints (libxl's JSON): written down from what the
// real xl 4.17 does, independently of the component, so that the two can be compared.
import type { Json, JsonMap } from '../../src/model/json.js'

/** By place, `b_info/max_memkb`. Device strings, which xl takes apart, are only counted: `channels#`. */
export type Fields = { readonly [place: string]: Json }
type Rule = (value: Json, options: JsonMap) => Fields

export const counted = [
  ...['channels', 'dtdevs', 'p9s', 'pvcallsifs', 'usbctrls', 'usbdevs', 'vdispls', 'vfbs', 'vkbs', 'vtpms'],
  ...['b_info/cpuid/cpuid', 'b_info/iomem', 'b_info/ioports', 'b_info/TYPE/viridian_enable', 'b_info/TYPE/ms_vm_genid'],
]

const same =
  (place: string): Rule =>
  value => ({ [place]: value })

const flag =
  (place: string): Rule =>
  value => ({ [place]: value === true ? 'True' : 'False' })

const kibibytes =
  (place: string): Rule =>
  value => ({ [place]: Number(value) * 1024 })

/** libxl's enumerations have underscores for xl's hyphens. */
const word =
  (place: string): Rule =>
  value => ({ [place]: String(value).replaceAll('-', '_') })

const list =
  (place: string): Rule =>
  value =>
    Object.fromEntries((value as readonly Json[]).map((item, index) => [`${place}/${index}`, item]))

const count =
  (place: string): Rule =>
  value => ({ [`${place}#`]: (value as readonly Json[]).length })

/** xl leaves out the value that it has anyhow. */
const unless =
  (usual: string, rule: Rule): Rule =>
  (value, options) =>
    value === usual ? {} : rule(value, options)

/** For what xl prints only elsewhere or not at all. */
const nothing: Rule = () => ({})

const endings: Readonly<Record<string, string>> = { 'rename-restart': 'restart_rename' }
const ending = (place: string): Rule =>
  unless('destroy', value => ({ [place]: endings[String(value)] ?? String(value).replaceAll('-', '_') }))

const affinity =
  (place: string): Rule =>
  (value, { vcpus }) => {
    const lists = Array.isArray(value) ? value : Array.from({ length: Number(vcpus ?? 1) }, () => value)
    const cpus = lists.flatMap((text, vcpu) =>
      cpusOf(String(text)).map((cpu, index) => [`${place}/${vcpu}/${index}`, cpu]),
    )
    const pinned = Array.isArray(value) || place.endsWith('soft_affinity')
    return { ...Object.fromEntries(cpus), ...(pinned ? { 'b_info/numa_placement': 'False' } : {}) }
  }

/** `0-3,^1` -> 0, 2, 3 */
const cpusOf = (text: string): readonly number[] => {
  const cpus = new Set<number>()
  for (const part of text.split(',')) {
    const [, not, first, last] = /^(\^?)(\d+)(?:-(\d+))?$/.exec(part) ?? []
    for (let cpu = Number(first); cpu <= Number(last ?? first); cpu++) not === '^' ? cpus.delete(cpu) : cpus.add(cpu)
  }
  return [...cpus].sort((a, b) => a - b)
}

const commandLine: Rule = (_, { cmdline, root, extra }) => {
  const parts = [...(root === undefined ? [] : [`root=${root}`]), ...(extra === undefined ? [] : [extra])]
  return { 'b_info/cmdline': cmdline ?? parts.join(' ') }
}

const firmware: Rule = (value, { type }) => {
  if (type !== 'hvm') return { 'b_info/kernel': `/usr/lib/xen-4.17/boot/${value}.bin` }
  const bios: Readonly<Record<string, string>> = { uefi: 'ovmf', ovmf: 'ovmf', seabios: 'seabios', rombios: 'rombios' }
  if (value === 'bios') return {}
  const known = bios[String(value)]
  return known === undefined ? { 'b_info/TYPE/firmware': value } : { 'b_info/TYPE/bios': known }
}

/** `0000:01:00.0`, in hexadecimal; the options that begin with pci_ hold for all of them. xl leaves out what is 0 or false. */
const pciDevices: Rule = (value, options) => {
  const flags = ['permissive', 'msitranslate', 'seize', 'power_mgmt'].filter(name => options[`pci_${name}`] === true)
  const policy = /\bpolicy=(\w+)/.exec(String(options.rdm ?? ''))?.[1] ?? 'strict'
  const places = (value as readonly string[]).flatMap((address, index) => {
    const [, domain = '', bus = '', dev = '', func = ''] = /^(\w{4}):(\w\w):(\w\w)\.(\d)$/.exec(address) ?? []
    const numbers = Object.entries({ domain, bus, dev, func }).map(([key, text]) => [key, Number.parseInt(text, 16)])
    const fields = [
      ...numbers.filter(([, number]) => number !== 0),
      ...flags.map(flag => [flag, true]),
      ['vfunc_mask', 1],
      ...(policy === 'relaxed' ? [] : [['rdm_policy', policy]]),
    ]
    return fields.map(([key, field]) => [`pcidevs/${index}/${key}`, field])
  })
  return Object.fromEntries(places)
}

/** `TYPE` stands for type.pv, type.pvh or type.hvm. */
export const rules: Readonly<Record<string, Rule>> = {
  name: same('c_info/name'),
  uuid: same('c_info/uuid'),
  type: same('c_info/type'),
  pool: same('c_info/pool_name'),
  vcpus: (value, { maxvcpus }) => ({
    'b_info/max_vcpus': maxvcpus ?? value,
    ...Object.fromEntries(Array.from({ length: Number(value) }, (_, vcpu) => [`b_info/avail_vcpus/${vcpu}`, vcpu])),
  }),
  maxvcpus: same('b_info/max_vcpus'),
  cpus: affinity('b_info/vcpu_hard_affinity'),
  cpus_soft: affinity('b_info/vcpu_soft_affinity'),
  cpu_weight: same('b_info/sched_params/weight'),
  cap: same('b_info/sched_params/cap'),
  memory: (value, { maxmem }) => ({
    'b_info/target_memkb': Number(value) * 1024,
    'b_info/max_memkb': Number(maxmem ?? value) * 1024,
  }),
  maxmem: kibibytes('b_info/max_memkb'),
  on_poweroff: ending('on_poweroff'),
  on_reboot: ending('on_reboot'),
  on_watchdog: ending('on_watchdog'),
  on_crash: ending('on_crash'),
  on_soft_reset: ending('on_soft_reset'),
  kernel: same('b_info/kernel'),
  ramdisk: same('b_info/ramdisk'),
  cmdline: commandLine,
  root: commandLine,
  extra: commandLine,
  bootloader: same('b_info/bootloader'),
  bootloader_args: list('b_info/bootloader_args'),
  firmware,
  boot: same('b_info/TYPE/boot'),
  bios: same('b_info/TYPE/bios'),
  bios_path_override: same('b_info/TYPE/system_firmware'),
  pvshim: flag('b_info/TYPE/pvshim'),
  pvshim_path: same('b_info/TYPE/pvshim_path'),
  pvshim_cmdline: same('b_info/TYPE/pvshim_cmdline'),
  pvshim_extra: same('b_info/TYPE/pvshim_extra'),
  seclabel: (value, { init_seclabel }) => ({
    [init_seclabel === undefined ? 'c_info/ssid_label' : 'b_info/exec_ssid_label']: value,
  }),
  init_seclabel: same('c_info/ssid_label'),
  max_grant_frames: same('b_info/max_grant_frames'),
  max_maptrack_frames: same('b_info/max_maptrack_frames'),
  max_grant_version: same('b_info/max_grant_version'),
  max_event_channels: same('b_info/event_channels'),
  nomigrate: flag('b_info/disable_migrate'),
  driver_domain: flag('c_info/driver_domain'),
  xend_suspend_evtchn_compat: flag('c_info/xend_suspend_evtchn_compat'),
  vmtrace_buf_kb: same('b_info/vmtrace_buf_kb'),
  passthrough: unless('default', same('c_info/passthrough')),
  e820_host: flag('b_info/TYPE/e820_host'),
  device_tree: same('b_info/device_tree'),
  vpmu: flag('b_info/vpmu'),
  tee: unless('none', same('b_info/tee')),
  gic_version: unless('default', same('b_info/arch_arm/gic_version')),
  vuart: same('b_info/arch_arm/vuart'),
  mca_caps: () => ({ 'b_info/TYPE/mca_caps': 1 }),
  msr_relaxed: flag('b_info/arch_x86/msr_relaxed'),
  vtpm: count('vtpms'),
  p9: count('p9s'),
  pvcalls: count('pvcallsifs'),
  vfb: value => ({ ...count('vfbs')(value, {}), ...count('vkbs')(value, {}) }),
  channel: count('channels'),
  vdispl: count('vdispls'),
  vkb: count('vkbs'),
  usbctrl: count('usbctrls'),
  usbdev: count('usbdevs'),
  pci: pciDevices,
  pci_permissive: nothing,
  pci_msitranslate: nothing,
  pci_seize: nothing,
  pci_power_mgmt: nothing,
  gfx_passthru: value =>
    typeof value === 'boolean'
      ? flag('b_info/TYPE/gfx_passthru')(value, {})
      : {
          'b_info/TYPE/gfx_passthru': 'True',
          ...(value === 'default' ? {} : { 'b_info/TYPE/gfx_passthru_kind': value }),
        },
  rdm: nothing,
  rdm_mem_boundary: kibibytes('b_info/TYPE/rdm_mem_boundary_memkb'),
  dtdev: count('dtdevs'),
  ioports: count('b_info/ioports'),
  iomem: count('b_info/iomem'),
  irqs: list('b_info/irqs'),
  hap: flag('c_info/hap'),
  oos: flag('c_info/oos'),
  shadow_memory: kibibytes('b_info/shadow_memkb'),
  acpi: flag('b_info/acpi'),
  acpi_s3: flag('b_info/TYPE/acpi_s3'),
  acpi_s4: flag('b_info/TYPE/acpi_s4'),
  acpi_laptop_slate: flag('b_info/TYPE/acpi_laptop_slate'),
  acpi_firmware: same('b_info/TYPE/acpi_firmware'),
  smbios_firmware: same('b_info/TYPE/smbios_firmware'),
  apic: flag('b_info/apic'),
  pae: flag('b_info/TYPE/pae'),
  nx: flag('b_info/TYPE/nx'),
  hpet: flag('b_info/TYPE/hpet'),
  nestedhvm: flag('b_info/nested_hvm'),
  altp2m: unless('disabled', same('b_info/altp2m')),
  cpuid: value => ({ 'b_info/cpuid/cpuid#': Array.isArray(value) ? value.length : 1 }),
  viridian: value =>
    typeof value === 'boolean'
      ? flag('b_info/TYPE/viridian')(value, {})
      : count('b_info/TYPE/viridian_enable')(value, {}),
  /** 16 bytes of chance. */
  ms_vm_genid: unless('none', () => ({ 'b_info/TYPE/ms_vm_genid#': 16 })),
  mmio_hole: kibibytes('b_info/TYPE/mmio_hole_memkb'),
  xen_platform_pci: flag('b_info/TYPE/xen_platform_pci'),
  vendor_device: unless('none', same('b_info/TYPE/vendor_device')),
  hdtype: unless('ide', same('b_info/TYPE/hdtype')),
  tsc_mode: unless('default', same('b_info/tsc_mode')),
  timer_mode: same('b_info/timer_mode'),
  localtime: flag('b_info/localtime'),
  /** An unsigned number of 32 bits to libxl. */
  rtc_timeoffset: value => ({ 'b_info/rtc_timeoffset': Number(value) >>> 0 }),
  vpt_align: flag('b_info/TYPE/vpt_align'),
  vga: value => ({ 'b_info/TYPE/vga/kind': value === 'stdvga' ? 'std' : value }),
  videoram: kibibytes('b_info/video_memkb'),
  nographic: flag('b_info/TYPE/nographic'),
  vnc: flag('b_info/TYPE/vnc/enable'),
  vnclisten: same('b_info/TYPE/vnc/listen'),
  vncdisplay: same('b_info/TYPE/vnc/display'),
  vncunused: flag('b_info/TYPE/vnc/findunused'),
  vncpasswd: same('b_info/TYPE/vnc/passwd'),
  keymap: same('b_info/TYPE/keymap'),
  sdl: flag('b_info/TYPE/sdl/enable'),
  opengl: flag('b_info/TYPE/sdl/opengl'),
  spice: flag('b_info/TYPE/spice/enable'),
  spicehost: same('b_info/TYPE/spice/host'),
  spiceport: same('b_info/TYPE/spice/port'),
  spicetls_port: same('b_info/TYPE/spice/tls_port'),
  spicedisable_ticketing: flag('b_info/TYPE/spice/disable_ticketing'),
  spicepasswd: same('b_info/TYPE/spice/passwd'),
  spiceagent_mouse: flag('b_info/TYPE/spice/agent_mouse'),
  spicevdagent: flag('b_info/TYPE/spice/vdagent'),
  spice_clipboard_sharing: flag('b_info/TYPE/spice/clipboard_sharing'),
  spiceusbredirection: same('b_info/TYPE/spice/usbredirection'),
  spice_image_compression: same('b_info/TYPE/spice/image_compression'),
  spice_streaming_video: same('b_info/TYPE/spice/streaming_video'),
  serial: list('b_info/TYPE/serial_list'),
  soundhw: same('b_info/TYPE/soundhw'),
  vkb_device: flag('b_info/TYPE/vkb_device'),
  usb: flag('b_info/TYPE/usb'),
  usbversion: same('b_info/TYPE/usbversion'),
  usbdevice: list('b_info/TYPE/usbdevice_list'),
  device_model_version: word('b_info/device_model_version'),
  device_model_override: same('b_info/device_model'),
  device_model_user: same('b_info/device_model_user'),
  dm_restrict: flag('b_info/dm_restrict'),
  device_model_args: list('b_info/extra'),
  device_model_args_pv: list('b_info/extra_pv'),
  device_model_args_hvm: list('b_info/extra_hvm'),
  device_model_stubdomain_override: flag('b_info/device_model_stubdomain'),
  device_model_stubdomain_seclabel: same('b_info/device_model_ssid_label'),
  stubdomain_kernel: same('b_info/stubdomain_kernel'),
  stubdomain_ramdisk: same('b_info/stubdomain_ramdisk'),
  stubdomain_cmdline: same('b_info/stubdomain_cmdline'),
  stubdomain_memory: kibibytes('b_info/stubdomain_memkb'),
}
