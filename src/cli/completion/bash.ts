// Completion for bash: words only; where none fits, bash completes file names.
import { allOf, machinesFunction, quoted, type Verb, wordOf } from './verbs.js'

export const bashScript = (verbs: readonly Verb[]): string => {
  const nested = verbs.filter(({ below }) => below.length > 0).map(({ name }) => name)
  const takeValues = allOf(verbs).flatMap(({ options }) => options.filter(option => option.takesValue))
  const values = [...new Set(takeValues.map(({ name }) => name))]
  return `# bash completion of xenclosure
${machinesFunction('_xenclosure_machines')}
_xenclosure() {
  local current=\${COMP_WORDS[COMP_CWORD]} verb= words=
  COMPREPLY=()
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in ${values.join('|')}) return ;; esac
  [ "$COMP_CWORD" -gt 1 ] && verb=\${COMP_WORDS[1]}
  case "$verb" in ${nested.join('|')}) [ "$COMP_CWORD" -gt 2 ] && verb="$verb \${COMP_WORDS[2]}" ;; esac
  case "$verb" in
    '') words=${quoted(verbs.map(wordOf).join(' '))} ;;
${allOf(verbs).map(branch).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _xenclosure xenclosure
`
}

const branch = ({ name, options, takesMachine, below }: Verb): string => {
  const words = [...below.map(wordOf), ...options.map(option => option.name)].join(' ')
  return `    ${quoted(name)}) words="${words}${takesMachine ? ' $(_xenclosure_machines)' : ''}" ;;`
}
