// What --help says, of every command, and `help VERB`.
import { type Command, Help, type Option } from 'commander'

/** Below the help of a program. */
export const exitCodes =
  '\nExit codes: 0 done, 1 failed, 2 bad input or usage, 3 something is left to do, 75 another run holds the lock'

/** Of an option's default only what tells something, of this command and all below it that it has now: a switch is off anyhow. */
export const withPlainHelp = (command: Command): Command => {
  for (const below of command.commands) withPlainHelp(below)
  return command.configureHelp({
    optionDescription: option => (isToldByItself(option) ? option.description : new Help().optionDescription(option)),
  })
}

const isToldByItself = ({ defaultValue, defaultValueDescription, argChoices }: Option): boolean =>
  defaultValueDescription === undefined &&
  argChoices === undefined &&
  (defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0))

/**
 * `help agent run` is `agent run --help`, and `help chek` what `chek` is: an error that says so. Commander's own looks at one
 * word, and to one that is no verb it answers with all there are.
 */
export const withHelpAsOption = (command: Command, words: readonly string[]): readonly string[] => {
  const [first, ...rest] = words
  if (first === 'help' && command.commands.length > 0 && rest.length > 0) return helpOf(command, rest)
  const below = named(command, first)
  return first === undefined || below === undefined ? words : [first, ...withHelpAsOption(below, rest)]
}

const helpOf = (command: Command, [name, ...rest]: readonly string[]): readonly string[] => {
  if (name === undefined || command.commands.length === 0) return ['--help']
  const below = named(command, name)
  return below === undefined ? [name] : [name, ...helpOf(below, rest)]
}

const named = (command: Command, name: string | undefined): Command | undefined =>
  command.commands.find(below => below.name() === name)
