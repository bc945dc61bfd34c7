// An administrator's order on this host is carried out by runs of the agent: as `agent down`, `agent up` and `agent
// reinstall` have it in common.
import type { Command } from 'commander'
import { exitCode } from '../../agent/exit-code.js'
import { printReport } from '../../agent/print.js'
import type { Report } from '../../agent/report.js'
import type { RunRequest } from '../../agent/run.js'
import type { Json } from '../../model/json.js'
import type { System } from '../../model/system.js'
import { printJson } from '../output.js'
import { type AgentParts, type DocumentOptions, orUsageError, partsOfRun, readKeys } from './options.js'
import { complain, interruptible, isExpected } from './tell.js'

type Parts = {
  readonly options: DocumentOptions
  readonly parts: AgentParts
  readonly command: Command
  readonly system: System
}

type Outcome = { readonly report: Report; readonly code: number }

/** Without a document it goes by the one in force. */
export const carryOut = async (
  { options, parts, command, system }: Parts,
  work: (request: RunRequest) => Promise<Outcome>,
): Promise<number> => {
  const keys = await orUsageError(command, readKeys(options))
  const { json, document: sources } = options
  return interruptible(async signal => {
    try {
      const request = { system, sources, signal, noaction: false, ...keys, ...partsOfRun(options, parts) }
      const { report, code } = await work(request)
      if (json) printJson(report as unknown as Json)
      else process.stdout.write(printReport(report))
      return code
    } catch (error) {
      if (!isExpected(error)) throw error
      complain(error, json)
      return exitCode(error)
    }
  })
}
