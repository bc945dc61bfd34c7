// Completion for zsh, with descriptions; works as a file _xenclosure on fpath and by eval.
import { quoteWord } from '../../remote/ssh/quote.js'
import { allOf, machinesFunction, type Verb, type VerbOption, wordOf } from './verbs.js'

export const zshScript = (verbs: readonly Verb[]): string => `#compdef xenclosure
${machinesFunction('_xenclosure_names')}
_xenclosure_machines() {
  local -a names
  names=(\${(f)"$(_xenclosure_names)"})
  compadd -a names
}
_xenclosure() {
  local -a verbs
  if (( CURRENT == 2 )); then
${describe(verbs, '    ')}
    return
  fi
  local verb=$words[2]
  case "$verb" in
${verbs
  .filter(({ below }) => below.length > 0)
  .map(descend)
  .join('\n')}
  esac
  case "$verb" in
${allOf(verbs).map(branch).join('\n')}
  esac
}
if [ "$funcstack[1]" = _xenclosure ]; then _xenclosure "$@"; else compdef _xenclosure xenclosure; fi
`

const describe = (verbs: readonly Verb[], indent: string): string => {
  const items = verbs.map(verb => `${indent}  ${quoteWord(`${wordOf(verb)}:${verb.description}`)}`)
  return `${indent}verbs=(\n${items.join('\n')}\n${indent})\n${indent}_describe verb verbs`
}

const descend = ({ name, below }: Verb): string => `    ${name})
      if (( CURRENT == 3 )); then
${describe(below, '        ')}
        return
      fi
      verb="$verb $words[3]"
      ;;`

const branch = ({ name, options, takesMachine }: Verb): string => {
  const rest = takesMachine ? '*:machine:_xenclosure_machines' : '*:file:_files'
  return `    ${quoteWord(name)}) _arguments ${[...options.map(optionSpec), quoteWord(rest)].join(' ')} ;;`
}

const optionSpec = ({ name, description, takesValue }: VerbOption): string =>
  quoteWord(`${name}[${description.replace(/[[\]:\\]/g, '\\$&')}]${takesValue ? ':value:_files' : ''}`)
