// `agent run`: one run of the agent. With --plan it is saved instead of carried out, with --apply a saved one is.
import { rename, rm, writeFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { exitCode } from '../../agent/exit-code.js'
import { type Plan, parsePlan, planOf, printPlan } from '../../agent/plan-file.js'
import { printReport } from '../../agent/print.js'
import type { Report } from '../../agent/report.js'
import { run } from '../../agent/run.js'
import { readNamedFile, writableFile } from '../named-file.js'
import { saveMetrics } from './metrics.js'
import {
  type AgentParts,
  type DocumentOptions,
  openHost,
  orUsageError,
  partsOfRun,
  readKeys,
  requireSources,
  withDocumentOptions,
} from './options.js'
import { complain, interruptible, isExpected, say } from './tell.js'

type RunOptions = DocumentOptions & {
  readonly noaction: boolean
  readonly plan?: string
  readonly apply?: string
  readonly metrics?: string
}

/** The command; a run's exit code becomes the process's. */
export const runCommand = (parts: AgentParts): Command =>
  withDocumentOptions(new Command('run'), parts.components)
    .description('one run: fetch, verify, observe, plan, gate, apply, report')
    .option('--noaction', 'look and report, change nothing', false)
    .addOption(
      new Option('--plan <file>', 'save the plan for review, change nothing')
        .argParser(writableFile)
        .conflicts('apply'),
    )
    .addOption(
      new Option('--apply <file>', 'apply a saved plan, exactly and only if it still holds').conflicts([
        'allow',
        'component',
      ]),
    )
    .option('--metrics <file>', 'what the run came to, for node_exporter (FILE.prom)', writableFile)
    .action(async (options: RunOptions, command: Command) => {
      process.exitCode = await runOnce(options, parts, command)
    })

const runOnce = async (options: RunOptions, parts: AgentParts, command: Command): Promise<number> => {
  const reviewed = options.apply === undefined ? undefined : await orUsageError(command, readPlan(options.apply))
  const system = await orUsageError(command, openHost(options, parts))
  const keys = await orUsageError(command, readKeys(options))
  const named = options.document.length > 0 ? options.document : (reviewed?.sources ?? [])
  const sources = requireSources(named, command)
  const started = new Date()
  const { component, allow, json, plan } = options

  const ending = async (outcome: Report | Error): Promise<number> => {
    const code = exitCode(outcome)
    if (options.metrics === undefined) return code
    const [time, report] = [new Date(), outcome instanceof Error ? undefined : outcome]
    await saveMetrics(options.metrics, { time, duration: time.getTime() - started.getTime(), code, report })
    return code
  }
  return interruptible(async signal => {
    try {
      const report = await run({
        ...{ system, sources, signal, ...keys, ...partsOfRun(options, parts) },
        noaction: options.noaction || plan !== undefined,
        ...(reviewed === undefined ? {} : { plan: reviewed }),
        ...(plan === undefined ? {} : { now: () => started }),
      })
      for (const consent of unusedConsents(allow, report))
        say('warning', `nothing here needs --allow ${consent}: the report names what waits or is refused`, json)
      if (plan !== undefined) {
        const only = component === undefined ? {} : { only: component }
        await savePlan(plan, report, { sources, allow, made: started.toISOString(), ...only })
        say('info', `plan saved, nothing changed; to carry it out: agent run --apply ${plan}`, json)
      }
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report))
      return await ending(report)
    } catch (error) {
      if (!isExpected(error)) throw error
      complain(error, json)
      return await ending(error)
    }
  })
}

/** What was allowed and no action asks for: a slip, or a thing of the past. */
const unusedConsents = (allow: readonly string[], { actions }: Report): readonly string[] =>
  allow.filter(name => !actions.some(({ consent, waitsFor }) => consent === name || waitsFor === name))

const readPlan = async (path: string): Promise<Plan> => {
  const remedy = `save one first: agent run --plan ${path}`
  const plan = parsePlan(readNamedFile(path, remedy))
  if (plan === undefined) throw new Error(`${path}: not a plan that --plan saved; ${remedy}`)
  return plan
}

/** For the eyes of its owner: it shows what a host is about to become. */
const savePlan = async (path: string, report: Report, request: Parameters<typeof planOf>[1]): Promise<void> => {
  const temporary = `${path}.new`
  await rm(temporary, { force: true })
  await writeFile(temporary, printPlan(planOf(report, request)), { mode: 0o600, flag: 'wx' })
  await rename(temporary, path)
}
