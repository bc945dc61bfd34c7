// What a domain's config file means: the options that the simulated host models, with xl's defaults. Any other option
// is accepted in silence, as xl does with what it does not know.
import { parseXl, type XlValue } from './syntax.js'

export type DomainConfig = {
  readonly name: string
  readonly type: 'pv' | 'pvh' | 'hvm'
  /** Null: one is made up. */
  readonly uuid: string | null
  /** MiB. */
  readonly memory: number
  readonly maxmem: number
  /** Null: not written, which xl shows otherwise than 1. */
  readonly vcpus: number | null
  readonly maxvcpus: number | null
  readonly kernel: string | null
  readonly ramdisk: string | null
  readonly cmdline: string | null
  readonly bootloader: string | null
  readonly bootloaderArgs: readonly string[]
  readonly weight: number
  /** Percent of a CPU; 0 is no limit. */
  readonly cap: number
  readonly disks: readonly Disk[]
  readonly vifs: readonly Vif[]
  readonly onPoweroff: string
  readonly onReboot: string
  readonly onCrash: string
}

export type Disk = {
  readonly target: string
  readonly vdev: string
  readonly format: string
  readonly readwrite: boolean
}

/** Each as written: mac, bridge, ip, script, model, ifname. */
export type Vif = Readonly<Record<string, string>>

export type ParsedConfig =
  | { readonly ok: true; readonly config: DomainConfig }
  | { readonly ok: false; readonly lines: readonly string[] }

const refuse = (...lines: readonly string[]): ParsedConfig => ({ ok: false, lines })

/** The config, or what xl says to it before it ends with exit code 1. */
export const parseConfig = (file: string, text: string): ParsedConfig => {
  const parsed = parseXl(text)
  if (!parsed.ok) {
    const { line, near } = parsed.error
    const where = `${file}:${line}: config parsing error near \`${near}'`
    return refuse(where, 'Failed to parse config: Invalid argument')
  }
  const { values } = parsed
  const word = (key: string): string | null => textOf(values.get(key))
  const number = (key: string): number | null => numberOf(values.get(key))
  const words = (key: string): readonly string[] => textsOf(values.get(key))

  const name = word('name')
  const type = word('type') ?? 'pv'
  if (name === null) return refuse('Domain name must be specified.')
  if (type !== 'pv' && type !== 'pvh' && type !== 'hvm') return refuse(`Invalid domain type ${type}.`)
  if (type === 'pv' && word('kernel') === null && word('bootloader') === null) {
    return refuse('Neither kernel nor bootloader specified')
  }
  const disks = words('disk').map(written => ({ written, disk: parseDisk(written) }))
  const wrong = disks.find(({ disk }) => disk === undefined)?.written
  if (wrong !== undefined) {
    return refuse(`${file}: config parsing error in disk specification: near \`${wrong}' in \`${wrong}'`)
  }
  const memory = number('memory') ?? 0
  const root = word('root')
  const rooted = [root === null ? '' : `root=${root}`, word('extra') ?? ''].filter(part => part !== '').join(' ')
  const config: DomainConfig = {
    name,
    type,
    uuid: word('uuid')?.toLowerCase() ?? null,
    memory,
    maxmem: number('maxmem') ?? memory,
    vcpus: number('vcpus'),
    maxvcpus: number('maxvcpus'),
    kernel: word('kernel'),
    ramdisk: word('ramdisk'),
    cmdline: word('cmdline') ?? (rooted === '' ? null : rooted),
    bootloader: word('bootloader'),
    bootloaderArgs: words('bootloader_args'),
    weight: number('cpu_weight') ?? 256,
    cap: number('cap') ?? 0,
    disks: disks.flatMap(({ disk }) => disk ?? []),
    vifs: words('vif').map(parseVif),
    onPoweroff: word('on_poweroff') ?? 'destroy',
    onReboot: word('on_reboot') ?? 'restart',
    onCrash: word('on_crash') ?? 'destroy',
  }
  return { ok: true, config }
}

const textOf = (value: XlValue | undefined): string | null => {
  if (value === undefined || typeof value === 'object') return null
  return String(value)
}

/** xl reads a quoted number as a number too. */
const numberOf = (value: XlValue | undefined): number | null => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) ? number : null
}

/** A string where a list should be is no list (`disk = '...'`: no disk at all). */
const textsOf = (value: XlValue | undefined): readonly string[] =>
  value !== undefined && typeof value === 'object' ? value.flatMap(item => textOf(item) ?? []) : []

/** `format=raw,vdev=xvda,access=rw,target=/dev/vg0/ce` (xl-disk-configuration(5)); `target=` swallows the rest. */
export const parseDisk = (written: string): Disk | undefined => {
  const [, before, target] = /^(.*?)(?:^|,)\s*target=(.*)$/.exec(written) ?? []
  if (before === undefined || target === undefined) return undefined
  const pairs = new Map(before.split(',').flatMap(pairOf))
  const vdev = pairs.get('vdev')
  if (vdev === undefined) return undefined
  const readwrite = !['r', 'ro'].includes(pairs.get('access') ?? 'rw')
  return { target, vdev, format: pairs.get('format') ?? 'raw', readwrite }
}

const vifKeys: Readonly<Record<string, string>> = {
  mac: 'mac',
  bridge: 'bridge',
  ip: 'ip',
  script: 'script',
  model: 'model',
  vifname: 'ifname',
}

/** `mac=00:16:3e:..,bridge=xenbr0` (xl-network-configuration(5)). */
export const parseVif = (written: string): Vif =>
  Object.fromEntries(
    written
      .split(',')
      .flatMap(pairOf)
      .flatMap(([key, value]) => (Object.hasOwn(vifKeys, key) ? [[vifKeys[key] ?? key, value]] : [])),
  )

const pairOf = (written: string): readonly (readonly [string, string])[] => {
  const [, key, value] = /^\s*([a-z_]+)=(.*?)\s*$/.exec(written) ?? []
  return key === undefined || value === undefined ? [] : [[key, value]]
}
