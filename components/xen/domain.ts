// A declared domain as the rest of this component uses it: names and defaults filled in, disks and vifs in the order in
// which the guest gets them.
import type { Key } from '../../src/model/action.js'
import { byCodeUnit } from '../../src/model/json.js'
import type { InstallOptions, Options, Vif, XenDomains } from './desired.js'
import { type Backing, backingOf } from './disks/disk-types.js'

export type Domain = {
  /** Its key in the document, which names its files and actions. */
  readonly key: string
  /** Its name in Xen. */
  readonly name: string
  readonly options: Options
  readonly disks: readonly DomainDisk[]
  readonly vifs: readonly DomainVif[]
  /** What it first runs with on a new boot disk; undefined: it comes installed. */
  readonly installer: InstallOptions | undefined
  /** The name of that. */
  readonly installation: string
  readonly auto: boolean
  readonly order: number
  readonly ensure: 'running' | 'stopped' | 'absent'
  /** It is to be stopped because of an intervention on the host, whatever its profile says. */
  readonly isIntervened: boolean
  /** The keys of domains that are to be ready before it starts. */
  readonly needs: readonly string[]
  readonly ready: Readiness
  /** Started again when it has shut down: not with `restart: no`. */
  readonly isKeptUp: boolean
  /** Other hosts can reach a disk of its. */
  readonly isShared: boolean
  /** The disks that no other host can reach, by vdev. */
  readonly localDisks: readonly string[]
  /** What is disruptive waits for nobody: `apply: restart`. */
  readonly mayDisrupt: boolean
  /** Milliseconds. */
  readonly shutdownTimeout: number
  readonly onTimeout: 'wait' | 'destroy'
  /** The host that it has not left yet. */
  readonly movedFrom: string | undefined
}

export type Readiness =
  | { readonly when: 'running' }
  /** `address` is undefined where nothing says it; times are milliseconds. */
  | { readonly when: 'port'; readonly port: number; readonly address: string | undefined; readonly within: number }
  | { readonly when: 'delay'; readonly delay: number }

export type DomainDisk = Backing & { readonly vdev: string; readonly access: 'rw' | 'ro' }
export type DomainVif = Vif & { readonly nic: string }

/** Xen's own cpu_weight. */
export const defaultWeight = 256

export const configDirectory = '/etc/xen'
export const autoDirectory = '/etc/xen/auto'

export const configFile = (key: string): string => `${key}.cfg`
export const configPath = (key: string): string => `${configDirectory}/${configFile(key)}`
/** The config of the domain while it is installed, by ncm-xen's name: xendomains never starts it. */
export const startFile = (key: string): string => `${key}.start`
export const startPath = (key: string): string => `${configDirectory}/${startFile(key)}`
export const startKey = (key: string): Key => `file:${startPath(key)}`
export const runningKey = (key: string): Key => `domain:${key}/running`
/** What those that need a domain wait for. */
export const readyKey = ({ key, ready }: Domain): Key =>
  ready.when === 'running' ? runningKey(key) : `domain:${key}/ready`
export const absentKey = (key: string): Key => `domain:${key}/absent`
export const stoppedKey = (key: string): Key => `domain:${key}/stopped`
/** What its vifs are plugged into; one of a driver domain is not this host's. */
export const bridgeKeys = (vifs: readonly Vif[]): readonly Key[] =>
  vifs.flatMap(({ bridge, backend }) => (bridge === undefined || backend !== undefined ? [] : [`bridge:${bridge}`]))
export const configKey = (key: string): Key => `file:${configPath(key)}`

/** The declared domains in their start order: by `order`, then by key. One that moved away is nothing else here. */
export const domainsOf = (desired: XenDomains): readonly Domain[] => {
  const domains = known.get(desired) ?? inOrder(desired)
  known.set(desired, domains)
  return domains
}

/** Each check of a host begins with its domains. */
const known = new WeakMap<XenDomains, readonly Domain[]>()

const inOrder = ({ domains = {}, movedTo = {} }: XenDomains): readonly Domain[] =>
  Object.entries(domains)
    .filter(([key]) => !Object.hasOwn(movedTo, key))
    .map(([key, declared]) => ({ key, declared, disks: disksInOrder(declared.disks ?? {}) }))
    .map(({ key, declared, disks }) => ({
      key,
      name: declared.options.name ?? key,
      options: declared.options,
      disks,
      vifs: Object.entries(declared.vifs ?? {})
        .sort(([a], [b]) => byNic(a, b))
        .map(([nic, vif]) => ({ ...vif, nic })),
      installer: declared.install_options,
      installation: declared.installation ?? '1',
      auto: declared.auto ?? true,
      order: declared.order ?? 50,
      ensure: declared.ensure ?? ('running' as const),
      isIntervened: false,
      needs: declared.needs ?? [],
      ready: readinessOf(declared),
      isKeptUp: declared.restart !== 'no',
      localDisks: disks.map(({ vdev }) => vdev).filter(vdev => declared.disks?.[vdev]?.shared !== true),
      isShared: Object.values(declared.disks ?? {}).some(({ shared }) => shared === true),
      mayDisrupt: declared.apply === 'restart',
      shutdownTimeout: (declared.shutdown_timeout ?? 300) * 1000,
      onTimeout: declared.on_timeout ?? ('wait' as const),
      movedFrom: declared.movedFrom,
    }))
    .sort((a, b) => a.order - b.order || byCodeUnit(a.key, b.key))

type Declared = NonNullable<XenDomains['domains']>[string]

const readinessOf = ({ ready = 'running', address }: Declared): Readiness => {
  if (ready === 'running') return { when: 'running' }
  if ('delay' in ready) return { when: 'delay', delay: ready.delay * 1000 }
  return { when: 'port', port: ready.port, address, within: (ready.within ?? 300) * 1000 }
}

/** The boot disk first: a bootloader is given the first disk of the config and no other. */
const disksInOrder = (disks: NonNullable<Declared['disks']>): readonly DomainDisk[] =>
  Object.entries(disks)
    .sort(([a, first], [b, second]) => Number(second.boot ?? false) - Number(first.boot ?? false) || byCodeUnit(a, b))
    .map(([vdev, disk]) => ({ ...backingOf(disk), vdev, access: disk.access ?? 'rw' }))

/** eth2 before eth10: the position of a vif in the config is its number in the guest. */
export const byNic = (a: string, b: string): number => {
  const [stemA, numberA] = splitNumber(a)
  const [stemB, numberB] = splitNumber(b)
  return byCodeUnit(stemA, stemB) || numberA - numberB || byCodeUnit(a, b)
}

const splitNumber = (nic: string): readonly [string, number] => {
  const digits = /[0-9]*$/.exec(nic)?.[0] ?? ''
  return [nic.slice(0, nic.length - digits.length), Number(digits)]
}
