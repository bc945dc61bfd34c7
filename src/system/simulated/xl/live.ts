// What the simulated host's xl changes of a running domain: its memory target, vCPUs, weight, and further devices. A
// guest follows at once, unless it is deaf. Refusals end with 1.
import { type Answer, type Command, fail, notModelled, succeed } from '../answer.js'
import type { Domain, SimulatedState } from '../state.js'
import { balloon, inventMac, isTaken, isThere, missingDisk, takenDisk } from './change.js'
import { type DomainConfig, parseDisk, parseVif } from './config.js'
import { findDomain, maxVcpus, unknownDomain } from './list.js'

/** A command about one domain: what it makes of the arguments after the domain's name. */
const onDomain =
  (
    work: (state: SimulatedState, domain: Domain, rest: readonly string[], argv: readonly string[]) => Answer,
  ): Command =>
  (state, argv) => {
    const words = argv.slice(2).filter(word => word !== '--ignore-host')
    const [name = '', ...rest] = words[0] === '-d' ? words.slice(1) : words
    const domain = findDomain(state, name)
    return domain === undefined ? unknownDomain(state, name) : work(state, domain, rest, argv)
  }

const become = (state: SimulatedState, domain: Domain): SimulatedState => ({
  ...state,
  domains: state.domains.map(other => (other.domid === domain.domid ? domain : other)),
})

const changed = (state: SimulatedState, domain: Domain, config: Partial<DomainConfig>): SimulatedState =>
  become(state, { ...domain, config: { ...domain.config, ...config } })

/** `xl mem-set NAME 256m`: up to what the domain was made with (static-max). */
export const xlMemSet: Command = onDomain((state, domain, [size = ''], argv) => {
  const memory = Number(/^(\d+)m?$/.exec(size)?.[1] ?? Number.NaN)
  if (Number.isNaN(memory)) throw notModelled(argv)
  const { config, used = config.memory } = domain
  if (memory > config.maxmem) {
    const reason = 'memory_dynamic_max must be less than or equal to memory_static_max'
    return fail(state, 1, `libxl: error: Domain ${domain.domid}:${reason}`)
  }
  if (domain.isDeaf) return succeed(become(state, { ...domain, used, config: { ...config, memory } }))
  const roomy = balloon(state, memory - used)
  const { used: _used, ...follower } = domain
  if (roomy !== undefined) return succeed(changed(roomy, follower, { memory }))
  return succeed(become(state, { ...domain, used, config: { ...config, memory } }))
})

export const xlVcpuSet: Command = onDomain((state, domain, [count = ''], argv) => {
  const vcpus = Number(count)
  if (!Number.isInteger(vcpus) || vcpus < 1 || !argv.includes('--ignore-host')) throw notModelled(argv)
  const most = maxVcpus(domain.config)
  if (vcpus <= most) return succeed(changed(state, domain, { vcpus, maxvcpus: most }))
  return fail(state, 1, `libxl: error: Domain ${domain.domid}:Requested ${vcpus} VCPUs, however maxcpus is ${most}!`)
})

/** `xl sched-credit2 -d NAME -w 512 -c 50` */
export const xlSchedCredit2: Command = onDomain((state, domain, rest, argv) => {
  const [, weight, cap] = /^-w (\d+) -c (\d+)$/.exec(rest.join(' ')) ?? []
  if (weight === undefined || cap === undefined) throw notModelled(argv)
  return succeed(changed(state, domain, { weight: Number(weight), cap: Number(cap) }))
})

/** `xl block-attach NAME format=raw,vdev=xvdb,access=rw,target=/dev/vg0/data` */
export const xlBlockAttach: Command = onDomain((state, domain, [written = '', ...more], argv) => {
  const disk = parseDisk(written)
  if (disk === undefined || more.length > 0) throw notModelled(argv)
  const { disks } = domain.config
  if (disks.some(({ vdev }) => vdev === disk.vdev)) {
    return fail(state, 1, `libxl: error: Domain ${domain.domid}:device already exists in xenstore`)
  }
  if (!isThere(state, disk.target)) return fail(state, 1, missingDisk(disk))
  if (isTaken(state, disk)) return fail(state, 1, ...takenDisk(state, disk))
  return succeed(changed(state, domain, { disks: [...disks, disk] }))
})

/** `xl network-attach NAME mac=00:16:3e:00:00:01 bridge=xenbr0`: xl looks at no other vif's MAC. */
export const xlNetworkAttach: Command = onDomain((state, domain, words) => {
  const { uuid, vifs } = domain.config
  const vif = { mac: inventMac(uuid ?? '', vifs.length), ...parseVif(words.join(',')) }
  return succeed(changed(state, domain, { vifs: [...vifs, vif] }))
})
