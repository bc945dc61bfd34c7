// `apply`: the agent brings each host to what the site declares; it is carried there over ssh. With --apply it carries out
// saved plans, and nothing else.
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { readNamedFile } from '../named-file.js'
import { answer } from '../remote/answer.js'
import { argumentsOf, type RemoteOptions, remoteCommand } from '../remote/options.js'
import { runOverSsh } from '../remote/run-over-ssh.js'

type ApplyOptions = RemoteOptions & { readonly apply?: string }

export const applyCommand = (): Command =>
  remoteCommand('apply', 'bring each host to what the site declares: the agent is carried there over ssh')
    .addOption(
      new Option(
        '--apply <dir>',
        'carry out the saved plans, DIR/HOST.plan, exactly and only if they still hold',
      ).conflicts(['allow', 'component']),
    )
    .action(applyToHosts)

const applyToHosts = async (names: readonly string[], options: ApplyOptions, command: Command): Promise<void> => {
  const plans = new Map(names.map(name => [name, planOf(name, options, command)]))
  const asked = (host: string) => {
    const plan = plans.get(host)
    return { args: argumentsOf(options), ...(plan !== undefined && { plan }) }
  }
  const results = await runOverSsh(names, options, asked, { record: true })
  if (results !== undefined) answer(results, options.json)
}

const planOf = (host: string, { apply: dir }: ApplyOptions, command: Command): string | undefined => {
  if (dir === undefined) return undefined
  try {
    return readNamedFile(join(dir, `${host}.plan`), `save one first: xenclosure plan ${host} --plan ${dir}`)
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`, { exitCode: 2 })
  }
}
