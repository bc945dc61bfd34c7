// The simulated host against recordings of a real one (record.ts): the same calls, one after the other, give the same
// exit codes and the same answers in every field that a component reads.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseLinks, parseRoutes } from '../../components/network/ip-json.js'
import type { ExecResult, Stat } from '../../src/model/system.js'
import { perform, type RecordedCall } from '../../src/system/recorded.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { ownLinks } from './network-scenario.js'

type Recording = { readonly versions: string; readonly calls: readonly RecordedCall[] }

const load = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`recordings/${name}.json`, import.meta.url), 'utf8')) as Recording

const disk = 256 * 1024 ** 2
const largeDisk = 8 * 1024 ** 3

/** A simulated host with the lab's memory and with nothing but the disks that the recordings use. */
const labHost = async (size: number): Promise<SimulatedSystem> => {
  const devices = ['/dev/ram0', '/dev/ram1'].map(path => ({ path, size, serial: null }))
  const system = new SimulatedSystem(blankHost({ hostname: 'xenhost', memory: 2047, devices }))
  await system.write('/etc/default/grub.d/dom0.cfg', 'GRUB_CMDLINE_XEN="dom0_mem=1024M,max:1024M"\n', 0o644)
  await system.exec(['update-grub'], { effect: 'change' })
  system.reboot()
  return system
}

/** What a recording of a host with other guests and groups, other uuids and numbers has in common with this one. */
const normal = (call: RecordedCall, answer: unknown): unknown => {
  if (call.call === 'stat') return withoutNumber(answer as Stat | null)
  if (call.call !== 'exec') return answer
  const { code, stdout, stderr } = answer as ExecResult
  const command = call.argv.filter(word => !word.startsWith('--')).join(' ')
  if (/^xl list -l|^xl list .*-l/.test(command)) return { code, domains: ownDomains(stdout) }
  if (command.startsWith('xl list')) return { code, rows: ownRows(stdout) }
  if (command === 'xl info') return { code, ...total(stdout) }
  // libxl's own words vary with its internals: the exit code is what counts.
  if (/(^| )xl /.test(command)) return { code }
  if (/^lvm /.test(command)) return { code, rows: ownReport(stdout), stderr }
  return { code, stdout: anonymous(parsed(stdout)), stderr: anonymous(stderr) }
}

/** The same of the network: what components/network reads of it, of the recording's own interfaces. */
const normalNetwork = (call: RecordedCall, answer: unknown): unknown => {
  if (call.call !== 'exec') return answer
  const { code, stdout, stderr } = answer as ExecResult
  const command = call.argv.join(' ')
  const isOwn = (name: unknown): boolean => ownLinks.includes(String(name))
  if (command.startsWith('ip -json -details')) {
    // Of the card alone the MAC is not the recording's.
    const links = [...parseLinks(stdout)].filter(([name]) => isOwn(name))
    return {
      code,
      links: links.map(([name, { mac, ...link }]) => (name === 'sysbr0' ? { name, mac, ...link } : { name, ...link })),
    }
  }
  if (command.startsWith('ip -json')) return { code, routes: parseRoutes(stdout).filter(({ link }) => isOwn(link)) }
  if (command.startsWith('networkctl --json')) {
    const { Interfaces } = JSON.parse(stdout) as { Interfaces: { Name: string; AdministrativeState: string }[] }
    const own = Interfaces.filter(({ Name }) => isOwn(Name))
    return { code, own: own.map(({ Name, AdministrativeState: is }) => ({ Name, isManaged: is !== 'unmanaged' })) }
  }
  // Only asked whether it succeeds.
  return command.startsWith('ping') || code === 0 ? { code } : { code, stderr }
}

/** The device mapper's numbers have one digit or two. */
const withoutNumber = (stat: Stat | null): unknown =>
  stat?.type === 'link' ? anonymous({ ...stat, size: 'some' }) : stat

const parsed = (text: string): unknown => (/^\s*[[{]/.test(text) ? JSON.parse(text) : text)

/** uuids and the device mapper's numbers; whether there is one stays visible. */
const anonymous = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replace(/[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}/g, 'UUID')
      .replace(/dm-\d+/g, 'dm-N'),
  )

const ownReport = (stdout: string): unknown => {
  const { report } = JSON.parse(stdout) as { report: Record<string, Record<string, string>[]>[] }
  const rows = report.flatMap(part => Object.values(part).flat())
  const own = rows.filter(row => row.vg_name === 'sysvg' || row.pv_name?.startsWith('/dev/ram') === true)
  // A volume has a row for each of its segments. How much metadata the kernel takes for what is its own affair.
  const texts = own.map(row => JSON.stringify(anonymous(row)).replace(/("metadata_percent":)"[\d.]+"/, '$1"some"'))
  // LVM sorts segments by the uuids of their volumes.
  return [...new Set(texts)].sort().map(text => JSON.parse(text))
}

type ListedDomain = { readonly config: { readonly c_info: { readonly name: string } } }

const ownDomains = (stdout: string): unknown => {
  if (stdout === '') return stdout
  const domains = JSON.parse(stdout) as ListedDomain[]
  return domains.filter(({ config }) => /^(sys|Domain-0)/.test(config.c_info.name)).map(({ config }) => config)
}

const ownRows = (stdout: string): unknown =>
  stdout
    .split('\n')
    .map(line => line.split(/\s+/))
    .filter(([name = '']) => /^(sys|Domain-0|Name)/.test(name))
    .map(([name, _id, memory, vcpus]) => ({ name, memory, vcpus }))

const total = (stdout: string): object => ({
  total: /^total_memory +: (\d+)$/m.exec(stdout)?.[1],
  version: /^xen_version +: (.*)$/m.exec(stdout)?.[1],
})

const free = (answer: unknown): number => Number(/^free_memory +: (\d+)$/m.exec((answer as ExecResult).stdout)?.[1])

const nameOf = (call: RecordedCall): string =>
  call.call === 'exec' ? call.argv.join(' ') : `${call.call} ${'path' in call ? call.path : ''}`

const scenarios = { lvm: disk, xl: disk, files: disk, thin: largeDisk, 'full-group': largeDisk }

for (const [name, size] of Object.entries(scenarios)) {
  t.test(`the simulated host answers as the real one did: ${name}`, async t => {
    const system = await labHost(size)
    if (name === 'xl') await system.exec(['vgcreate', 'sysvg', '/dev/ram0'], { effect: 'change' })
    const { calls } = load(name)
    const freed: { readonly real: number; readonly simulated: number }[] = []
    for (const [index, call] of calls.entries()) {
      const answer = await perform(system, call)
      t.same(normal(call, answer), normal(call, call.answer), `${index}: ${nameOf(call)}`)
      if (nameOf(call) === 'xl info') freed.push({ real: free(call.answer), simulated: free(answer) })
    }
    for (const { real, simulated } of freed) {
      const [first = { real: 0, simulated: 0 }] = freed
      const difference = real - first.real - (simulated - first.simulated)
      t.ok(Math.abs(difference) <= 2, `free memory changes as for real, to 2 MiB: ${real}, ${simulated}`)
    }
  })
}

t.test('the simulated host answers as the real one did: network', async t => {
  const system = await labHost(disk)
  await system.mkdir('/run/systemd/netif', 0o755)
  for (const [index, call] of load('network').calls.entries()) {
    const answer = await perform(system, call)
    t.same(normalNetwork(call, answer), normalNetwork(call, call.answer), `${index}: ${nameOf(call)}`)
  }
})

t.test('the simulated host answers as the real one did: grub', async t => {
  const { calls } = load('grub')
  const system = new SimulatedSystem(blankHost({ hostname: null, memory: 2047, devices: [] }))
  for (const call of calls) {
    const isDefault = call.call === 'read' && call.path.startsWith('/etc/default/grub')
    if (isDefault) await system.write(call.path, String(call.answer), 0o644)
  }
  for (const call of calls) {
    const answer = await perform(system, call)
    if (call.call === 'exec') t.equal((answer as ExecResult).code, (call.answer as ExecResult).code, nameOf(call))
    if (nameOf(call) === 'read /boot/grub/grub.cfg') t.same(choosing(answer), choosing(call.answer), nameOf(call))
  }
  const xenCommandLine = /^xen_commandline +: (.*)$/m
  const info = calls.find(call => nameOf(call) === 'xl info')?.answer as ExecResult
  const linux = calls.find(call => call.call === 'read' && call.path === '/proc/cmdline')?.answer
  await system.write('/etc/default/grub.d/zz.cfg', 'GRUB_DEFAULT="Debian GNU/Linux, with Xen hypervisor"\n', 0o644)
  await system.exec(['update-grub'], { effect: 'change' })
  system.reboot()
  t.equal(system.state.boot.xen, xenCommandLine.exec(info.stdout)?.[1], 'the command line of the booted hypervisor')
  t.equal(await system.read('/proc/cmdline'), linux, 'and of its dom0')
})

/** Titles, ids, defaults, timeouts and command lines, with the braces that nest them. */
const choosing = (config: unknown): readonly string[] =>
  String(config)
    .split('\n')
    .filter(line => /^\s*(menuentry|submenu|multiboot2|module2|linux|initrd|set default|set timeout=|\})/.test(line))
    .filter(line => !/^\}$/.test(line))
    .map(line => line.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'))
