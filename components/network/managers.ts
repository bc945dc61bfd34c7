// Whose an interface is: who would undo what somebody else does to it. Part of observe.ts.
import { isList, isMap, parseJson } from '../../src/model/json.js'
import type { System } from '../../src/model/system.js'
import type { Manager } from './actual.js'

/** Answers for each interface, also for one that is not there yet. */
export const observeManagers = async (system: System): Promise<(name: string) => Manager> => {
  const networkd = await networkdLinks(system)
  const ifupdown = await ifupdownNames(system)
  const hasNetworkManager = (await system.stat('/run/NetworkManager')) !== null
  return name => {
    if (networkd?.has(name)) return 'systemd-networkd'
    if (ifupdown.has(name)) return 'ifupdown'
    if (hasNetworkManager) return 'NetworkManager'
    return networkd === null ? 'nobody' : 'systemd-networkd'
  }
}

/** Those that it manages; null where it does not run, or is older than version 250, which knows no JSON. */
const networkdLinks = async (system: System): Promise<ReadonlySet<string> | null> => {
  if ((await system.stat('/run/systemd/netif')) === null) return null
  const { code, stdout } = await system.exec(['networkctl', '--json=short', 'list'], { effect: 'observe' })
  const json = code === 0 ? parseJson(stdout) : undefined
  if (!isMap(json)) return null
  const links = isList(json.Interfaces) ? json.Interfaces.filter(isMap) : []
  const managed = links.filter(({ AdministrativeState: state }) => state !== 'unmanaged')
  return new Set(managed.map(({ Name }) => String(Name)))
}

/** interfaces(5): `iface NAME ...`, in the file itself and in those of interfaces.d. */
const ifupdownNames = async (system: System): Promise<ReadonlySet<string>> => {
  const directory = '/etc/network/interfaces.d'
  const files = ((await system.list(directory)) ?? []).map(name => `${directory}/${name}`)
  const names = new Set<string>()
  for (const file of ['/etc/network/interfaces', ...files])
    for (const [, name = ''] of ((await system.read(file)) ?? '').matchAll(/^\s*iface\s+(\S+)/gm)) names.add(name)
  return names
}
