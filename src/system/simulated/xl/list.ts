// What the simulated host's xl shows: list, list -l, info.
import { type Command, fail, notModelled, succeed } from '../answer.js'
import type { Domain, SimulatedState } from '../state.js'
import type { DomainConfig } from './config.js'

/** Memory that no domain has, in MiB. */
export const freeMemory = (state: SimulatedState): number =>
  state.domains.reduce(
    (free, { config, used = config.memory }) => free - memoryOf({ ...config, memory: used }),
    state.memory - state.boot.dom0Memory,
  )

/** What Xen takes for a domain: its memory and, measured, 1 MiB for each vcpu that it can have. */
export const memoryOf = (config: DomainConfig): number => config.memory + maxVcpus(config)

export const maxVcpus = (config: DomainConfig): number => Math.max(config.maxvcpus ?? 1, config.vcpus ?? 1)

export const unknownDomain = (state: SimulatedState, name: string): ReturnType<Command> =>
  fail(state, 1, `${name} is an invalid domain identifier (rc=-6)`)

export const findDomain = (state: SimulatedState, name: string): Domain | undefined =>
  state.domains.find(({ domid, config }) => config.name === name || String(domid) === name)

/** `xl list`, `xl list NAME`, `xl list -l`, `xl list -l NAME`. */
export const xlList: Command = (state, argv) => {
  const isLong = argv[2] === '-l'
  const [name, ...more] = argv.slice(isLong ? 3 : 2)
  if (more.length > 0 || name?.startsWith('-') === true) throw notModelled(argv)
  if (isLong && name === 'Domain-0') return succeed(state, JSON.stringify([describeDom0(state)], null, 4))
  const domain = name === undefined ? undefined : findDomain(state, name)
  if (name !== undefined && domain === undefined) return unknownDomain(state, name)
  const shown = domain === undefined ? state.domains : [domain]
  if (isLong) {
    const domains = shown.map(({ domid, config }) => ({ domid, config: describe(config) }))
    return succeed(state, JSON.stringify(name === undefined ? [describeDom0(state), ...domains] : domains, null, 4))
  }
  const header = 'Name                                        ID   Mem VCPUs\tState\tTime(s)'
  const dom0 = printRow('Domain-0', 0, state.boot.dom0Memory, 1, 'r-----')
  const rows = shown.map(({ domid, config, phase, reason, used }) =>
    printRow(config.name, domid, used ?? config.memory, config.vcpus ?? 1, letters[reason ?? phase ?? 'running']),
  )
  return succeed(state, header, ...(name === undefined ? [dom0] : []), ...rows)
}

/** The fifth letter is why it has shut down. */
const letters = {
  running: '-b----',
  paused: '--p---',
  'shut down': '--ps--',
  reboot: '--psr-',
  crashed: '--psc-',
} as const

const printRow = (name: string, domid: number, memory: number, vcpus: number, state: string): string => {
  const numbers = [String(domid).padStart(5), String(memory).padStart(5), String(vcpus).padStart(5)].join(' ')
  return `${name.padEnd(40)} ${numbers}     ${state}  ${'0.0'.padStart(8)}`
}

const describeDom0 = (state: SimulatedState): object => ({
  domid: 0,
  config: {
    c_info: { type: 'pv', name: 'Domain-0' },
    b_info: {
      max_memkb: state.boot.dom0Memory * 1024,
      target_memkb: state.boot.dom0Memory * 1024 - 1,
      sched_params: { sched: 'credit2', weight: 256, cap: 0 },
      'type.pv': {},
      arch_arm: {},
      arch_x86: {},
    },
  },
})

/** As libxl prints it: what has its default is left out. */
const describe = (config: DomainConfig): object => ({
  c_info: {
    type: config.type,
    name: config.name,
    domid: 4294967295,
    uuid: config.uuid,
    run_hotplug_scripts: 'True',
  },
  b_info: {
    ...describeVcpus(config),
    max_memkb: config.maxmem * 1024,
    target_memkb: config.memory * 1024,
    video_memkb: 0,
    sched_params: { sched: 'credit2', weight: config.weight, cap: config.cap },
    claim_mode: 'True',
    ...given({ kernel: config.kernel, cmdline: config.cmdline, ramdisk: config.ramdisk }),
    ...given({ bootloader: config.bootloader }),
    ...(config.bootloaderArgs.length > 0 ? { bootloader_args: config.bootloaderArgs } : {}),
    [`type.${config.type}`]: {},
    arch_arm: {},
    arch_x86: { msr_relaxed: 'False' },
  },
  ...(config.disks.length > 0 ? { disks: config.disks.map(describeDisk) } : {}),
  ...(config.vifs.length > 0 ? { nics: config.vifs.map((vif, devid) => ({ devid, ...vif, nictype: 'vif' })) } : {}),
  ...given({
    on_poweroff: printReaction(config.onPoweroff),
    on_reboot: printReaction(config.onReboot),
    on_crash: printReaction(config.onCrash),
  }),
  on_soft_reset: 'soft_reset',
})

/** Shown only where the config said how many. */
const describeVcpus = ({ vcpus, maxvcpus, ...config }: DomainConfig): object => {
  if (vcpus === null && maxvcpus === null) return {}
  const online = Array.from({ length: vcpus ?? 1 }, (_none, index) => index)
  return { max_vcpus: maxVcpus({ vcpus, maxvcpus, ...config }), avail_vcpus: online }
}

const describeDisk = (disk: DomainConfig['disks'][number]): object => ({
  pdev_path: disk.target,
  vdev: disk.vdev,
  format: disk.format,
  ...(disk.readwrite ? { readwrite: 1 } : {}),
  colo_restore_enable: 'False',
})

/** `destroy` is libxl's default and not shown; xl.cfg's names are turned around (rename-restart). */
const printReaction = (written: string): string | null => {
  if (written === 'destroy') return null
  if (written === 'rename-restart') return 'restart_rename'
  return written.replaceAll('-', '_')
}

const given = (values: Readonly<Record<string, string | null>>): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))

export const xlInfo: Command = (state, argv) => {
  if (argv.length > 2) throw notModelled(argv)
  const facts: readonly (readonly [string, string | number])[] = [
    ['host', state.hostname ?? 'simulated'],
    ['machine', 'x86_64'],
    ['nr_cpus', 8],
    ['virt_caps', 'pv hvm hap gnttab-v1 gnttab-v2'],
    ['total_memory', state.memory],
    ['free_memory', freeMemory(state)],
    ['xen_major', 4],
    ['xen_minor', 17],
    ['xen_version', '4.17.7'],
    ['xen_caps', 'xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 '],
    ['xen_scheduler', 'credit2'],
    ['xen_commandline', state.boot.xen ?? ''],
  ]
  return succeed(state, ...facts.map(([name, value]) => `${name.padEnd(22)} : ${value}`))
}
