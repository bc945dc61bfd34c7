// What a host takes from a guest for the guest's domain: the table of docs/enclosures.md. Each value comes
// with its source, and what is missing with the place that could give it.
import type { MachineView, Pulled } from '../../src/model/component.js'
import { type Backing, type GuestDisk, guestDisks } from '../../src/model/guest-disks.js'
import { guestUuid } from '../../src/model/guest-uuid.js'
import { isList, isMap, type Json } from '../../src/model/json.js'
import { printPointer } from '../../src/model/pointer.js'
import { parseQuantity } from '../../src/model/quantity.js'
import { byNic } from './domain.js'
import { pullBoot } from './pull/boot.js'
import { pullBridge, staticAddresses } from './pull/bridge.js'
import { type Finding, type Found, fromChild, fromRule, fromVariable, isFound, isMissing } from './pull/finding.js'
import { pullInstall } from './pull/install.js'

export const pull = (parent: MachineView, child: MachineView): Pulled => {
  const domain = printPointer(['software', 'components', 'xen', 'domains', child.name])
  const type = pullType(parent, child)
  const findings: readonly Finding[] = [
    ...pullIdentity(child),
    type,
    pullMemory(parent, child),
    pullVcpus(child),
    ...pullBoot(parent, child, type.value),
    ...pullDisks(parent, child),
    ...pullVifs(parent, child),
    ...pullAddress(child),
  ]
  return {
    values: findings
      .filter(isFound)
      .map(({ path, value, from }) => ({ pointer: domain + printPointer(path), value, from })),
    faults: findings.filter(isMissing).map(({ unless = [], ...fault }) => ({
      ...fault,
      unless: unless.map(path => domain + printPointer(path)),
    })),
  }
}

const pullIdentity = ({ site, name }: MachineView): readonly Finding[] => [
  { path: ['options', 'name'], value: name, from: fromRule('its name') },
  {
    path: ['options', 'uuid'],
    value: guestUuid(site, name),
    from: fromRule('the UUIDv5 of the names of its site and itself'),
  },
]

const pullType = (parent: MachineView, child: MachineView): Found => {
  const path = ['options', 'type']
  const own = child.get('/hardware/type')
  if (own !== undefined) return { path, value: own, from: fromChild('/hardware/type') }
  const general = parent.variable('XEN_TYPE', child.name)
  if (general !== undefined) return { path, value: general, from: fromVariable('XEN_TYPE') }
  return { path, value: 'pvh', from: fromRule('default') }
}

const pullMemory = (parent: MachineView, child: MachineView): Finding => {
  const path = ['options', 'memory']
  const modules = numbersOf(child.get('/hardware/ram'), 'size')
  if (modules.length > 0)
    return {
      path,
      value: sum(modules),
      from: fromChild(modules.length === 1 ? '/hardware/ram/0/size' : '/hardware/ram'),
    }
  const general = parent.variable('XEN_RAM', child.name)
  if (typeof general !== 'string' && typeof general !== 'number')
    return {
      message: 'no memory',
      hint: 'set /hardware/ram there, or XEN_RAM in the host',
      pointer: '/hardware/ram',
      variable: 'XEN_RAM',
      from: [fromChild('/hardware/ram'), fromVariable('XEN_RAM')],
      unless: [path],
    }
  const parsed = parseQuantity(general, { kind: 'size', unit: 'MiB' })
  if (!parsed.ok) return { message: `XEN_RAM is ${general}: expected ${parsed.expected}`, pointer: '/hardware/ram' }
  return { path, value: parsed.value, from: fromVariable('XEN_RAM') }
}

const pullVcpus = (child: MachineView): Finding => {
  const path = ['options', 'vcpus']
  const cores = numbersOf(child.get('/hardware/cpu'), 'cores')
  if (cores.length > 0)
    return { path, value: sum(cores), from: fromChild(cores.length === 1 ? '/hardware/cpu/0/cores' : '/hardware/cpu') }
  return { path, value: 1, from: fromRule('default') }
}

const pullDisks = (parent: MachineView, child: MachineView): readonly Finding[] => {
  const { disks, faults } = guestDisks(parent, child)
  const missing = faults.map(({ device, fault }) => ({ ...fault, unless: [['disks', device, 'type']] }))
  return [...disks.flatMap(pullDisk), ...pullInstall(child, disks), ...missing]
}

/** What the host's own profile says of a disk stands there already; `boot` only where it is not the first by name. */
const pullDisk = ({ device, boot, pointer, backing }: GuestDisk, index: number): readonly Finding[] => {
  const from = fromChild(pointer)
  const at = (key: string) => ['disks', device, key]
  return [
    { path: at('type'), value: backing.type, from },
    ...backingValues(backing).map(([key, value, variable]) => ({
      path: at(key),
      value,
      from: variable === undefined ? from : fromVariable(variable),
    })),
    ...(boot && index > 0 ? [{ path: at('boot'), value: true, from: fromChild(`${pointer}/boot`) }] : []),
  ]
}

/** With the variable that it comes from, where it comes from one. */
const backingValues = (backing: Backing): readonly (readonly [key: string, value: string, variable?: string])[] => {
  switch (backing.type) {
    case 'lvm':
      return [
        ['group', backing.group, 'XEN_VG'],
        ['volume', backing.volume],
      ]
    case 'file':
      return [['path', backing.path]]
    case 'phy':
      return []
  }
}

const pullVifs = (parent: MachineView, child: MachineView): readonly Finding[] => {
  const nics = child.get('/hardware/cards/nic')
  return Object.entries(isMap(nics) ? nics : {}).flatMap(([nic, card]): readonly Finding[] => {
    const pointer = `/hardware/cards/nic/${nic}`
    const mac = isMap(card) ? card.hwaddr : undefined
    const path = ['vifs', nic, 'mac']
    if (mac === undefined) {
      const from = [fromChild(`${pointer}/hwaddr`)]
      return [{ message: `nic ${nic} has no MAC`, hint: `set ${pointer}/hwaddr`, pointer, from, unless: [path] }]
    }
    return [{ path, value: mac, from: fromChild(`${pointer}/hwaddr`) }, ...pullBridge(parent, child, nic, pointer)]
  })
}

/** The first static address, by the order of nics, that is one: where the host can see whether the guest is ready. */
const pullAddress = (child: MachineView): readonly Finding[] => {
  const nics = child.get('/hardware/cards/nic')
  const addresses = Object.keys(isMap(nics) ? nics : {})
    .sort(byNic)
    .flatMap(nic => staticAddresses(child.get(`/system/network/interfaces/${nic}`), nic))
  const first = addresses.find(({ ip }) => ip !== undefined)
  return first === undefined ? [] : [{ path: ['address'], value: String(first.ip), from: fromChild(first.pointer) }]
}

const numbersOf = (items: Json | undefined, key: string): readonly number[] =>
  (isList(items) ? items : [])
    .map(item => (isMap(item) ? item[key] : undefined))
    .filter(size => typeof size === 'number')

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
