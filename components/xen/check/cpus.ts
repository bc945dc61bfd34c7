// What the CPUs of a host can be asked for: a domain's pins, and as many vcpus as may run at once. Part of check-site.ts;
// pure.
import type { Place, SiteFault } from '../../../src/model/component.js'
import { isList, isMap } from '../../../src/model/json.js'
import { dom0Vcpus, dom0VcpusPointer } from '../dom0.js'
import type { Domain } from '../domain.js'
import { type Host, placeIn } from '../host.js'

/** A machine's profile says its cores; of x86, a core has two threads at most, and each of them is a CPU to Xen. */
const mostThreads = 2

/** Nothing is told of a host that does not say the cores of each of its processors. */
export const checkCpus = (host: Host): readonly SiteFault[] => {
  const cores = coresOf(host)
  if (cores === undefined) return []
  const domains = host.domains.filter(({ ensure }) => ensure !== 'absent')
  return [
    ...domains.flatMap(domain => checkPins(host, domain, cores)),
    ...(host.mayOvercommit ? [] : checkVcpus(host, domains, cores)),
  ]
}

const coresOf = ({ get }: Host): number | undefined => {
  const processors = get('/hardware/cpu')
  const cores = (isList(processors) ? processors : []).map(one => (isMap(one) ? one.cores : undefined))
  const known = cores.filter(count => typeof count === 'number')
  return known.length === 0 || known.length < cores.length ? undefined : known.reduce((sum, count) => sum + count, 0)
}

/**
 * Xen refuses a vcpu whose CPUs are all missing, and `xl create` fails; where one of them is there, it takes that in
 * silence: `2-255` is right on any host. xl ignores what is said of vcpus beyond maxvcpus.
 */
const checkPins = (host: Host, domain: Domain, cores: number): readonly SiteFault[] => {
  const { cpus = [], vcpus = 1, maxvcpus = vcpus } = domain.options
  const lists =
    typeof cpus === 'string'
      ? [{ list: cpus, whose: domain.key, place: [] }]
      : cpus
          .slice(0, maxvcpus)
          .map((list, vcpu) => ({ list, whose: `vcpu ${vcpu} of ${domain.key}`, place: [String(vcpu)] }))
  const most = cores * mostThreads
  return lists.flatMap(({ list, whose, place }): readonly SiteFault[] => {
    const lowest = lowestIn(list)
    if (lowest === undefined || lowest < most) return []
    const has = `CPUs 0 to ${most - 1} at most: ${threadsOf(cores)}`
    const message = `${whose} may only use CPUs ${list} of ${host.name}, which has ${has}`
    return [
      { code: 'contradiction', message, ...placeIn(host, domain, 'options', 'cpus', ...place), other: coresAt(host) },
    ]
  })
}

/** Xen runs them all the same, in turn: a guest with more than there are CPUs is slower than one with less. */
const checkVcpus = (host: Host, domains: readonly Domain[], cores: number): readonly SiteFault[] => {
  const all = [
    { name: 'dom0', vcpus: dom0Vcpus(host.get), place: { machine: host.name, pointer: dom0VcpusPointer } },
    ...domains.map(domain => ({
      name: domain.key,
      vcpus: domain.options.vcpus ?? 1,
      place: placeIn(host, domain, 'options', 'vcpus'),
    })),
  ]
  const most = cores * mostThreads
  return all.flatMap(({ name, vcpus, place }): readonly SiteFault[] => {
    if (vcpus <= most) return []
    const message = `${name} has ${vcpus} vcpus on ${host.name}, which has ${most} CPUs at most: ${threadsOf(cores)}`
    const hint = 'fewer vcpus, or `overcommit: true` in /software/components/xen'
    return [{ code: 'advice', message, hint, ...place, other: coresAt(host) }]
  })
}

const threadsOf = (cores: number): string => `two threads for each of ${cores} ${cores === 1 ? 'core' : 'cores'}`
const coresAt = ({ name }: Host): Place => ({ machine: name, pointer: '/hardware/cpu' })

type Part = { readonly isTakenOut: boolean; readonly from: number; readonly to: number }

/**
 * The lowest CPU of a list as xl.cfg(5) has it (`0-3,5,^1`), whose parts count in their order. Undefined where it has none,
 * and where only the host can tell: `all`, a NUMA node, what xl cannot read.
 */
const lowestIn = (list: string): number | undefined => {
  const parts: Part[] = []
  // What is taken out with a node leaves no lower one than there was.
  for (const text of list.split(',').filter(part => part !== '' && !/^\^nodes?:/.test(part))) {
    const [, not, from, to = from] = /^(\^?)\s*(\d+)(?:-\s*(\d+))?$/.exec(text) ?? []
    if (from === undefined) return undefined
    parts.push({ isTakenOut: not === '^', from: Number(from), to: Number(to) })
  }
  const isIn = (cpu: number): boolean =>
    parts.findLast(({ from, to }) => from <= cpu && cpu <= to)?.isTakenOut === false
  // Where a part begins, or where one that is taken out has ended.
  const lowest = Math.min(...parts.map(({ isTakenOut, from, to }) => (isTakenOut ? to + 1 : from)).filter(isIn))
  return lowest === Infinity ? undefined : lowest
}
