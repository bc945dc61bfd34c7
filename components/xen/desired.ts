// Generated from schema.json by `npm run generate`; not edited by hand.

/**
 * Text on one line, without control characters but tab.
 */
export type Text = string
/**
 * The bootloader's arguments.
 */
export type BootloaderArgs = Text[]
/**
 * Where the serial ports lead: `pty`; see qemu(1).
 */
export type Serial = Text[]
export type Disk = LvmDisk | FileDisk | PhyDisk
/**
 * A name that xl accepts and that can be a file name: not of digits alone (xl takes that for a domain id).
 */
export type DomainName = string

/**
 * The domains of a Xen host: their configs, their start at boot, and whether they run.
 */
export interface XenDomains {
  /**
   * False: no domain is started. Default: true.
   */
  create_domains?: boolean
  /**
   * True: the domains may be promised more memory than the host has, and each more vcpus than it has CPUs. Default: false.
   */
  overcommit?: boolean
  /**
   * Written by the compiler while guests move: by guest, the host that it moves to. It is started here no more.
   */
  movedTo?: {
    [k: string]: string
  }
  /**
   * By name; the guests of the host are added by themselves.
   */
  domains?: {
    [k: string]: Domain
  }
}
export interface Domain {
  options: Options
  /**
   * By the device that the guest sees: xvda, xvdb1, hda, sda1.
   */
  disks?: {
    [k: string]: Disk
  }
  /**
   * By the nic that the guest sees; the order of names (eth2 before eth10) is the order of devices.
   */
  vifs?: {
    [k: string]: Vif
  }
  install_options?: InstallOptions
  /**
   * The name of the installation, kept with the boot disk. Default: 1.
   */
  installation?: string
  /**
   * Started with the host (a link in /etc/xen/auto). Default: true.
   */
  auto?: boolean
  /**
   * Place in the start order, then by name. Default: 50.
   */
  order?: number
  /**
   * Written by the compiler while the guest moves: the host that it has not left yet. Until it is released there, it is not started here.
   */
  movedFrom?: string
  /**
   * absent: the domain is given up, with its config; its volumes have an `ensure` of their own. Default: running.
   */
  ensure?: 'running' | 'stopped' | 'absent'
  /**
   * Whether what needs a restart or a stop waits for leave (`--allow restart:NAME`), or is done by the next run. Default: wait.
   */
  apply?: 'wait' | 'restart'
  /**
   * Domains of this host that are to be ready before this one is started.
   */
  needs?: DomainName[]
  /**
   * When those that need the domain may be started: running (the default), { port: 5432 } or { delay: 30s }.
   */
  ready?:
    | 'running'
    | {
        /**
         * When it accepts connections there, at `address`.
         */
        port: number
        /**
         * How long a run waits for that; then the next one goes on. Default: 5 min.
         */
        within?: number
      }
    | {
        /**
         * When it has run for so long.
         */
        delay: number
      }
  /**
   * Where the host reaches the domain. A guest's own first static address, where nothing else is said.
   */
  address?: string
  /**
   * Whether the domain is started again when it has shut down. Default: yes.
   */
  restart?: 'yes' | 'no'
  /**
   * How long the guest may take to shut down. Default: 5 min.
   */
  shutdown_timeout?: number
  /**
   * What follows where it takes longer; destroy needs consent, `destroy:xen/NAME`. Default: wait.
   */
  on_timeout?: 'wait' | 'destroy'
}
/**
 * Options of xl.cfg(5) by their own names (Xen 4.17), in the order of its chapters. disk and vif have their own maps; root and extra serve where cmdline is absent.
 */
export interface Options {
  /**
   * A name that xl accepts and that can be a file name: not of digits alone (xl takes that for a domain id).
   */
  name?: string
  /**
   * Always written, so that the domain can be recognised; xl invents a fresh one otherwise.
   */
  uuid: string
  /**
   * How the guest is virtualised: paravirtual, PV in a hardware container, or fully.
   */
  type: 'pv' | 'pvh' | 'hvm'
  /**
   * The CPU pool of the guest's vCPUs.
   */
  pool?: string
  /**
   * vCPUs online at the start. Default: 1.
   */
  vcpus?: number
  /**
   * vCPUs that can be brought online. Default: vcpus.
   */
  maxvcpus?: number
  /**
   * Host CPUs that the vCPUs may use: one list for all (`0-3,5,^1`, `nodes:0`), or one for each vCPU.
   */
  cpus?: Text | Text[]
  /**
   * Host CPUs that the vCPUs prefer, written as `cpus`.
   */
  cpus_soft?: Text | Text[]
  /**
   * Share of the CPU on a contended host. Xen's default: 256.
   */
  cpu_weight?: number
  /**
   * At most this much CPU, in percent of one physical CPU; 0 is no limit.
   */
  cap?: number
  /**
   * Memory at the start.
   */
  memory: number
  /**
   * The most memory that the guest can ever be given. Default: memory.
   */
  maxmem?: number
  /**
   * When the guest shuts down. Xen's default: destroy.
   */
  on_poweroff?:
    'destroy' | 'restart' | 'rename-restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart' | 'soft-reset'
  /**
   * When the guest asks for a reboot. Xen's default: restart.
   */
  on_reboot?:
    'destroy' | 'restart' | 'rename-restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart' | 'soft-reset'
  /**
   * When Xen's watchdog fires. Xen's default: destroy.
   */
  on_watchdog?:
    'destroy' | 'restart' | 'rename-restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart' | 'soft-reset'
  /**
   * When the guest crashes. Xen's default: destroy.
   */
  on_crash?:
    'destroy' | 'restart' | 'rename-restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart' | 'soft-reset'
  /**
   * When the guest resets itself (kexec). Xen's default: soft-reset.
   */
  on_soft_reset?:
    'destroy' | 'restart' | 'rename-restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart' | 'soft-reset'
  /**
   * The kernel, a file of the host.
   */
  kernel?: string
  /**
   * The initial ramdisk, a file of the host.
   */
  ramdisk?: string
  /**
   * Text on one line, without control characters but tab.
   */
  cmdline?: string
  /**
   * Text on one line, without control characters but tab.
   */
  root?: string
  /**
   * Text on one line, without control characters but tab.
   */
  extra?: string
  /**
   * Text on one line, without control characters but tab.
   */
  bootloader?: string
  bootloader_args?: BootloaderArgs
  /**
   * Text on one line, without control characters but tab.
   */
  firmware?: string
  /**
   * HVM: what to boot from, in order: c disk, d CD-ROM, n network.
   */
  boot?: string
  /**
   * HVM: the firmware that the guest sees.
   */
  bios?: 'rombios' | 'seabios' | 'ovmf'
  /**
   * HVM: the firmware's file; needs bios.
   */
  bios_path_override?: string
  /**
   * PVH: run the guest as PV inside a PVH container.
   */
  pvshim?: boolean
  /**
   * PVH: another shim than Xen's own.
   */
  pvshim_path?: string
  /**
   * Text on one line, without control characters but tab.
   */
  pvshim_cmdline?: string
  /**
   * Text on one line, without control characters but tab.
   */
  pvshim_extra?: string
  /**
   * Text on one line, without control characters but tab.
   */
  seclabel?: string
  /**
   * Text on one line, without control characters but tab.
   */
  init_seclabel?: string
  /**
   * The most grant frames that the guest may have.
   */
  max_grant_frames?: number
  /**
   * The most grant frames of others that the guest may map.
   */
  max_maptrack_frames?: number
  /**
   * The highest grant table version.
   */
  max_grant_version?: number
  /**
   * The most event channels. Xen's default: 1023.
   */
  max_event_channels?: number
  /**
   * The domain is never migrated; Xen may then show it an invariant TSC.
   */
  nomigrate?: boolean
  /**
   * The domain serves devices to other domains.
   */
  driver_domain?: boolean
  /**
   * xend's suspend behaviour, for old Windows PV drivers.
   */
  xend_suspend_evtchn_compat?: boolean
  /**
   * Trace buffer of each vCPU.
   */
  vmtrace_buf_kb?: number
  /**
   * IOMMU mappings.
   */
  passthrough?: 'disabled' | 'enabled' | 'sync_pt' | 'share_pt' | 'default'
  /**
   * PV: show the guest the host's memory map.
   */
  e820_host?: boolean
  /**
   * Arm: a partial device tree.
   */
  device_tree?: string
  /**
   * Arm: access to the performance monitor.
   */
  vpmu?: boolean
  /**
   * Arm: the trusted execution environment.
   */
  tee?: 'none' | 'optee'
  /**
   * Arm: the emulated interrupt controller.
   */
  gic_version?: 'v2' | 'v3' | 'default'
  /**
   * Arm: the virtual UART.
   */
  vuart?: 'sbsa_uart'
  /**
   * HVM: machine check capabilities beyond Xen's own.
   */
  mca_caps?: 'lmce'[]
  /**
   * Xen 4.14's treatment of unknown MSRs; an interim option that xl warns of.
   */
  msr_relaxed?: boolean
  /**
   * Virtual TPMs: `backend=DOMAIN,uuid=UUID`.
   */
  vtpm?: Text[]
  /**
   * 9pfs shares: `tag=TAG,security_model=none,path=PATH`.
   */
  p9?: Text[]
  /**
   * PV calls connections: `backend=DOMAIN`.
   */
  pvcalls?: Text[]
  /**
   * PV framebuffers: `vnc=1,vnclisten=127.0.0.1`.
   */
  vfb?: Text[]
  /**
   * Byte streams to the guest: `connection=pty,name=NAME`.
   */
  channel?: Text[]
  /**
   * PV displays: `connectors=ID:WxH`.
   */
  vdispl?: Text[]
  /**
   * PV keyboards and pointers: `unique-id=ID,backend-type=linux`.
   */
  vkb?: Text[]
  /**
   * PV USB controllers: `version=2,ports=4`.
   */
  usbctrl?: Text[]
  /**
   * Host USB devices: `type=hostdev,hostbus=1,hostaddr=2`.
   */
  usbdev?: Text[]
  /**
   * Host PCI devices: `0000:01:00.0`; see xl-pci-configuration(5).
   */
  pci?: Text[]
  /**
   * Default of `permissive` for the PCI devices.
   */
  pci_permissive?: boolean
  /**
   * Default of `msitranslate` for the PCI devices.
   */
  pci_msitranslate?: boolean
  /**
   * Default of `seize` for the PCI devices.
   */
  pci_seize?: boolean
  /**
   * HVM: default of `power_mgmt` for the PCI devices.
   */
  pci_power_mgmt?: boolean
  /**
   * HVM: pass a graphics card through; a word forces its kind.
   */
  gfx_passthru?: boolean | ('default' | 'igd')
  /**
   * Text on one line, without control characters but tab.
   */
  rdm?: string
  /**
   * HVM: boundary below which reserved device memory conflicts are solved.
   */
  rdm_mem_boundary?: number
  /**
   * Arm: device tree nodes of the host.
   */
  dtdev?: Text[]
  /**
   * Legacy I/O ports, hexadecimal: `2f8-2ff`.
   */
  ioports?: Text[]
  /**
   * I/O memory pages, hexadecimal: `START,COUNT@GFN`.
   */
  iomem?: Text[]
  /**
   * Physical interrupts.
   */
  irqs?: number[]
  /**
   * Hardware assisted paging. Xen's default: where available.
   */
  hap?: boolean
  /**
   * Out of sync page tables under shadow paging.
   */
  oos?: boolean
  /**
   * Memory for shadow or HAP page tables.
   */
  shadow_memory?: number
  /**
   * ACPI tables.
   */
  acpi?: boolean
  /**
   * Suspend to RAM in the ACPI tables.
   */
  acpi_s3?: boolean
  /**
   * Suspend to disk in the ACPI tables.
   */
  acpi_s4?: boolean
  /**
   * The laptop/slate switch in the ACPI tables.
   */
  acpi_laptop_slate?: boolean
  /**
   * A file with more ACPI tables.
   */
  acpi_firmware?: string
  /**
   * A file with SMBIOS structures.
   */
  smbios_firmware?: string
  /**
   * APIC tables for a guest of one vCPU.
   */
  apic?: boolean
  /**
   * Physical address extensions.
   */
  pae?: boolean
  /**
   * The no-execute bit.
   */
  nx?: boolean
  /**
   * The high precision event timer.
   */
  hpet?: boolean
  /**
   * Let the guest use hardware virtualisation itself.
   */
  nestedhvm?: boolean
  /**
   * Alternate views of the guest's memory.
   */
  altp2m?: 'disabled' | 'mixed' | 'external' | 'limited'
  /**
   * What CPUID shows: `host,tm=0`, or xend's list of leaves.
   */
  cpuid?: Text | Text[]
  /**
   * Hyper-V enlightenments: all of the default groups, none, or groups (`all`, `!freq`).
   */
  viridian?: boolean | Text[]
  /**
   * Microsoft's VM generation ID.
   */
  ms_vm_genid?: 'generate' | 'none'
  /**
   * Size of the MMIO hole below 4 GiB.
   */
  mmio_hole?: number
  /**
   * The Xen platform PCI device, which PV drivers in HVM guests need.
   */
  xen_platform_pci?: boolean
  /**
   * The variant of the Xen PV device.
   */
  vendor_device?: 'none' | 'xenserver'
  /**
   * The emulated disk controller.
   */
  hdtype?: 'ide' | 'ahci'
  /**
   * How the time stamp counter is provided.
   */
  tsc_mode?: 'default' | 'always_emulate' | 'native'
  /**
   * PVH, HVM: the virtual timers' treatment of missed ticks.
   */
  timer_mode?:
    'delay_for_missed_ticks' | 'no_delay_for_missed_ticks' | 'no_missed_ticks_pending' | 'one_missed_tick_pending'
  /**
   * The clock shows local time instead of UTC.
   */
  localtime?: boolean
  /**
   * Offset of the clock in seconds.
   */
  rtc_timeoffset?: number
  /**
   * Align periodic timers, to save interrupts.
   */
  vpt_align?: boolean
  /**
   * The emulated graphics card.
   */
  vga?: 'none' | 'stdvga' | 'cirrus' | 'qxl'
  /**
   * Memory of the emulated graphics card.
   */
  videoram?: number
  /**
   * No graphics card.
   */
  nographic?: boolean
  /**
   * Show the display over VNC.
   */
  vnc?: boolean
  /**
   * Text on one line, without control characters but tab.
   */
  vnclisten?: string
  /**
   * VNC display number; the port is 5900 above it.
   */
  vncdisplay?: number
  /**
   * Let VNC find a free port.
   */
  vncunused?: boolean
  /**
   * Text on one line, without control characters but tab.
   */
  vncpasswd?: string
  /**
   * Text on one line, without control characters but tab.
   */
  keymap?: string
  /**
   * Show the display in an X window.
   */
  sdl?: boolean
  /**
   * OpenGL for the X window.
   */
  opengl?: boolean
  /**
   * Show the display over SPICE.
   */
  spice?: boolean
  /**
   * Text on one line, without control characters but tab.
   */
  spicehost?: string
  /**
   * SPICE port.
   */
  spiceport?: number
  /**
   * SPICE TLS port.
   */
  spicetls_port?: number
  /**
   * SPICE without a password.
   */
  spicedisable_ticketing?: boolean
  /**
   * Text on one line, without control characters but tab.
   */
  spicepasswd?: string
  /**
   * Use the SPICE agent for the mouse.
   */
  spiceagent_mouse?: boolean
  /**
   * Enable the SPICE agent.
   */
  spicevdagent?: boolean
  /**
   * Share the clipboard; needs spicevdagent.
   */
  spice_clipboard_sharing?: boolean
  /**
   * USB redirection channels.
   */
  spiceusbredirection?: number
  /**
   * SPICE image compression.
   */
  spice_image_compression?: 'auto_glz' | 'auto_lz' | 'quic' | 'glz' | 'lz' | 'off'
  /**
   * SPICE video detection.
   */
  spice_streaming_video?: 'filter' | 'all' | 'off'
  serial?: Serial
  /**
   * Text on one line, without control characters but tab.
   */
  soundhw?: string
  /**
   * The virtual keyboard. Xen's default: true.
   */
  vkb_device?: boolean
  /**
   * An emulated USB bus.
   */
  usb?: boolean
  /**
   * USB version of the emulated bus; not beside usb.
   */
  usbversion?: number
  /**
   * Devices on the emulated bus, `tablet`; needs usb.
   */
  usbdevice?: Text[]
  /**
   * The variant of QEMU.
   */
  device_model_version?: 'qemu-xen' | 'qemu-xen-traditional'
  /**
   * Another device model binary; needs device_model_version.
   */
  device_model_override?: string
  /**
   * Text on one line, without control characters but tab.
   */
  device_model_user?: string
  /**
   * Restrict the device model after its start.
   */
  dm_restrict?: boolean
  /**
   * More arguments of the device model.
   */
  device_model_args?: Text[]
  /**
   * The same, for PV guests only.
   */
  device_model_args_pv?: Text[]
  /**
   * The same, for HVM guests only.
   */
  device_model_args_hvm?: Text[]
  /**
   * Run the device model in a domain of its own.
   */
  device_model_stubdomain_override?: boolean
  /**
   * Text on one line, without control characters but tab.
   */
  device_model_stubdomain_seclabel?: string
  /**
   * The kernel of that domain.
   */
  stubdomain_kernel?: string
  /**
   * The ramdisk of that domain.
   */
  stubdomain_ramdisk?: string
  /**
   * Text on one line, without control characters but tab.
   */
  stubdomain_cmdline?: string
  /**
   * The memory of that domain.
   */
  stubdomain_memory?: number
}
/**
 * A logical volume.
 */
export interface LvmDisk {
  type: 'lvm'
  /**
   * The volume group.
   */
  group: string
  /**
   * The volume in it.
   */
  volume: string
  /**
   * Default: rw.
   */
  access?: 'rw' | 'ro'
  /**
   * The disk that the bootloader reads. Default: the first by name.
   */
  boot?: boolean
  /**
   * Other hosts reach the disk, too: the guest is started only where it was claimed. Default: false.
   */
  shared?: boolean
}
/**
 * An image file of the host.
 */
export interface FileDisk {
  type: 'file'
  /**
   * The file: an absolute path without `.`, `..`, `//` and a slash at the end.
   */
  path: string
  /**
   * Of the image. One that is not raw is made by hand: the agent makes none. Default: raw.
   */
  format?: 'raw' | 'qcow' | 'qcow2' | 'vhd' | 'qed'
  /**
   * Default: rw.
   */
  access?: 'rw' | 'ro'
  /**
   * The disk that the bootloader reads. Default: the first by name.
   */
  boot?: boolean
  /**
   * Other hosts reach the disk, too: the guest is started only where it was claimed. Default: false.
   */
  shared?: boolean
}
/**
 * A disk or partition of the host.
 */
export interface PhyDisk {
  type: 'phy'
  /**
   * The device, /dev/disk/by-id/... for preference.
   */
  device: string
  /**
   * Default: rw.
   */
  access?: 'rw' | 'ro'
  /**
   * The disk that the bootloader reads. Default: the first by name.
   */
  boot?: boolean
  /**
   * Other hosts reach the disk, too: the guest is started only where it was claimed. Default: false.
   */
  shared?: boolean
}
export interface Vif {
  /**
   * Six bytes, not a multicast address.
   */
  mac: string
  /**
   * The bridge of the host. Xen's default: xenbr0.
   */
  bridge?: string
  /**
   * The interface for the vif-route script.
   */
  gatewaydev?: string
  /**
   * HVM: emulated and paravirtual, or paravirtual only. Xen's default: ioemu.
   */
  type?: 'ioemu' | 'vif'
  /**
   * HVM: the emulated card. Xen's default: rtl8139.
   */
  model?: string
  /**
   * The name of the interface in the host. Xen's default: vifDOMID.DEVID.
   */
  vifname?: string
  /**
   * The hotplug script. Xen's default: vif-bridge.
   */
  script?: string
  /**
   * Addresses, separated by spaces, that the script lets pass.
   */
  ip?: string
  /**
   * The domain that serves the interface. Xen's default: Domain-0.
   */
  backend?: string
  /**
   * Limit of the outgoing traffic: `10Mb/s`, `1MB/s@20ms`.
   */
  rate?: string
  /**
   * Xen's default: the bridge's.
   */
  mtu?: number
  /**
   * Whether the guest may trust the backend. Xen's default: true.
   */
  trusted?: boolean
}
/**
 * The domain first runs with these, from /etc/xen/NAME.start, until what they boot has shut down or restarted by itself: only where its boot disk is a new one.
 */
export interface InstallOptions {
  /**
   * Memory at the start.
   */
  memory?: number
  /**
   * The most memory that the guest can ever be given. Default: memory.
   */
  maxmem?: number
  /**
   * vCPUs online at the start. Default: 1.
   */
  vcpus?: number
  /**
   * vCPUs that can be brought online. Default: vcpus.
   */
  maxvcpus?: number
  /**
   * The kernel, a file of the host.
   */
  kernel?: string
  /**
   * The initial ramdisk, a file of the host.
   */
  ramdisk?: string
  /**
   * Text on one line, without control characters but tab.
   */
  cmdline?: string
  /**
   * Text on one line, without control characters but tab.
   */
  root?: string
  /**
   * Text on one line, without control characters but tab.
   */
  extra?: string
  /**
   * Text on one line, without control characters but tab.
   */
  bootloader?: string
  bootloader_args?: BootloaderArgs
  /**
   * Text on one line, without control characters but tab.
   */
  firmware?: string
  /**
   * HVM: what to boot from, in order: c disk, d CD-ROM, n network.
   */
  boot?: string
  /**
   * HVM: the firmware that the guest sees.
   */
  bios?: 'rombios' | 'seabios' | 'ovmf'
  /**
   * Show the display over VNC.
   */
  vnc?: boolean
  /**
   * Text on one line, without control characters but tab.
   */
  vnclisten?: string
  /**
   * VNC display number; the port is 5900 above it.
   */
  vncdisplay?: number
  /**
   * Text on one line, without control characters but tab.
   */
  vncpasswd?: string
  serial?: Serial
  /**
   * The emulated graphics card.
   */
  vga?: 'none' | 'stdvga' | 'cirrus' | 'qxl'
}
