// Boots the simulated host: GRUB chooses an entry (grub/menu.ts), which gives the command lines, domains end, and
// xendomains starts what /etc/xen/auto holds. A kernel that does not come up restarts the machine where it is told to.
import { posix } from 'node:path'
import { parseQuantity } from '../../model/quantity.js'
import { listDirectory, readFile } from './files.js'
import { readEnvironment, writeEnvironment } from './grub/environment.js'
import { chooseEntries, type Entry } from './grub/menu.js'
import { expand, readVariables } from './grub/variables.js'
import { configPathOf } from './grub.js'
import { bootNetwork } from './networkd.js'
import { type Boot, identity, printUuid, type SimulatedState } from './state.js'
import { endDomain } from './xl/change.js'
import { xl } from './xl.js'

/** Throws where the machine would stand still: at GRUB's prompt, or with a kernel that does not come up. */
export const boot = (state: SimulatedState): SimulatedState => {
  const [chosen, lines] = start(state.domains.reduce(endDomain, state), 5)
  const [next, hex] = identity(chosen)
  const dom0Memory = lines.xen === null ? state.memory : dom0Share(lines.xen, state.memory)
  const { timers: _forgotten, ...kept } = { ...next, files: withoutRun(next.files) }
  return startAll(bootNetwork({ ...kept, boot: { id: printUuid(hex), ...lines, dom0Memory } }))
}

/** What is in /run does not outlive a boot. */
const withoutRun = (files: SimulatedState['files']): SimulatedState['files'] =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('/run/')))

type Lines = Pick<Boot, 'xen' | 'linux'>

/** Attempts until a kernel comes up. */
const start = (state: SimulatedState, attempts: number): readonly [SimulatedState, Lines] => {
  if (attempts === 0) throw new Error('the machine restarts over and over')
  const [next, entry, variables] = runGrub(state)
  const lines = commandLinesOf(entry, variables)
  const words = `${lines.xen ?? ''} ${lines.linux}`.split(' ')
  const culprit = words.find(word => state.fatal?.includes(word))
  if (culprit === undefined) return [next, lines]
  if (!words.some(word => word.startsWith('panic='))) throw new Error(`the machine does not come up with ${culprit}`)
  return start(next, attempts - 1)
}

/** Reads grub.cfg, keeps its environment where GRUB can write, and takes the first entry whose files are there. */
const runGrub = (state: SimulatedState): readonly [SimulatedState, Entry, ReadonlyMap<string, string>] => {
  const path = configPathOf(state)
  const block = `${posix.dirname(path)}/grubenv`
  const before = readEnvironment(state, block)
  const environment = new Map(before)
  const config = readFile(state, path) ?? ''
  const variables = readVariables(config, environment)
  const entry = chooseEntries(config, variables).find(({ files }) =>
    files.every(file => readFile(state, file) !== null),
  )
  if (entry === undefined) throw new Error(`${path} has no entry to boot`)
  const isChanged = [...environment].some(([name, value]) => before.get(name) !== value)
  return [isChanged && isWritable(state) ? writeEnvironment(state, block, environment) : state, entry, variables]
}

const isWritable = ({ bootLies }: SimulatedState): boolean =>
  !/lvm|diskfilter/.test(bootLies?.abstraction ?? '') && !/^(btrfs|zfs)$/.test(bootLies?.filesystem ?? '')

/** /etc/init.d/xendomains: in the order of file names; one that fails stops no other. */
const startAll = (state: SimulatedState): SimulatedState => {
  const directory = '/etc/xen/auto'
  const files = (listDirectory(state, directory) ?? []).map(name => posix.join(directory, name))
  return files.reduce((started, file) => xl(started, ['xl', 'create', file]).state, state)
}

/** As Xen and Linux show them: without the file's name, except for what GRUB tells a Linux that it boots itself. */
const commandLinesOf = (entry: Entry, variables: ReadonlyMap<string, string>): Lines => {
  const words = (command: string): readonly string[] | undefined =>
    entry.lines
      .map(line => expand(line, variables).trim().split(/\s+/))
      .find(([first]) => first === command)
      ?.slice(1)
  const [, ...xen] = words('multiboot2') ?? []
  const [, ...dom0] = words('module2') ?? []
  if (words('multiboot2') !== undefined) return { xen: xen.join(' '), linux: dom0.join(' ') }
  const [image, ...linux] = words('linux') ?? []
  return { xen: null, linux: [`BOOT_IMAGE=${image}`, ...linux].join(' ') }
}

/** Without dom0_mem, Xen keeps a sixteenth of the memory, at most 128 MiB, and dom0 has the rest. */
const dom0Share = (xen: string, memory: number): number => {
  const option = xen.split(' ').findLast(word => word.startsWith('dom0_mem='))
  const parts = option?.slice('dom0_mem='.length).split(',') ?? []
  const amount = parts.find(part => !part.includes(':')) ?? parts.find(part => part.startsWith('max:'))?.slice(4)
  const all = memory - Math.min(128, Math.floor(memory / 16))
  return Math.min(all, amount === undefined ? all : parseXenSize(amount))
}

/** `1024M`, `2G`; without a unit KiB (xen-command-line, "size"). In MiB. */
const parseXenSize = (written: string): number => {
  const [, digits = '0', unit = 'K'] = /^(\d+)([BKMGT]?)/i.exec(written.toUpperCase()) ?? []
  const bytes = parseQuantity(`${digits} ${unit === 'B' ? 'B' : `${unit === '' ? 'K' : unit}iB`}`, {
    kind: 'size',
    unit: 'B',
  })
  return bytes.ok ? Math.floor(bytes.value / 1024 ** 2) : 0
}
