// An empty argument, or an empty value of an option, is what a shell makes of a variable that is not set: --out "$DIR". No verb
// takes it: the paths of a host below "" are those of this machine, and a directory "" would be whichever one works in.
import { type Argument, type Command, InvalidArgumentError, type Option } from 'commander'

/** Of this command and all below it that it has now. */
export const refuseEmpty = (command: Command): Command => {
  for (const below of command.commands) refuseEmpty(below)
  for (const option of command.options) if (option.required || option.optional) option.parseArg = notEmpty(option)
  for (const argument of command.registeredArguments)
    if (!standsForNothing(argument)) argument.parseArg = notEmpty(argument)
  return command
}

/** A path into a document: the empty one is the whole of it, said or not. */
const standsForNothing = ({ defaultValue }: Argument): boolean => defaultValue === ''

type Parse = NonNullable<Option['parseArg']>

const notEmpty = ({ parseArg, variadic }: Option | Argument): Parse => {
  const parse = parseArg ?? ((variadic ? listed : asItIs) as Parse)
  return (value, previous) => {
    if (value === '') throw new InvalidArgumentError('it is empty, as an unset variable of the shell is')
    return parse(value, previous)
  }
}

/** As commander reads what nothing else parses. */
const listed = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

const asItIs = (value: string): string => value
