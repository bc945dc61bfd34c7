// Manual pages: verbs, arguments and options come from the command line's own definition, so that a page cannot say anything
// else; the rest of a page is given (man-pages.ts). In man(7).
import type { Argument, Command, Option } from 'commander'

/** What a page says besides. */
export type ManPage = {
  readonly section: '1' | '8'
  readonly description: readonly string[]
  readonly exitCodes: readonly (readonly [code: string, meaning: string])[]
  readonly files: readonly (readonly [path: string, meaning: string])[]
  /** `xl (1)`: names as man(7) wants them. */
  readonly seeAlso: readonly string[]
}

type Edition = { readonly version: string; readonly date: Date }

/** The page of a program with verbs. */
export const printManPage = (program: Command, page: ManPage, { version, date }: Edition): string => {
  const verbs = leavesOf(program)
  const head = [program.name().toUpperCase(), page.section, date.toISOString().slice(0, 10), `xenclosure ${version}`]
  return [
    `.TH ${head.map(quoted).join(' ')}`,
    ...section('NAME', `${escaped(program.name())} \\- ${escaped(program.description().replace(/\.$/, ''))}`),
    ...section('SYNOPSIS', ...verbs.flatMap(verb => synopsis(program, verb))),
    ...section('DESCRIPTION', ...page.description.flatMap(paragraph)),
    ...section('VERBS', ...verbs.flatMap(describeVerb)),
    ...section('EXIT STATUS', ...page.exitCodes.flatMap(([code, meaning]) => item(`.B ${code}`, meaning))),
    ...section('FILES', ...page.files.flatMap(([path, meaning]) => item(`.I ${escaped(path)}`, meaning))),
    ...section('SEE ALSO', page.seeAlso.map(name => `.BR ${name}`).join(',\n')),
    '',
  ].join('\n')
}

/** A verb that does something itself: `check`, or `agent run`. */
type Leaf = { readonly name: string; readonly verb: Command }

const leavesOf = (program: Command, above = ''): readonly Leaf[] =>
  program.commands.flatMap(verb => {
    const name = `${above}${verb.name()}`
    return verb.commands.length === 0 ? [{ name, verb }] : leavesOf(verb, `${name} `)
  })

const section = (title: string, ...lines: readonly string[]): readonly string[] => [`.SH ${quoted(title)}`, ...lines]
const paragraph = (text: string): readonly string[] => ['.PP', escaped(text)]
const item = (head: string, text: string): readonly string[] => ['.TP', head, escaped(text)]

const synopsis = (program: Command, { name, verb }: Leaf): readonly string[] => [
  `.B ${escaped(`${program.name()} ${name}`)}`,
  escaped(verb.usage()),
  '.br',
]

const describeVerb = ({ name, verb }: Leaf): readonly string[] => [
  `.SS ${quoted(escaped(name))}`,
  escaped(sentence(verb.description())),
  ...verb.registeredArguments.filter(argument => argument.description !== '').flatMap(describeArgument),
  ...verb.options.flatMap(option => item(`.B ${escaped(option.flags)}`, describeOption(option))),
]

const describeArgument = (argument: Argument): readonly string[] =>
  item(`.I ${escaped(argument.name())}`, sentence(argument.description) + choicesText(argument))

const describeOption = (option: Option): string =>
  sentence(option.description) + choicesText(option) + defaultText(option)

/** Where its description does not name them. */
const choicesText = ({
  argChoices = [],
  description,
}: Pick<Option | Argument, 'argChoices' | 'description'>): string =>
  argChoices.every(choice => description.includes(choice)) ? '' : ` One of ${argChoices.join(', ')}.`

const defaultText = ({ defaultValue, defaultValueDescription }: Option): string => {
  const isTold = typeof defaultValue === 'string' || typeof defaultValue === 'number'
  const told = defaultValueDescription ?? (isTold ? defaultValue : undefined)
  return told === undefined ? '' : ` Default: ${told}.`
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const quoted = (text: string): string => `"${text.replaceAll('"', '\\(dq')}"`

/** A line that begins with a dot or a quote would be a request. */
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
