// The way that `plan` and `apply` have in common: compile, bring, run, answer.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../compiler/package-root.js'
import { ConfigRefused, type Reach } from '../../remote/remote-host.js'
import type { Errand } from '../../remote/run-there.js'
import { interruptible } from '../agent/tell.js'
import { printUsageError } from '../output.js'
import { documentsFor, type ToBring } from './documents.js'
import type { RemoteOptions } from './options.js'
import { type HostResult, runOnHosts } from './run-on-hosts.js'

export type Asked = Omit<Errand, 'document' | 'seal'>

/** The results; undefined (and the exit code is set) where nothing was begun. `asked` is what is asked of one host. */
export const runOverSsh = async (
  names: readonly string[],
  options: RemoteOptions,
  asked: (host: string) => Asked,
  { record }: { readonly record: boolean },
): Promise<readonly HostResult[] | undefined> => {
  const hosts = await documentsFor([...new Set(names)], options, record)
  const reach = hosts && (await openReach(hosts, options))
  if (hosts === undefined || reach === undefined) return undefined
  const errands = hosts.map(({ name, document, seal }) => ({ name, document, seal, ...asked(name) }))
  const { jobs, json } = options
  return interruptible(signal => runOnHosts(errands, { reach, jobs, json, signal }))
}

/** Undefined (and the exit code is set) where there is no agent to carry, or the configuration cannot be read. */
export const openReach = async (
  hosts: readonly Pick<ToBring, 'name' | 'address'>[],
  { sshConfig, json }: Pick<RemoteOptions, 'sshConfig' | 'json'>,
): Promise<Reach | undefined> => {
  const agentFile = join(packageRoot(), 'dist/xenclosure-agent.cjs')
  if (!existsSync(agentFile)) {
    printUsageError(`${agentFile}: there is no bundled agent to carry`, 'npm run build makes it', json)
    process.exitCode = 1
    return undefined
  }
  // ssh2 is loaded by those who need it.
  const { reachOverSsh } = await import('../../remote/ssh/reach.js')
  const addresses = new Map(hosts.map(({ name, address }) => [name, address]))
  try {
    return reachOverSsh({
      agent: readFileSync(agentFile),
      addressOf: machine => addresses.get(machine),
      ...(sshConfig !== undefined && { configFile: sshConfig }),
    })
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error
    printUsageError(error.message, 'mend it, or reach the hosts by another one: --ssh-config FILE', json)
    process.exitCode = 2
    return undefined
  }
}
