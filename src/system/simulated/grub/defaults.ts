// Reads /etc/default/grub and /etc/default/grub.d/*.cfg, which are shell, as far as they are plain assignments.
import { listDirectory, readFile } from '../files.js'
import type { SimulatedState } from '../state.js'

export type Defaults = ReadonlyMap<string, string>

export type ParsedDefaults =
  | { readonly ok: true; readonly defaults: Defaults }
  | { readonly ok: false; readonly place: string }

/** The variables as grub-mkconfig would export them; otherwise the line that is more than an assignment. */
export const readDefaults = (state: SimulatedState): ParsedDefaults => {
  const directory = '/etc/default/grub.d'
  const fragments = (listDirectory(state, directory) ?? []).filter(name => /^[^.].*\.cfg$/.test(name))
  const defaults = new Map<string, string>()
  for (const file of ['/etc/default/grub', ...fragments.map(name => `${directory}/${name}`)]) {
    const lines = (readFile(state, file) ?? '').split('\n')
    const wrong = lines.findIndex(line => !isBlank(line) && !assign(defaults, line))
    if (wrong !== -1) return { ok: false, place: `${file}: ${wrong + 1}` }
  }
  return { ok: true, defaults }
}

const isBlank = (line: string): boolean => /^\s*(#.*)?$/.test(line)

/** Pieces of a word: in double quotes, in single quotes, bare. */
const piece = /"((?:[^"\\`]|\\.)*)"|'([^']*)'|((?:[^\s"'\\`;&|<>()#]|\\.)+)/y

const assign = (defaults: Map<string, string>, line: string): boolean => {
  const start = /^\s*([A-Za-z_]\w*)=/.exec(line)
  if (start === null) return false
  let value = ''
  piece.lastIndex = start[0].length
  let end = piece.lastIndex
  for (let match = piece.exec(line); match !== null; match = piece.exec(line)) {
    const [, double, single, bare] = match
    value += single ?? expand(defaults, double ?? bare ?? '')
    end = piece.lastIndex
  }
  if (!isBlank(line.slice(end))) return false
  defaults.set(start[1] ?? '', value)
  return true
}

/** `${NAME}`, `$NAME` and backslashes. */
const expand = (defaults: Defaults, text: string): string =>
  text.replace(/\\(.)|\$\{(\w+)\}|\$(\w+)/g, (_all, escaped?: string, braced?: string, plain?: string) =>
    escaped === undefined ? (defaults.get(braced ?? plain ?? '') ?? '') : escaped,
  )
