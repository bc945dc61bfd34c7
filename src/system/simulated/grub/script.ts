// What grub-mkconfig gets from a script of /etc/grub.d, as far as such a script is here-documents: their text, up to a
// line that leaves where a file is missing. `$wanted` is the default as the settings have it, `$place` the number of
// entries before; everything else of sh is passed over.
import { readFile } from '../files.js'
import type { SimulatedState } from '../state.js'

type Known = { readonly wanted: string; readonly place: number }

export const runScript = (state: SimulatedState, script: string, known: Known): readonly string[] => {
  const printed: string[] = []
  const lines = script.split('\n')
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    if (leaves(state, line)) return printed
    const quote = /^cat <<('?)END\1$/.exec(line)?.[1]
    if (quote === undefined) continue
    const end = lines.indexOf('END', index)
    const document = lines.slice(index + 1, end)
    printed.push(...(quote === '' ? document.map(text => expand(text, known)) : document))
    index = end
  }
  return printed
}

/** `for file in "A" "B"; do [ -e "$file" ] || exit 0; done` */
const leaves = (state: SimulatedState, line: string): boolean => {
  const files = /^for file in (.*); do \[ -e "\$file" \] \|\| exit 0; done$/.exec(line)?.[1]
  return files?.split(' ').some(file => readFile(state, file.replaceAll('"', '')) === null) ?? false
}

const expand = (text: string, { wanted, place }: Known): string =>
  text.replace(
    /\\(\$)|\$(wanted|place)/g,
    (_all, escaped?: string, name?: string) => escaped ?? (name === 'wanted' ? wanted : `${place}`),
  )
