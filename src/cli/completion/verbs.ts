// What a shell must know about the command to complete it: its verbs, their options, and which take a machine's name.
import type { Command, Option } from 'commander'

export type Verb = {
  /** `check`, or `agent run`. */
  readonly name: string
  readonly description: string
  readonly options: readonly VerbOption[]
  readonly takesMachine: boolean
  /** The verbs below it: `run` below `agent`. */
  readonly below: readonly Verb[]
}

export type VerbOption = { readonly name: string; readonly description: string; readonly takesValue: boolean }

/** Arguments of these names are machines. */
const machines = ['name', 'host', 'guest', 'enclosure']

/** The verbs of a program. */
export const verbsOf = (program: Command, above = ''): readonly Verb[] =>
  program.commands.map(command => {
    const name = above + command.name()
    return {
      name,
      description: command.description(),
      options: [...command.options.flatMap(optionOf), help],
      takesMachine: command.registeredArguments.some(argument => machines.includes(argument.name())),
      below: verbsOf(command, `${name} `),
    }
  })

const optionOf = ({ long, description, required }: Option): readonly VerbOption[] =>
  long ? [{ name: long, description, takesValue: required }] : []

const help: VerbOption = { name: '--help', description: 'how it is used', takesValue: false }

/** Verbs with those below them, each above its own. */
export const allOf = (verbs: readonly Verb[]): readonly Verb[] => verbs.flatMap(verb => [verb, ...allOf(verb.below)])

/** The last word of a verb's name. */
export const wordOf = ({ name }: Verb): string => name.split(' ').at(-1) ?? name

/** A shell function (sh, bash, zsh) that prints the guests of this host: the names of the configs in /etc/xen. */
export const guestsFunction = (name: string): string => `${name}() {
  find /etc/xen -maxdepth 1 -name '*.cfg' 2>/dev/null | sed 's|.*/||; s|\\.cfg$||' | sort
}`

/**
 * A shell function (sh, bash, zsh) that prints the machines of the site around the working directory: the names of its
 * profiles, so that no site is compiled for the sake of a key.
 */
export const machinesFunction = (name: string): string => `${name}() {
  local dir=$PWD
  while [ ! -e "$dir/xenclosure.yaml" ]; do
    [ "$dir" = / ] && return
    dir=$(dirname "$dir")
  done
  find "$dir/profiles" -name '*.yaml' 2>/dev/null | sed 's|.*/||; s|\\.yaml$||' | sort
}`
