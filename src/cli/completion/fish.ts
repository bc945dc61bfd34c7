// Completion for fish, with descriptions.
import { quoteWord } from '../../remote/ssh/quote.js'
import { allOf, type Verb, wordOf } from './verbs.js'

export const fishScript = (verbs: readonly Verb[]): string => `# fish completion of xenclosure
function __xenclosure_machines
  set -l dir $PWD
  while not test -e $dir/xenclosure.yaml
    test $dir = /; and return
    set dir (dirname $dir)
  end
  find $dir/profiles -name '*.yaml' 2>/dev/null | string replace -r '.*/(.*)\\.yaml$' '$1' | sort
end
${verbs.map(verb => offer('__fish_use_subcommand', verb)).join('\n')}
${allOf(verbs).flatMap(linesOf).join('\n')}
`

const offer = (condition: string, verb: Verb): string =>
  `complete -c xenclosure -n ${quoteWord(condition)} -f -a ${wordOf(verb)} -d ${quoteWord(verb.description)}`

const linesOf = ({ name, options, takesMachine, below }: Verb): readonly string[] => {
  const here = name
    .split(' ')
    .map(word => `__fish_seen_subcommand_from ${word}`)
    .join('; and ')
  const machines = takesMachine ? [`complete -c xenclosure -n ${quoteWord(here)} -f -a '(__xenclosure_machines)'`] : []
  const notBelow = `${here}; and not __fish_seen_subcommand_from ${below.map(wordOf).join(' ')}`
  return [
    ...below.map(verb => offer(notBelow, verb)),
    ...machines,
    ...options.map(
      option =>
        `complete -c xenclosure -n ${quoteWord(here)} -l ${option.name.slice(2)}${option.takesValue ? ' -r' : ''} -d ${quoteWord(option.description)}`,
    ),
  ]
}
