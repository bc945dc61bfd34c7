// Boots the simulated host: the default entry of grub.cfg gives the command lines, domains end, and xendomains starts
// what /etc/xen/auto holds.
import { posix } from 'node:path'
import { parseQuantity } from '../../model/quantity.js'
import { listDirectory, readFile } from './files.js'
import { grubConfigPath } from './grub.js'
import { bootNetwork } from './networkd.js'
import { type Boot, identity, printUuid, type SimulatedState } from './state.js'
import { xl } from './xl.js'
import { endDomain } from './xl-change.js'

/** Throws where grub.cfg has no entry to boot: the machine would stand at GRUB's prompt. */
export const boot = (state: SimulatedState): SimulatedState => {
  const ended = state.domains.reduce(endDomain, state)
  const entry = defaultEntry(readFile(state, grubConfigPath) ?? '')
  if (entry === undefined) throw new Error(`${grubConfigPath} has no entry to boot`)
  const [next, hex] = identity(ended)
  const lines = commandLinesOf(entry)
  const dom0Memory = lines.xen === null ? state.memory : dom0Share(lines.xen, state.memory)
  const { timers: _forgotten, ...kept } = { ...next, files: withoutRun(next.files) }
  return startAll(bootNetwork({ ...kept, boot: { id: printUuid(hex), ...lines, dom0Memory } }))
}

/** What is in /run does not outlive a boot. */
const withoutRun = (files: SimulatedState['files']): SimulatedState['files'] =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('/run/')))

/** /etc/init.d/xendomains: in the order of file names; one that fails stops no other. */
const startAll = (state: SimulatedState): SimulatedState => {
  const directory = '/etc/xen/auto'
  const files = (listDirectory(state, directory) ?? []).map(name => posix.join(directory, name))
  return files.reduce((started, file) => xl(started, ['xl', 'create', file]).state, state)
}

type Entry = {
  readonly title: string
  readonly id: string
  readonly lines: readonly string[]
  readonly entries: readonly Entry[]
}

/** By title, id or number; `>` leads into submenus (GRUB manual, "default"). A name that fits nothing is the first. */
const defaultEntry = (config: string): Entry | undefined => {
  const lines = config.split('\n')
  const defaults = [...config.matchAll(/^\s*set default="([^$"]*)"/gm)].map(match => match[1] ?? '')
  const path = (defaults.at(-1) ?? '0').split('>')
  let entries = parseEntries(lines)
  let found: Entry | undefined
  for (const name of path) {
    found = entries.find(entry => entry.title === name || entry.id === name) ?? entries[Number(name)]
    entries = found?.entries ?? []
  }
  return found ?? parseEntries(lines)[0]
}

const opening = /^\s*(?:menuentry|submenu) '([^']*)'.*?(?:\$menuentry_id_option|--id) '([^']*)'.*\{$/

/** The menu entries of these lines; the end of one is the brace that stands as deep as its beginning. */
const parseEntries = (lines: readonly string[]): readonly Entry[] => {
  const entries: Entry[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const match = opening.exec(line)
    if (match === null) continue
    const close = `${/^\s*/.exec(line)?.[0]}}`
    const end = lines.indexOf(close, index)
    const body = lines.slice(index + 1, end)
    entries.push({ title: match[1] ?? '', id: match[2] ?? '', lines: body, entries: parseEntries(body) })
    index = end
  }
  return entries
}

/** As Xen and Linux show them: without the file's name, except for what GRUB tells a Linux that it boots itself. */
const commandLinesOf = (entry: Entry): Pick<Boot, 'xen' | 'linux'> => {
  const words = (command: string): readonly string[] | undefined =>
    entry.lines
      .map(line => line.trim().split(/\s+/))
      .find(([first]) => first === command)
      ?.slice(1)
      .filter(word => word !== '${xen_rm_opts}')
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
