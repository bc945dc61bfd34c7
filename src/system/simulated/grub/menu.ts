// Which entries of grub.cfg GRUB boots by itself: the default, and after one that fails the fallback.

export type Entry = {
  readonly title: string
  readonly id: string
  readonly lines: readonly string[]
  readonly entries: readonly Entry[]
  /** What it loads, as paths on the host; GRUB's are below the filesystem of /boot, which here is that of /. */
  readonly files: readonly string[]
}

/** In the order in which they are tried. GRUB falls back by place alone. */
export const chooseEntries = (config: string, variables: ReadonlyMap<string, string>): readonly Entry[] => {
  const entries = parseEntries(config.split('\n'))
  const fallback = variables.get('fallback') ?? ''
  return [
    findEntry(entries, variables.get('default') ?? '0') ?? entries[0] ?? [],
    /^\d+$/.test(fallback) ? (entries[Number(fallback)] ?? []) : [],
  ].flat()
}

/** By title, id or number; `>` leads into submenus (GRUB manual, "default"). A name that fits nothing is the first. */
const findEntry = (menu: readonly Entry[], path: string): Entry | undefined => {
  let entries = menu
  let found: Entry | undefined
  for (const name of path.split('>')) {
    found =
      entries.find(entry => entry.title === name || entry.id === name) ?? entries[Number(name === '' ? 'none' : name)]
    entries = found?.entries ?? []
  }
  return found
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
    const [, title = '', id = ''] = match
    entries.push({ title, id, lines: body, entries: parseEntries(body), files: filesOf(body) })
    index = end
  }
  return entries
}

const filesOf = (body: readonly string[]): readonly string[] =>
  body.flatMap(line => /^\s*(?:multiboot2|module2|linux|initrd)\s+(?:--nounzip\s+)?(\/\S+)/.exec(line)?.[1] ?? [])
