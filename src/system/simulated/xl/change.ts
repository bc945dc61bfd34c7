// What the simulated host's xl changes: create, config-update, destroy. A failure after the config was read is exit
// code 3 and leaves no domain.
import { type Answer, type Command, fail, notModelled, succeed } from '../answer.js'
import { isBlockDevice, kernelName } from '../devices.js'
import { readFile, removeFile, statFile, writeFile } from '../files.js'
import { clockOf, type Domain, identity, printUuid, type SimulatedState } from '../state.js'
import { type Disk, type DomainConfig, parseConfig } from './config.js'
import { findDomain, freeMemory, memoryOf, unknownDomain } from './list.js'

export const xlCreate: Command = (state, argv) => {
  const [, , file, ...more] = argv
  if (file === undefined || file.startsWith('-') || more.length > 0) throw notModelled(argv)
  const text = readFile(state, file)
  if (text === null) return fail(state, 3, `Failed to read config file: ${file}: No such file or directory`)
  const parsing = `Parsing config from ${file}`
  const parsed = parseConfig(file, text)
  if (!parsed.ok) return fail(state, 1, parsing, ...parsed.lines)
  const answer = createDomain(state, parsed.config)
  return { ...answer, stderr: `${parsing}\n${answer.stderr}` }
}

/** xl looks at names, not at uuids: two domains with one uuid run side by side. */
export const createDomain = (state: SimulatedState, config: DomainConfig): Answer => {
  if (config.name === 'Domain-0' || state.domains.some(other => other.config.name === config.name)) {
    return fail(state, 3, `libxl: error: Domain with name "${config.name}" already exists.`)
  }
  const missing = config.disks.find(({ target }) => !isThere(state, target))
  if (missing !== undefined) return fail(state, 3, missingDisk(missing))
  const roomy = balloon(state, memoryOf(config))
  if (roomy === undefined) {
    return fail(state, 3, 'libxl: error: xc_dom_boot_mem_init failed: Cannot allocate memory')
  }
  const shared = config.disks.find(disk => isTaken(state, disk))
  if (shared !== undefined) return fail(state, 3, ...takenDisk(state, shared))
  const [next, hex] = identity(roomy)
  const vifs = config.vifs.map((vif, index) => ({ mac: inventMac(hex, index), ...vif }))
  const uuid = config.uuid ?? printUuid(hex)
  const domain: Domain = { domid: next.counter, config: { ...config, uuid, vifs }, since: clockOf(next) }
  return succeed({ ...next, domains: [...next.domains, domain] })
}

export const missingDisk = ({ vdev, target }: Disk): string =>
  `libxl: error: Disk vdev=${vdev} failed to stat: ${target}: No such file or directory`

export const takenDisk = (state: SimulatedState, { target }: Disk): readonly string[] => [
  `libxl: error: script: Device ${kernelName(state, target)} is mounted in a guest domain,`,
  'and so cannot be mounted now.',
]

export const isThere = (state: SimulatedState, path: string): boolean =>
  isBlockDevice(state, path) || statFile(state, path)?.type === 'file'

/**
 * /etc/xen/scripts/block: a disk that another domain writes is not given away, nor for writing one that it reads. It is
 * not called for a file, which qemu serves (libxl__device_disk_set_backend).
 */
export const isTaken = (state: SimulatedState, disk: Disk): boolean =>
  isBlockDevice(state, disk.target) &&
  state.domains.some(({ config }) =>
    config.disks.some(
      other =>
        kernelName(state, other.target) === kernelName(state, disk.target) && (other.readwrite || disk.readwrite),
    ),
  )

/** Dom0 is never shrunk below this, in MiB (libxl's LIBXL_MIN_DOM0_MEM). */
const minimalDom0 = 128

/** Takes memory from dom0 where its own was not fixed by dom0_mem (xl.conf(5), autoballoon); undefined: not enough. */
export const balloon = (state: SimulatedState, needed: number): SimulatedState | undefined => {
  const lacking = needed - freeMemory(state)
  if (lacking <= 0) return state
  const dom0Memory = state.boot.dom0Memory - lacking
  const isFixed = state.boot.xen?.split(' ').some(option => option.startsWith('dom0_mem=')) ?? false
  if (isFixed || dom0Memory < minimalDom0) return undefined
  return { ...state, boot: { ...state.boot, dom0Memory } }
}

/** Xen's own prefix, as libxl does where none is written. */
export const inventMac = (hex: string, index: number): string => {
  const [a, b] = [hex.slice(0, 2), hex.slice(2, 4)]
  return `00:16:3e:${a}:${b}:${(index % 256).toString(16).padStart(2, '0')}`
}

const discouraged =
  'WARNING: xl now has better capability to manage domain configuration, avoid using this command when possible'

/** Keeps the text for the domain's own next reboot; what `xl list -l` shows does not change. */
export const xlConfigUpdate: Command = (state, argv) => {
  const [, , name = '', file = '', ...more] = argv
  if (more.length > 0 || file === '') throw notModelled(argv)
  const domain = findDomain(state, name)
  if (domain === undefined) return withWarning(unknownDomain(state, name))
  const text = readFile(state, file)
  if (text === null) {
    return withWarning(fail(state, 253, `Failed to read config file: ${file}: No such file or directory`))
  }
  const parsed = parseConfig(file, text)
  if (!parsed.ok) return withWarning(fail(state, 1, ...parsed.lines))
  const stored = writeFile(state, userdata(domain), text, 0o600)
  return withWarning(succeed(stored, `setting dom${domain.domid} configuration`))
}

const withWarning = (answer: Answer): Answer => ({ ...answer, stderr: `${discouraged}\n${answer.stderr}` })

export const xlDestroy: Command = (state, argv) => {
  const [, , name = '', ...more] = argv
  if (more.length > 0 || name.startsWith('-')) throw notModelled(argv)
  const domain = findDomain(state, name)
  return domain === undefined ? unknownDomain(state, name) : succeed(endDomain(state, domain))
}

export const endDomain = (state: SimulatedState, domain: Domain): SimulatedState => {
  const domains = state.domains.filter(other => other.domid !== domain.domid)
  return { ...removeFile(state, userdata(domain)), domains }
}

/** Where libxl keeps the text that the domain's next reboot is made from. */
export const userdata = ({ domid, config }: Domain): string => `/var/lib/xen/userdata-d.${domid}.${config.uuid}.xl`
