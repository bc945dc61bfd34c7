// What a host's domains and dom0 may take together, beside the memory that the host has. Part of check-site.ts; pure.
import type { Place, SiteFault } from '../../../src/model/component.js'
import { isList, isMap } from '../../../src/model/json.js'
import { MiB, printSizesAlike } from '../../../src/model/quantity.js'
import { dom0Memory } from '../dom0.js'
import type { Domain } from '../domain.js'
import { type Host, placeIn } from '../host.js'

/** Blames the first domain in start order that does not fit. One that is to be stopped takes nothing. */
export const checkMemory = (host: Host): readonly SiteFault[] => {
  const has = memoryOf(host)
  if (has === undefined || host.mayOvercommit) return []
  const domains = host.domains.filter(({ ensure }) => ensure === 'running')
  const dom0 = dom0Memory(host.get)
  const sums = domains.map((_, index) => sum(domains.slice(0, index + 1).map(needOf)))
  const blamed = domains[sums.findIndex(need => need + (dom0 ?? 0) > has)]
  if (blamed === undefined) return []
  const [need, ofDom0, all] = printSizesAlike(bytesOf(sums.at(-1) ?? 0), bytesOf(dom0 ?? 0), bytesOf(has))
  const taken = `its domains take ${need} with Xen's overhead`
  const kept = dom0 === undefined ? '' : ` and dom0 ${ofDom0}`
  const message = `no memory is left for ${blamed.key} on ${host.name}: ${taken}${kept}, of ${all}`
  const hint = 'less memory, or `overcommit: true` in /software/components/xen'
  const other: Place = { machine: host.name, pointer: '/hardware/ram' }
  return [{ code: 'overcommitted', message, hint, ...placeOfMemory(host, blamed), other }]
}

const placeOfMemory = (host: Host, domain: Domain): Place =>
  placeIn(host, domain, 'options', domain.options.maxmem === undefined ? 'memory' : 'maxmem')

/** MiB; undefined where the host declares no memory. */
export const memoryOf = ({ get }: Host): number | undefined => {
  const modules = get('/hardware/ram')
  const sizes = (isList(modules) ? modules : []).map(module => (isMap(module) ? Number(module.size) : 0))
  return sizes.length === 0 ? undefined : sum(sizes)
}

/**
 * MiB: the most that the guest can be given, and what Xen keeps for it: 1 MiB for each vcpu and 8 KiB for each MiB
 * (libxl_get_required_shadow_memory).
 */
export const needOf = ({ options: { memory, maxmem = memory, vcpus = 1, maxvcpus = vcpus } }: Domain): number =>
  maxmem + maxvcpus + (maxmem * 8) / 1024

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const bytesOf = (mebibytes: number): number => Math.ceil(mebibytes) * MiB
