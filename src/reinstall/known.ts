// What is known of the machines' orders, where it is kept: in the entries on the TFTP server, and on the hosts of the
// guests that an agent installs; and which guests run.
import { askAgent } from '../intervene/ask-agent.js'
import type { MachineParts } from '../intervene/machine.js'
import { isList, isMap, type Json } from '../model/json.js'
import { inPool } from '../remote/pool.js'
import { NotLetIn, type Reach } from '../remote/remote-host.js'
import { isHostFailure, withHost } from '../remote/with-host.js'
import { parseList } from '../system/xl-list.js'
import type { Entries } from './entries.js'
import type { Found } from './in-use.js'
import type { Known } from './order.js'
import type { Target } from './target.js'

export type KnownParts = {
  readonly reach: Reach
  readonly jobs: number
  /** Undefined where no machine needs a provisioner. */
  readonly entries: Entries | undefined
}

/** A host that cannot be asked knows nothing. */
export const knownOrders = async (
  targets: readonly Target[],
  parts: KnownParts,
): Promise<ReadonlyMap<string, Known | undefined>> => {
  const hosts = [...new Set(targets.flatMap(({ way, host }) => (way === 'agent' && host !== undefined ? host : [])))]
  const asked = new Map(
    await inPool(hosts, parts.jobs, async host => [host, await statusOf(host, parts.reach)] as const),
  )
  return new Map(
    targets.map(({ name, document, way, host = '' }) => [
      name,
      way === 'agent' ? knownTo(asked.get(host), name) : knownByEntry(parts.entries?.entryOf(document)),
    ]),
  )
}

const knownByEntry = (entry: ReturnType<Entries['entryOf']>): Known | undefined =>
  entry?.order === undefined ? undefined : { order: entry.order, isOver: entry.state === 'local' }

/** The order that was put down there, however it stands; where that was lost with the host, what the boot disk says. */
const knownTo = (status: Json | undefined, guest: string): Known | undefined => {
  const { reinstallations = [], report = null } = isMap(status) ? status : {}
  const { installations = null } = isMap(report) ? report : {}
  const onDisk = isMap(installations) ? installations[guest] : undefined
  const onHost = isList(reinstallations) ? reinstallations.find(one => isMap(one) && one.guest === guest) : undefined
  const order = isMap(onHost) ? onHost.order : isMap(onDisk) && onDisk.id
  if (typeof order !== 'string') return undefined
  return { order, isOver: isMap(onDisk) && onDisk.id === order && onDisk.state === 'over' }
}

const statusOf = async (host: string, reach: Reach): Promise<Json | undefined> => {
  try {
    return await withHost(reach, host, async remote => {
      const { report: status } = await askAgent(remote, ['status'], { signal: AbortSignal.timeout(short) })
      return status
    })
  } catch (error) {
    if (isHostFailure(error)) return undefined
    throw error
  }
}

/** Milliseconds for an answer. */
const short = 60_000

/** One that answers nobody is off where its controller says so. */
export const foundOn = async (
  machine: string,
  isHost: boolean,
  { reach, powerOf }: Pick<MachineParts, 'reach' | 'powerOf'>,
): Promise<Found> => {
  try {
    return await withHost(reach, machine, async remote => {
      if (!isHost) return { domains: [] }
      const { code, stdout, stderr } = await remote.exec(['xl', 'list'], { timeout: short })
      return code === 0
        ? { domains: parseList(stdout).map(domain => domain.name) }
        : { unknown: `xl list: exit code ${code}: ${stderr.trim()}`, isDenied: false }
    })
  } catch (error) {
    if (!isHostFailure(error)) throw error
    if (await isKnownOff(machine, powerOf)) return 'off'
    return { unknown: error.message, isDenied: error instanceof NotLetIn }
  }
}

const isKnownOff = async (machine: string, powerOf: MachineParts['powerOf']): Promise<boolean> => {
  try {
    return (await powerOf(machine)?.isOn()) === false
  } catch (error) {
    if (isHostFailure(error)) return false
    throw error
  }
}
