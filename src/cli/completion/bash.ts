// Completion for bash: words only; where none fits, bash completes file names.
import { quoteWord } from '../../remote/ssh/quote.js'
import { allOf, guestsFunction, machinesFunction, type Verb, wordOf } from './verbs.js'

/** Of the full command: it completes the machines of the site around the working directory. */
export const bashScript = (verbs: readonly Verb[]): string => scriptOf('xenclosure', machinesFunction, verbs)

/** Of the agent on a host: it completes the guests that the host has a config of. */
export const agentBashScript = (verbs: readonly Verb[]): string => scriptOf('xenclosure-agent', guestsFunction, verbs)

/** `names` prints the shell function of a given name that completes machines. */
const scriptOf = (command: string, names: (name: string) => string, verbs: readonly Verb[]): string => {
  const own = `_${command.replaceAll('-', '_')}`
  const nested = verbs.filter(({ below }) => below.length > 0).map(({ name }) => name)
  const takeValues = allOf(verbs).flatMap(({ options }) => options.filter(option => option.takesValue))
  const values = [...new Set(takeValues.map(({ name }) => name))]
  return `# bash completion of ${command}
${names(`${own}_machines`)}
${own}() {
  local current=\${COMP_WORDS[COMP_CWORD]} verb= words=
  COMPREPLY=()
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in ${values.join('|')}) return ;; esac
  [ "$COMP_CWORD" -gt 1 ] && verb=\${COMP_WORDS[1]}
${nested.length === 0 ? '' : descend(nested)}  case "$verb" in
    '') words=${quoteWord(verbs.map(wordOf).join(' '))} ;;
${allOf(verbs)
  .map(verb => branch(verb, `${own}_machines`))
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F ${own} ${command}
`
}

const descend = (verbs: readonly string[]): string =>
  `  case "$verb" in ${verbs.join('|')}) [ "$COMP_CWORD" -gt 2 ] && verb="$verb \${COMP_WORDS[2]}" ;; esac\n`

const branch = ({ name, options, takesMachine, below }: Verb, machines: string): string => {
  const words = [...below.map(wordOf), ...options.map(option => option.name)].join(' ')
  return `    ${quoteWord(name)}) words="${words}${takesMachine ? ` $(${machines})` : ''}" ;;`
}
