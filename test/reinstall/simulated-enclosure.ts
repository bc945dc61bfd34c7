// An enclosure of simulated machines and a real provisioner: a host with its agent, which boots what its entry says, and
// its guests, of which one is installed by the agent and one by the provisioner. The tool may be killed at any point.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { components } from '../../components/index.js'
import type { LVMVolumes } from '../../components/lvm/desired.js'
import type { Domain } from '../../components/xen/desired.js'
import { DocumentRejected } from '../../src/agent/document-rejected.js'
import { bringUp, downCode, takeDown, upCode } from '../../src/agent/intervene.js'
import { reinstallGuest } from '../../src/agent/reinstall.js'
import type { Report } from '../../src/agent/report.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import { readStatus } from '../../src/agent/status.js'
import { carryOut, type StepResult } from '../../src/intervene/carry-out.js'
import { stopsOf } from '../../src/intervene/guests.js'
import type { Power } from '../../src/intervene/ipmi.js'
import type { MachineParts } from '../../src/intervene/machine.js'
import { createWork as createInterventionWork } from '../../src/intervene/work.js'
import type { Document } from '../../src/model/document.js'
import { validityFrom } from '../../src/model/reinstallation.js'
import type { ExecResult, System } from '../../src/model/system.js'
import { recordedEntry } from '../../src/provision/netboot/record.js'
import { type Entries, entriesBelow } from '../../src/reinstall/entries.js'
import { knownOrders } from '../../src/reinstall/known.js'
import { type Standing, standingOrder } from '../../src/reinstall/order.js'
import { planReinstallation, type Step } from '../../src/reinstall/plan.js'
import type { Target } from '../../src/reinstall/target.js'
import { createWork } from '../../src/reinstall/work.js'
import { HostKeyRefused, HostUnreachable, NotLetIn, type Reach, type RemoteHost } from '../../src/remote/remote-host.js'
import { faulty } from '../../src/system/faulty.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../src/system/simulated/state.js'
import { guest } from '../components/xen/host.js'
import { runRequest } from '../fixtures/run-request.js'
import { startServing } from '../fixtures/serving.js'
import { ui } from '../fixtures/ui-to-install.js'

const noon = new Date('2026-11-28T12:00:00Z')
const day = 24 * 60 * 60 * 1000
const state = '/var/lib/xenclosure'

const onVolume = (volume: string): NonNullable<Domain['disks']> => ({ xvda: { type: 'lvm', group: 'vg', volume } })
const domains: { readonly [key: string]: Domain } = {
  a: { ...guest(1), disks: onVolume('a'), install_options: { kernel: '/srv/install/vmlinux' } },
  net: { ...guest(2, { needs: ['a'] }), disks: onVolume('net') },
  other: { ...guest(3), disks: onVolume('other') },
}
const lvm: LVMVolumes = {
  groups: {
    vg: { devices: [{ path: '/dev/sdb' }], volumes: { a: { size: 64 }, net: { size: 64 }, other: { size: 64 } } },
  },
}

const booting = (name: string, mac: string, more: object = {}): Document =>
  ({
    ...ui(),
    name,
    hardware: { ...ui().hardware, cards: { nic: { eth0: { hwaddr: mac, boot: true } } } },
    ...more,
  }) as unknown as Document

export const documents: ReadonlyMap<string, Document> = new Map([
  ['h', booting('h', '00:16:3e:00:01:01', { software: { components: { lvm, xen: { domains } } } })],
  ['net', booting('net', '00:16:3e:00:01:02')],
])
const documentOf = (name: string): Document => documents.get(name) ?? ({ name } as unknown as Document)

const everything: readonly Target[] = [
  { name: 'h', document: documentOf('h'), way: 'provisioner', guests: ['a', 'net', 'other'] },
  { name: 'a', document: documentOf('a'), way: 'agent', host: 'h' },
  { name: 'net', document: documentOf('net'), way: 'provisioner', host: 'h' },
]

export type Enclosure = {
  system: SimulatedSystem
  isOn: boolean
  /** The host has another ssh host key than is known. */
  hasNewKey: boolean
  /** The host does not let us in. */
  isDenied: boolean
  /** The installer of the host is at work, and answers nobody. */
  isInstalling: boolean
  /** How often each machine was installed. */
  readonly installed: { [machine: string]: number }
  /** So many changes of the agent, commands and entries are done yet; then the tool is dead. */
  killAfter: number
  clock: number
  /** What the host's agent was told of `--within`, in seconds. */
  readonly within: string[]
  readonly root: string
  readonly url: string
  readonly source: string
}

let hosts = 0
const hostOf = (state: SimulatedState): SimulatedSystem => {
  hosts += 1
  return new SimulatedSystem(state, { label: `an enclosure of ${process.pid}: ${hosts}` })
}

const requestOn = (system: System, source?: string): RunRequest =>
  runRequest({ system, components, sources: source === undefined ? [] : [source] })

const blank = blankHost({
  hostname: 'h',
  memory: 4096,
  devices: [{ path: '/dev/sdb', size: 1024 ** 3, serial: null }],
})

/** All guests run; everything was there before anybody spoke of installing. */
export const startEnclosure = async (t: Test): Promise<Enclosure> => {
  const dir = t.testdir({ tftp: {}, documents: {} })
  for (const [name, document] of documents)
    writeFileSync(join(dir, 'documents', `${name}.json`), JSON.stringify(document))
  const root = join(dir, 'tftp')
  mkdirSync(join(root, 'pxelinux.cfg'))
  const templates = (): never => {
    throw new Error('bug: no kickstart file is asked for')
  }
  const { url } = await startServing(t, {
    documents: join(dir, 'documents'),
    installations: { netboot: root, templates },
  })
  const source = join(dir, 'h.json')
  writeFileSync(source, JSON.stringify({ name: 'h', software: { components: { lvm, xen: { domains } } } }))
  converged ??= await runAtFirst(source)
  return {
    ...{
      system: hostOf(converged),
      isOn: true,
      isInstalling: false,
      hasNewKey: false,
      isDenied: false,
      installed: {},
      clock: 0,
      within: [],
    },
    ...{ killAfter: Number.POSITIVE_INFINITY, root, url, source },
  }
}

let converged: SimulatedState | undefined

const runAtFirst = async (source: string): Promise<SimulatedState> => {
  const system = hostOf(blank)
  await run(requestOn(system, source))
  system.elapse(600)
  return system.state
}

export const domidOf = ({ system }: Enclosure, name: string): number | undefined =>
  system.state.domains.find(({ config }) => config.name === name)?.domid

const boot = (enclosure: Enclosure): void => {
  enclosure.isOn = true
  enclosure.isInstalling = recordedEntry(documentOf('h'), enclosure.root)?.state === 'install'
  enclosure.system.reboot()
}

const tellInstalled = async ({ root, url, installed }: Enclosure, name: string): Promise<void> => {
  const token = recordedEntry(documentOf(name), root)?.installation?.token ?? ''
  const { status } = await fetch(`${url}/installed/${name}`, { method: 'POST', body: token })
  if (status !== 200) throw new Error(`${name} is told: ${status}`)
  installed[name] = (installed[name] ?? 0) + 1
}

/** What the machines do while somebody waits: each installer that is at work comes to its end. */
const letTimePass = async (enclosure: Enclosure): Promise<void> => {
  if (enclosure.isInstalling) {
    await tellInstalled(enclosure, 'h')
    // Its own disk is new; that of its guests is as it was.
    const { groups, contents = {}, devices } = enclosure.system.state
    enclosure.system = hostOf({ ...blank, groups, contents, devices })
    enclosure.isInstalling = false
    enclosure.isOn = true
    await run(requestOn(enclosure.system, enclosure.source))
  }
  const { system, root } = enclosure
  if (system.state.domains.some(({ config }) => config.name === 'a' && config.onReboot === 'preserve')) {
    if (system.state.domains.some(({ config, phase }) => config.name === 'a' && phase === undefined)) {
      enclosure.installed.a = (enclosure.installed.a ?? 0) + 1
      system.guest('a', 'reboot')
    }
  }
  if (domidOf(enclosure, 'net') !== undefined && recordedEntry(documentOf('net'), root)?.state === 'install')
    await tellInstalled(enclosure, 'net')
}

class ToolKilled extends Error {
  override readonly name = 'ToolKilled'
}

const countOne = (enclosure: Enclosure): void => {
  if (enclosure.killAfter <= 0) throw new ToolKilled()
  enclosure.killAfter -= 1
}

const answer = (code: number, stdout = ''): ExecResult => ({ code, stdout, stderr: '' })

const reachIn =
  (enclosure: Enclosure): Reach =>
  async name => {
    countOne(enclosure)
    if (!enclosure.isOn || enclosure.isInstalling) throw new HostUnreachable(`${name}: connection refused`)
    if (enclosure.isDenied) throw new NotLetIn(`${name}: it accepts none of our keys`)
    if (enclosure.hasNewKey) throw new HostKeyRefused(`${name}: its key is another than that at known_hosts:1`)
    return remoteHost(name, enclosure)
  }

const remoteHost = (name: string, enclosure: Enclosure): RemoteHost => ({
  name,
  exec: async argv => {
    countOne(enclosure)
    switch (argv.join(' ')) {
      case 'systemctl poweroff':
        enclosure.isOn = false
        return answer(0)
      case 'systemctl reboot':
        boot(enclosure)
        return answer(0)
      default:
        return argv[0] === 'xl' ? enclosure.system.exec(argv, { effect: 'observe' }) : answer(0)
    }
  },
  agent: async ([verb = '', ...options]) => {
    countOne(enclosure)
    if (verb === 'reinstall') enclosure.within.push(options[options.indexOf('--within') + 1] ?? '')
    const { system } = enclosure
    if (verb === 'status') return answer(0, JSON.stringify(await readStatus(system, state, noon)))
    const dying = Number.isFinite(enclosure.killAfter) ? faulty(system, { killAfter: enclosure.killAfter }) : system
    try {
      const [report, code] = await runVerb(verb, options, requestOn(dying))
      return answer(code, JSON.stringify(report))
    } catch (error) {
      if (error instanceof DocumentRejected) return answer(2)
      throw error
    }
  },
  put: async () => undefined,
  close: async () => undefined,
})

const runVerb = async (
  verb: string,
  [guest = '', , order = '']: readonly string[],
  request: RunRequest,
): Promise<readonly [Report, number]> => {
  switch (verb) {
    case 'down': {
      const report = await takeDown(request, { reason: null, limit: null, limits: {}, onTimeout: null })
      return [report, downCode(report)]
    }
    case 'up': {
      const report = await bringUp(request)
      return [report, upCode(report)]
    }
    default: {
      const { report, code } = await reinstallGuest(request, { guest, order, ...validityFrom(Date.now(), day) })
      return [report, code]
    }
  }
}

const powerIn = (enclosure: Enclosure): Power => ({
  isOn: async () => enclosure.isOn,
  on: async () => {
    countOne(enclosure)
    boot(enclosure)
  },
  off: async () => {
    countOne(enclosure)
    enclosure.isOn = false
  },
})

const timeOf = ({ clock }: Enclosure): Date => new Date(noon.getTime() + clock)

const entriesIn = (enclosure: Enclosure): Entries => {
  const entries = entriesBelow(enclosure.root, () => timeOf(enclosure))
  return {
    ...entries,
    order: (...words) => {
      countOne(enclosure)
      return entries.order(...words)
    },
  }
}

export type Asked = {
  /** The host's new system has new ssh host keys. */
  readonly hasNewKey?: boolean
  readonly only?: readonly string[]
  readonly again?: boolean
  readonly hasPower?: boolean
  readonly isForced?: boolean
  /** The machines are no hosts. */
  readonly isPlain?: boolean
  /** Milliseconds; default: a day. */
  readonly within?: number
  /** Somebody gives up as soon as they have to wait. */
  readonly isHasty?: boolean
}

export type Ran = { readonly standing: Standing; readonly results: readonly StepResult<Step>[] }

/** As the command does it, from what is known of orders to the last step. */
export const reinstallIn = async (
  enclosure: Enclosure,
  {
    only = [],
    again = false,
    hasPower = true,
    isForced = false,
    hasNewKey = false,
    within = day,
    isHasty = false,
    isPlain = false,
  }: Asked = {},
): Promise<Ran> => {
  const targets = everything
    .filter(({ name }) => only.length === 0 || only.includes(name))
    .map(({ guests, ...target }): Target => (isPlain || guests === undefined ? target : { ...target, guests }))
  const [reach, entries] = [reachIn(enclosure), entriesIn(enclosure)]
  const known = await knownOrders(targets, { reach, entries, jobs: 2 })
  enclosure.clock += 1000
  const standing = standingOrder({ enclosure: 'h', only }, known, { now: timeOf(enclosure), again, within })
  const machine: MachineParts = {
    reach,
    powerOf: () => (hasPower ? powerIn(enclosure) : undefined),
    signal: new AbortController().signal,
    pause: async milliseconds => {
      if (isHasty) throw new ToolKilled()
      enclosure.clock += milliseconds
      await letTimePass(enclosure)
      enclosure.hasNewKey = hasNewKey && enclosure.installed.h === 1
    },
    now: () => enclosure.clock,
  }
  const intervention = createInterventionWork({ ...machine, verb: 'down', downArguments: () => [] })
  const steps = planReinstallation(targets, host => stopsOf(documents.get(host), components))
  const results = await carryOut(steps, {
    work: createWork({
      ...machine,
      ...{ order: standing.order, until: standing.until, entries, isForced, limit: 7_200_000 },
      targets: new Map(targets.map(target => [target.name, target])),
      takeDown: host => intervention({ id: host, machine: host, work: 'guests down', after: [] }),
      today: () => timeOf(enclosure),
    }),
    ...{ jobs: 2, signal: machine.signal },
    isOver: () => false,
    started: () => undefined,
    ended: () => undefined,
  })
  return { standing, results }
}
