// Compares a declared domain with what the real xl made of the config that was printed for it, field by field and in
// both directions: nothing may be missing, and nothing may be there that was not declared.
import type { Disk, Domain, Vif } from '../../components/xen/desired.js'
import { byCodeUnit, canonicalJson, isList, isMap, type Json, type JsonMap } from '../../src/model/json.js'
import { counted, type Fields, rules } from './xl-fields.js'

/** xl's own, whatever the config says; on_reboot and on_soft_reset are its defaults. */
const constant: Fields = { 'c_info/run_hotplug_scripts': 'True', 'b_info/claim_mode': 'True' }
const defaults: JsonMap = { vcpus: 1, on_reboot: 'restart', on_soft_reset: 'soft-reset' }

/**
 * One line for each field that differs; empty where xl understood exactly what was declared. `name` is the domain's key
 * in the document, `parsed` is `config` of xl-check's answer.
 */
export const xlDifferences = (name: string, domain: Domain, parsed: JsonMap): readonly string[] => {
  const expected = expectedFields(name, domain)
  const found = foundFields(parsed)
  const places = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort(byCodeUnit)
  return places
    .filter(place => canonicalJson(expected[place] ?? null) !== canonicalJson(found[place] ?? null))
    .map(place => `${place}: declared ${JSON.stringify(expected[place])}, parsed ${JSON.stringify(found[place])}`)
}

const expectedFields = (name: string, { options: declared, disks = {}, vifs = {} }: Domain): Fields => {
  const options = { ...defaults, name, ...(declared as unknown as JsonMap) }
  const fields = Object.entries(options).map(([option, value]) => {
    const rule = rules[option]
    if (rule === undefined) throw new Error(`no rule says where xl puts ${option}`)
    return rule(value, options)
  })
  const e820: Fields = declared.type === 'pv' && declared.pci !== undefined ? { 'b_info/TYPE/e820_host': 'True' } : {}
  return Object.assign({}, constant, e820, ...fields, diskFields(disks), vifFields(vifs)) as Fields
}

/** By vdev, for the order of disks means nothing to the guest. */
const diskFields = (disks: Readonly<Record<string, Disk>>): Fields =>
  Object.fromEntries(
    Object.entries(disks).map(([vdev, disk]) => [
      `disk ${vdev}`,
      { path: diskPath(disk), format: formatOf(disk), readwrite: disk.access === 'ro' ? 0 : 1 },
    ]),
  )

const formatOf = (disk: Disk): string => (disk.type === 'file' ? disk.format : undefined) ?? 'raw'

const diskPath = (disk: Disk): string => {
  switch (disk.type) {
    case 'file':
      return disk.path
    case 'lvm':
      return `/dev/${disk.group}/${disk.volume}`
    case 'phy':
      return disk.device
  }
}

/** By MAC, with the number that the guest sees: the place of its name among all names. */
const vifFields = (vifs: Readonly<Record<string, Vif>>): Fields =>
  Object.fromEntries(
    Object.entries(vifs)
      .sort(([a], [b]) => new Intl.Collator('en', { numeric: true }).compare(a, b))
      .map(([, vif], devid) => [`vif ${vif.mac.toLowerCase()}`, { devid, ...nicOf(vif) }]),
  )

const nicOf = ({ mac, vifname, type, trusted, backend, rate, ...same }: Vif): JsonMap => ({
  ...same,
  mac: mac.toLowerCase(),
  ...(vifname === undefined ? {} : { ifname: vifname }),
  ...(type === undefined ? {} : { nictype: type === 'ioemu' ? 'vif_ioemu' : type }),
  ...(trusted === undefined ? {} : { trusted: trusted ? 'True' : 'False' }),
  ...(backend === undefined ? {} : { backend_domname: backend }),
  ...(rate === undefined ? {} : rateOf(rate)),
})

/** `10Mb/s@20ms`: bits or bytes in powers of 1000, in an interval of 50 ms where none is given. */
const rateOf = (rate: string): JsonMap => {
  const [, amount, prefix = '', unit, interval = '50', time = 'ms'] =
    /^(\d+)([GMK]?)([Bb])\/s(?:@(\d+)(ms|us|s))?$/.exec(rate) ?? []
  const perSecond = (Number(amount) * 1000 ** ['', 'K', 'M', 'G'].indexOf(prefix)) / (unit === 'b' ? 8 : 1)
  const microseconds = Number(interval) * 1000 ** ['us', 'ms', 's'].indexOf(time)
  return { rate_bytes_per_interval: (perSecond * microseconds) / 1e6, rate_interval_usecs: microseconds }
}

const foundFields = (parsed: JsonMap): Fields => {
  const { disks = [], nics = [], ...rest } = parsed
  return { ...flatten(rest, []), ...foundDisks(disks), ...foundVifs(nics) }
}

const foundDisks = (disks: Json): Fields =>
  Object.fromEntries(
    (disks as readonly JsonMap[]).map(({ vdev, pdev_path: path = null, format = null, readwrite = 0, ...others }) => [
      `disk ${vdev}`,
      { path, format, readwrite, ...others },
    ]),
  )

const foundVifs = (nics: Json): Fields =>
  Object.fromEntries((nics as readonly JsonMap[]).map(nic => [`vif ${nic.mac}`, nic]))

/** Empty maps and lists say nothing. */
const flatten = (value: Json, path: readonly string[]): Fields => {
  const place = path.map(key => (/^type\.(pv|pvh|hvm)$/.test(key) ? 'TYPE' : key)).join('/')
  if (isList(value) && counted.includes(place)) return value.length === 0 ? {} : { [`${place}#`]: value.length }
  if (!isList(value) && !isMap(value)) return { [place]: value }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, item]) => flatten(item as Json, [...path, key])),
  ) as Fields
}
