// The machines that are to be installed anew, each with the way by which it is: by its provisioner, whose kickstart file
// the installer fetches, or, a guest with /system/install, by its host's agent. What keeps one from it is told before
// anything is touched. Pure.
import type { Document } from '../model/document.js'
import { type Enclosed, findEnclosed } from '../model/enclosed.js'
import { printPointer, valueAt } from '../model/pointer.js'
import type { ProvisionFault } from '../provision/fault.js'
import { hasKickstart, kickstartOf } from '../provision/kickstart/kickstart.js'
import { lostDisks } from '../provision/kickstart/lost.js'
import { entriesOf } from '../provision/netboot/entry.js'
import type { FindTextTemplate } from '../provision/text-template-files.js'
import type { Scope } from './order.js'

export type Target = {
  readonly name: string
  readonly document: Document
  readonly way: 'provisioner' | 'agent'
  /** Of a guest: its host. */
  readonly host?: string
  /** Of a host: the guests that it encloses. */
  readonly guests?: readonly string[]
}

export type TargetFault = ProvisionFault & { readonly machine: string }

export type Targets =
  | { readonly ok: true; readonly targets: readonly Target[] }
  | { readonly ok: false; readonly faults: readonly TargetFault[] }

export type TargetParts = {
  readonly documents: ReadonlyMap<string, Document>
  readonly find: FindTextTemplate
}

/** Hosts before their guests; cases have no system, and are none. `enclosed` is all of the site. */
export const targetsOf = (enclosed: readonly Enclosed[], { enclosure, only }: Scope, parts: TargetParts): Targets => {
  const found = findEnclosed(enclosed, enclosure)
  const all = found === undefined ? [] : machinesIn(found.machine, found.parent)
  const wanted = all.filter(({ machine }) => only.length === 0 || only.includes(machine.name))
  const names = wanted.map(({ machine }) => machine.name)
  const faults = wanted.flatMap(({ machine, host }) => faultsOf(machine, host, names, parts))
  if (faults.length > 0) return { ok: false, faults }
  return {
    ok: true,
    targets: wanted.flatMap(({ machine, host }) => {
      const document = parts.documents.get(machine.name)
      if (document === undefined) return []
      const guests = machine.type === 'hypervisor' ? { guests: machine.children.map(({ name }) => name) } : {}
      const way = host !== undefined && isInstalledByAgent(machine.name, parts.documents.get(host.name))
      return [
        {
          ...{ name: machine.name, document, ...guests },
          way: way ? ('agent' as const) : ('provisioner' as const),
          ...(host !== undefined && { host: host.name }),
        },
      ]
    }),
  }
}

type Member = { readonly machine: Enclosed; readonly host: Enclosed | undefined }

const machinesIn = (machine: Enclosed, parent: Enclosed | undefined): readonly Member[] => [
  ...(machine.type === 'blade' || machine.type === 'dumb' ? [] : [{ machine, host: hostOf(parent) }]),
  ...machine.children.flatMap(child => machinesIn(child, machine)),
]

const hostOf = (parent: Enclosed | undefined): Enclosed | undefined =>
  parent?.type === 'hypervisor' ? parent : undefined

/** Of the names that are asked for, those that the enclosure has not. */
export const strangers = (enclosed: readonly Enclosed[], { enclosure, only }: Scope): readonly string[] => {
  const found = findEnclosed(enclosed, enclosure)
  const names = found === undefined ? [] : machinesIn(found.machine, found.parent).map(({ machine }) => machine.name)
  return only.filter(name => !names.includes(name))
}

const faultsOf = (
  machine: Enclosed,
  host: Enclosed | undefined,
  names: readonly string[],
  { documents, find }: TargetParts,
): readonly TargetFault[] => {
  const document = documents.get(machine.name)
  if (document === undefined) return []
  const here = (faults: readonly ProvisionFault[]): readonly TargetFault[] =>
    faults.map(fault => ({ ...fault, machine: machine.name }))
  if (host !== undefined) {
    const above = documents.get(host.name)
    const ofGuest = above === undefined ? [] : guestFaults(machine, above)
    if (ofGuest.length > 0) return ofGuest.map(fault => ({ ...fault, machine: host.name }))
    return isInstalledByAgent(machine.name, above) ? [] : here(provisionFaults(document, find))
  }
  const others = machine.type === 'hypervisor' ? machine.children.map(({ name }) => name) : []
  return here([
    ...provisionFaults(document, find),
    ...lostDisks(
      document,
      others.filter(name => !names.includes(name)),
    ),
  ])
}

type DomainValue = {
  readonly ensure?: string
  readonly install_options?: object
  readonly disks?: object
  readonly options: { readonly type?: string; readonly boot?: string; readonly bootloader?: string }
}

const domainOf = (guest: string, host: Document | undefined): DomainValue | undefined =>
  valueAt(host, ['software', 'components', 'xen', 'domains', guest]) as DomainValue | undefined

const isInstalledByAgent = (guest: string, host: Document | undefined): boolean =>
  domainOf(guest, host)?.install_options !== undefined

/** At their places in the host's document. */
const guestFaults = ({ name, type }: Enclosed, host: Document): readonly ProvisionFault[] => {
  const domain = domainOf(name, host)
  const pointer = printPointer(['software', 'components', 'xen', 'domains', name])
  if (type === 'hypervisor')
    return [
      {
        pointer,
        message: `${name} is a guest and a host itself: its own guests go with its disk`,
        hint: 'reinstall others by --only',
      },
    ]
  if (domain === undefined)
    return [{ pointer, message: `${name} is no domain of ${host.name}: it moves, or has moved` }]
  const { ensure = 'running', disks = {}, options, install_options } = domain
  if (ensure !== 'running')
    return [{ pointer: `${pointer}/ensure`, message: `${name} is ${ensure}: no installer of its would run` }]
  if (Object.keys(disks).length === 0) return [{ pointer, message: `${name} has no disk to be installed on` }]
  const asks = options.type === 'hvm' ? options.boot?.includes('n') : options.bootloader?.endsWith('xenclosure-netboot')
  if (install_options !== undefined || asks === true) return []
  const message = `${name} has no /system/install, and never asks its provisioner what it boots`
  const hint = 'declare /system/install in its profile, or XEN_BOOTLOADER: xenclosure-netboot in that of its host'
  return [{ pointer: `${pointer}/options`, message, hint }]
}

const anyInstallation = { token: 'none', from: '', until: '' }

/** What its provisioner would not be able to give it is known before. */
const provisionFaults = (document: Document, find: FindTextTemplate): readonly ProvisionFault[] => {
  const entries = entriesOf(document, 'install', anyInstallation)
  if (!entries.ok) return [entries.fault]
  if (!hasKickstart(document))
    return [
      { pointer: '/system/kickstart', message: `${document.name} has no /system/kickstart, by which it is installed` },
    ]
  if (valueAt(document, ['system', 'kickstart', 'provisioner']) === undefined) {
    const message = `${document.name} has no provisioner, which is told that it is installed`
    return [{ pointer: '/system/kickstart/provisioner', message, hint: 'url: https://provision.example.org' }]
  }
  const finish = valueAt(document, ['system', 'kickstart', 'finish']) ?? 'reboot'
  if (finish !== 'reboot') {
    const message = `${document.name} does not come up by itself when it is installed: finish is ${finish}`
    return [{ pointer: '/system/kickstart/finish', message, hint: 'finish: reboot, which is the default' }]
  }
  const rendered = kickstartOf(document, find, anyInstallation.token)
  return rendered.ok ? [] : rendered.faults
}
