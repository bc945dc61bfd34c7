// What --help says, of every command.
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
