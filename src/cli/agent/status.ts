// `agent status`: how the host stands by the agent's last report and memory; the host itself is not looked at.
import { Command } from 'commander'
import { exitCode } from '../../agent/exit-code.js'
import { printStatus, readStatus } from '../../agent/status.js'
import type { Json } from '../../model/json.js'
import { printJson } from '../output.js'
import { type AgentParts, type HostOptions, openHost, orUsageError, withHostOptions } from './options.js'

export const statusCommand = (parts: AgentParts): Command =>
  withHostOptions(new Command('status'))
    .description('how the host stands by the last report: its age, what waits, holds, orphans, drift')
    .action(async (options: HostOptions, command: Command) => {
      const system = await orUsageError(command, openHost(options, parts))
      const status = await readStatus(system, options.state, new Date())
      if (options.json) printJson(status as unknown as Json)
      else process.stdout.write(printStatus(status))
      process.exitCode = status.report === null ? 1 : exitCode(status.report)
    })
