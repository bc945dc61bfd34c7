// The options of `plan` and `apply`, the verbs that work on hosts over ssh.
import { type Command, Option } from 'commander'
import { components } from '../../../components/index.js'
import { type EditionOptions, withEditionOptions } from '../edition-options.js'
import { allowed, whatIsAllowed, wholeNumber } from '../option-values.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

export type RemoteOptions = SiteOptions &
  EditionOptions & {
    readonly jobs: number
    readonly sshConfig?: string
    readonly component?: string
    readonly allow: readonly string[]
  }

export const remoteCommand = (name: string, description: string): Command =>
  withEditionOptions(siteCommand(name, description).argument('<host...>', 'the machines'))
    .option('--jobs <n>', 'so many hosts at a time', wholeNumber(1, 256), 8)
    .option('--ssh-config <file>', 'reach them by this ssh_config (default: ~/.ssh/config, then /etc/ssh/ssh_config)')
    .addOption(new Option('--component <name>', 'this component alone').choices(components.map(({ name }) => name)))
    .option('--allow <consent>', whatIsAllowed, allowed, [])

/** For `agent run` on the host. */
export const argumentsOf = ({ component, allow }: RemoteOptions): readonly string[] => [
  ...(component === undefined ? [] : ['--component', component]),
  ...allow.flatMap(consent => ['--allow', consent]),
]
