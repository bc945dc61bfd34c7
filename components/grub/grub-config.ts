// Reads grub.cfg as grub-mkconfig writes it: the menu with its submenus, each entry's text and command lines, the
// default entry and the timeout. Pure.
import { parseWords } from './options.js'

/** A file that GRUB loads, by its name alone (/boot may be a filesystem of its own), with its options. */
export type Loaded = { readonly file: string; readonly words: readonly string[] }

export type MenuItem = {
  readonly title: string
  /** What `--id` gives it; null without one. */
  readonly id: string | null
  /** Its lines as they stand there; those of a submenu are left out. */
  readonly body: readonly string[]
  /** Null where the entry starts no Xen, and for a submenu. */
  readonly xen: Loaded | null
  /** Null for a submenu, and where no Linux is started. */
  readonly linux: Loaded | null
  /** The entries of a submenu. */
  readonly items: readonly MenuItem[]
  /** The script of /etc/grub.d that printed it: `20_linux_xen`; absent where none did. */
  readonly script?: string
}

export type GrubConfig = {
  /** Not empty, and every part that was begun was ended: grub-mkconfig copies the file into place, and may be killed then. */
  readonly isComplete: boolean
  readonly items: readonly MenuItem[]
  /** Titles, ids or places, as GRUB reads them; null where it is not set, or only at boot (`${saved_entry}`). */
  readonly default: string | null
  /** Seconds. */
  readonly timeout: number | null
}

export const parseGrubConfig = (text: string): GrubConfig => {
  const lines = text.split('\n')
  const parts = (word: string): readonly string[] => lines.filter(line => line.startsWith(`### ${word} `))
  const defaults = lines.flatMap(line => /^\s*set default="([^$]*)"$/.exec(line)?.[1] ?? [])
  const timeouts = lines.flatMap(line => /^\s*set timeout=(-?\d+)$/.exec(line)?.[1] ?? [])
  const timeout = timeouts.at(-1)
  return {
    isComplete: text.endsWith('\n') && parts('BEGIN').length === parts('END').length,
    items: parseMenu(lines),
    default: defaults.at(-1) ?? null,
    timeout: timeout === undefined ? null : Number(timeout),
  }
}

/** The entry that a default names: by title, id or place; `>` leads into a submenu, and `>>` is one in a title. */
export const findEntry = (items: readonly MenuItem[], wanted: string): MenuItem | undefined => {
  const names = wanted.split(/(?<!>)>(?!>)/).map(name => name.replaceAll('>>', '>'))
  let within = items
  let found: MenuItem | undefined
  for (const name of names) {
    found = within.find(({ title, id }) => title === name || id === name) ?? itemAt(within, name)
    within = found?.items ?? []
  }
  return found
}

const itemAt = (items: readonly MenuItem[], place: string): MenuItem | undefined =>
  /^\d+$/.test(place) ? items[Number(place)] : undefined

/** Every entry, those of submenus too, in the order of the file. */
export const allEntries = (items: readonly MenuItem[]): readonly MenuItem[] =>
  items.flatMap(item => (item.items.length > 0 ? allEntries(item.items) : [item]))

/** `within`: the script that printed these lines, where they are a submenu's. */
export const parseMenu = (lines: readonly string[], within?: string): readonly MenuItem[] => {
  const items: MenuItem[] = []
  let script = within
  for (let index = 0; index < lines.length; index += 1) {
    const [, mark, name] = /^### (BEGIN|END) \/etc\/grub\.d\/(\S+) ###$/.exec(lines[index] ?? '') ?? []
    if (mark !== undefined) script = mark === 'BEGIN' ? name : undefined
    const head = parseHead(lines[index] ?? '')
    if (head === undefined) continue
    const end = endOf(lines, index)
    const body = lines.slice(index + 1, end)
    const { title, id } = head
    const own = { title, id, ...(script === undefined ? {} : { script }) }
    if (head.kind === 'menuentry') items.push({ ...own, body, ...loadedBy(body), items: [] })
    else items.push({ ...own, body: [], xen: null, linux: null, items: parseMenu(body, script) })
    index = end
  }
  return items
}

/** The line of the brace that ends what begins at `start`. */
const endOf = (lines: readonly string[], start: number): number => {
  let depth = 0
  for (let index = start; index < lines.length; index += 1) {
    const line = (lines[index] ?? '').trim()
    if (line.endsWith('{')) depth += 1
    if (line === '}') depth -= 1
    if (depth === 0) return index
  }
  return lines.length
}

type Head = { readonly kind: string; readonly title: string; readonly id: string | null }

/** `menuentry 'TITLE' --class xen $menuentry_id_option 'ID' {`; a quote within quotes is `'\''`. By hand also in `"`. */
const parseHead = (line: string): Head | undefined => {
  const [, kind, single, double] = /^\s*(menuentry|submenu) (?:'((?:[^']|'\\'')*)'|"([^"$\\]*)").*\{$/.exec(line) ?? []
  const title = single?.replaceAll("'\\''", "'") ?? double
  if (kind === undefined || title === undefined) return undefined
  return { kind, title, id: /(?:\$menuentry_id_option|--id) '([^']*)'/.exec(line)?.[1] ?? null }
}

const loadedBy = (body: readonly string[]): Pick<MenuItem, 'xen' | 'linux'> => {
  const loaded = (command: RegExp): Loaded | null => {
    const [file, ...words] = parseWords(body.find(line => command.test(line))?.replace(command, '') ?? '')
    return file === undefined ? null : { file: file.replace(/^.*\//, ''), words }
  }
  const xen = loaded(/^\s*(multiboot2?|xen_hypervisor)\s+/)
  return { xen, linux: loaded(xen === null ? /^\s*linux(efi|16)?\s+/ : /^\s*(module2?|xen_module)\s+(?=\/)/) }
}
