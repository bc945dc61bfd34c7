// `plan`: what the agent would do on each host, asked of the hosts themselves over ssh. With --plan it is saved.
import { join } from 'node:path'
import type { Command } from 'commander'
import { makeDirectory } from '../../compiler/make-directory.js'
import { replaceFile } from '../../system/replace-file.js'
import { say } from '../agent/tell.js'
import { answer } from '../remote/answer.js'
import { argumentsOf, type RemoteOptions, remoteCommand } from '../remote/options.js'
import type { HostResult } from '../remote/run-on-hosts.js'
import { runOverSsh } from '../remote/run-over-ssh.js'

type PlanOptions = RemoteOptions & { readonly plan?: string }

export const planCommand = (): Command =>
  remoteCommand('plan', 'what the agent would do on each host: it is carried there over ssh, and changes nothing')
    .option('--plan <dir>', 'save the plans for review, DIR/HOST.plan')
    .action(planHosts)

const planHosts = async (names: readonly string[], options: PlanOptions): Promise<void> => {
  const { plan: dir, json } = options
  const args = [...argumentsOf(options), ...(dir === undefined ? ['--noaction'] : [])]
  const asked = { args, savePlan: dir !== undefined }
  const results = await runOverSsh(names, options, () => asked, { record: false })
  if (results === undefined) return
  if (dir !== undefined) saveAll(results, dir, json)
  answer(results, json)
}

/** A host that was not reached has no plan. */
const saveAll = (results: readonly HostResult[], dir: string, json: boolean): void => {
  const saved = results.filter(({ plan }) => plan !== undefined)
  for (const { host, plan = '' } of saved) save(dir, host, plan)
  if (saved.length > 0) say('info', `to carry the plans out: xenclosure apply HOST... --apply ${dir}`, json)
}

/** For the eyes of its owner: it shows what a host is about to become. */
const save = (dir: string, host: string, plan: string): void => {
  makeDirectory(dir)
  replaceFile(join(dir, `${host}.plan`), plan, 0o600)
}
