// The answer of `plan` and `apply` on stdout, and the exit code for all hosts together.
import { printReport } from '../../agent/print.js'
import type { Json } from '../../model/json.js'
import { printJson } from '../output.js'
import { printable } from '../printable.js'
import type { HostResult } from './run-on-hosts.js'

/** After what failed, worst first: what was rejected, where another run was at work, where something is left. */
const worstFirst = [2, 75, 3, 0]

/** A code that no run ends with is that of one that was killed, or never begun: it failed. */
export const worstOf = (results: readonly HostResult[]): number => {
  const codes = results.map(({ code }) => code)
  return codes.every(code => worstFirst.includes(code)) ? (worstFirst.find(code => codes.includes(code)) ?? 0) : 1
}

export const answer = (results: readonly HostResult[], json: boolean): void => {
  process.exitCode = worstOf(results)
  if (json) printJson({ hosts: results.map(hostJson) })
  else process.stdout.write(results.map(result => hostText(result, results.length > 1)).join('\n'))
}

const hostJson = ({ host, code, report, error }: HostResult): Json => ({
  host,
  code,
  report: (report as unknown as Json | undefined) ?? null,
  ...(error === undefined ? {} : { error }),
})

const columns = 1000

/** As the agent prints it on the host; what a host says reaches no terminal unread. */
const hostText = ({ host, code, report }: HostResult, isOneOfMany: boolean): string => {
  // Why there is none was told on stderr when it came to that.
  const text = report === undefined ? `${host}: no report, exit code ${code}\n` : printReport(report)
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => printable(line, columns))
  return [...(isOneOfMany ? [`${host}:`] : []), ...lines].map(line => `${line}\n`).join('')
}
