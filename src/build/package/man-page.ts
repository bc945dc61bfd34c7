// The agent's manual page, xenclosure-agent(8): verbs and options come from the command line's own definition, so that
// the page cannot say anything else; what the options do not tell (files, exit codes) stands here. In man(7).
import type { Command, Option } from 'commander'

/** The page of a program with verbs. */
export const printManPage = (program: Command, { version, date }: { version: string; date: Date }): string =>
  [
    `.TH ${[program.name().toUpperCase(), '8', date.toISOString().slice(0, 10), `xenclosure ${version}`].map(quoted).join(' ')}`,
    ...section('NAME', `${program.name()} \\- ${escaped(program.description())}`),
    ...section('SYNOPSIS', ...program.commands.flatMap(verb => synopsis(program, verb))),
    ...section('DESCRIPTION', ...description.flatMap(paragraph)),
    ...section('VERBS', ...program.commands.flatMap(verb => describeVerb(verb))),
    ...section('EXIT STATUS', ...exitCodes.flatMap(([code, meaning]) => item(`.B ${code}`, meaning))),
    ...section('FILES', ...files.flatMap(([path, meaning]) => item(`.I ${escaped(path)}`, meaning))),
    ...section('SEE ALSO', '.BR xl (1),', '.BR xl.cfg (5),', '.BR lvm (8)'),
    '',
  ].join('\n')

const description = [
  'Fetches the document of this Xen host, checks its seal, looks at the host and carries out the difference: volumes, domain configs, autostart, command lines of the boot menu, domains that should run and do not.',
  'Nothing is destroyed that the document does not give up and --allow does not consent to. With --noaction nothing is changed at all.',
  'Under systemd, /etc/default/xenclosure-agent holds the options. Either xenclosure-agent.timer starts a run every quarter of an hour, or xenclosure-agent-watch.service stays resident.',
]

const exitCodes = [
  ['0', 'Nothing is left to change.'],
  ['1', 'An action failed, something is still due after it was applied, or the host could not be observed.'],
  ['2', 'The document or an action is rejected, or the command is used wrongly.'],
  ['3', 'Something is pending or refused, or with --noaction due.'],
  ['75', 'Another run holds the lock.'],
] as const

const files = [
  ['/etc/default/xenclosure-agent', 'The options of the agent under systemd.'],
  ['/var/lib/xenclosure', 'What the agent remembers: the last document and its edition, the last report.'],
] as const

const section = (title: string, ...lines: readonly string[]): readonly string[] => [`.SH ${quoted(title)}`, ...lines]
const paragraph = (text: string): readonly string[] => ['.PP', escaped(text)]
const item = (head: string, text: string): readonly string[] => ['.TP', head, escaped(text)]

const synopsis = (program: Command, verb: Command): readonly string[] => [
  `.B ${escaped(`${program.name()} ${verb.name()}`)}`,
  escaped(verb.usage()),
  '.br',
]

const describeVerb = (verb: Command): readonly string[] => [
  `.SS ${quoted(escaped(verb.name()))}`,
  escaped(sentence(verb.description())),
  ...verb.options.flatMap(option => item(`.B ${escaped(option.flags)}`, describeOption(option))),
]

const describeOption = ({ description: text, argChoices, defaultValue }: Option): string => {
  const choices = argChoices === undefined ? '' : ` One of ${argChoices.join(', ')}.`
  const isTold = typeof defaultValue === 'string' || typeof defaultValue === 'number'
  return `${sentence(text)}${choices}${isTold ? ` Default: ${defaultValue}.` : ''}`
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const quoted = (text: string): string => `"${text.replaceAll('"', '\\(dq')}"`

/** A line that begins with a dot or a quote would be a request. */
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
