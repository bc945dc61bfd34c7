// Reads grub.cfg as grub-mkconfig writes it: the entries of the first menu with their command lines, the default entry
// and the timeout. Entries of submenus are left out: nothing is declared about them. Pure.
import { parseWords } from './options.js'

export const configPath = '/boot/grub/grub.cfg'

export type MenuItem = {
  readonly title: string
  /** What `--id` gives it; null without one. */
  readonly id: string | null
  /** Xen's options; null where the entry starts no Xen, and for a submenu. */
  readonly xen: readonly string[] | null
  /** The kernel's options; null for a submenu, and where no Linux is started. */
  readonly linux: readonly string[] | null
}

export type GrubConfig = {
  /** Not empty, and every part that was begun was ended: update-grub copies the file into place, and may be killed then. */
  readonly isComplete: boolean
  readonly items: readonly MenuItem[]
  /** A title, an id or an index, as GRUB reads it; null where it is not set, or only at boot (`${saved_entry}`). */
  readonly default: string | null
  /** Seconds. */
  readonly timeout: number | null
}

export const parseGrubConfig = (text: string): GrubConfig => {
  const lines = text.split('\n').map(line => line.trim())
  const parts = (word: string): readonly string[] => lines.filter(line => line.startsWith(`### ${word} `))
  const defaults = lines.flatMap(line => /^set default="([^$]*)"$/.exec(line)?.[1] ?? [])
  const timeouts = lines.flatMap(line => /^set timeout=(-?\d+)$/.exec(line)?.[1] ?? [])
  const timeout = timeouts.at(-1)
  return {
    isComplete: text.endsWith('\n') && parts('BEGIN').length === parts('END').length,
    items: parseMenu(lines),
    default: defaults.at(-1) ?? null,
    timeout: timeout === undefined ? null : Number(timeout),
  }
}

/** The entry that a default names: by title, id or place in the first menu. */
export const entryOf = ({ items, default: wanted }: GrubConfig): MenuItem | undefined =>
  items.find(({ title, id }) => title === wanted || id === wanted) ??
  (/^\d+$/.test(wanted ?? '') ? items[Number(wanted)] : undefined)

const parseMenu = (lines: readonly string[]): readonly MenuItem[] => {
  const items: MenuItem[] = []
  let depth = 0
  let body: string[] = []
  for (const line of lines) {
    if (line === '}') {
      depth -= 1
      const item = items.at(-1)
      if (depth === 0 && item !== undefined) items[items.length - 1] = withCommandLines(item, body)
      if (depth === 0) body = []
    } else if (line.endsWith('{')) {
      if (depth === 0) items.push(...parseHead(line))
      depth += 1
    } else if (depth === 1) {
      body.push(line)
    }
  }
  return items
}

/** `menuentry 'TITLE' --class xen $menuentry_id_option 'ID' {`; a quote within quotes is written `'\''`. */
const parseHead = (line: string): readonly MenuItem[] => {
  const head = /^(?:menuentry|submenu) '((?:[^']|'\\'')*)'/.exec(line)
  if (head?.[1] === undefined) return []
  const id = /\$menuentry_id_option '([^']*)'/.exec(line)?.[1] ?? null
  return [{ title: head[1].replaceAll("'\\''", "'"), id, xen: null, linux: null }]
}

const withCommandLines = (item: MenuItem, body: readonly string[]): MenuItem => {
  const optionsOf = (command: RegExp): readonly string[] | null => {
    const line = body.find(candidate => command.test(candidate))
    return line === undefined ? null : parseWords(line.replace(command, ''))
  }
  const xen = optionsOf(/^(multiboot2?|xen_hypervisor)\s+\S+/)
  return { ...item, xen, linux: optionsOf(xen === null ? /^linux(efi|16)?\s+\S+/ : /^(module2?|xen_module)\s+\/\S+/) }
}
