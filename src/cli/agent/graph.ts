// `agent graph`: the plan as its graph. Looks as --noaction does, and changes nothing.
import { Command, Option } from 'commander'
import { exitCode } from '../../agent/exit-code.js'
import { planGraph, printDot, printGraph } from '../../agent/graph.js'
import { run } from '../../agent/run.js'
import { printJson } from '../output.js'
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
import { complain, isExpected } from './tell.js'

type GraphOptions = DocumentOptions & { readonly dot: boolean }

export const graphCommand = (parts: AgentParts): Command =>
  withDocumentOptions(new Command('graph'), parts.components)
    .description('the plan as a graph: which action needs what from which')
    .addOption(new Option('--dot', 'in the language of Graphviz').default(false).conflicts('json'))
    .action(async (options: GraphOptions, command: Command) => {
      process.exitCode = await drawGraph(options, parts, command)
    })

const drawGraph = async (options: GraphOptions, parts: AgentParts, command: Command): Promise<number> => {
  const system = await orUsageError(command, openHost(options, parts))
  const keys = await orUsageError(command, readKeys(options))
  try {
    const sources = requireSources(options.document, command)
    const report = await run({ system, sources, noaction: true, ...keys, ...partsOfRun(options, parts) })
    const graph = planGraph(report.actions)
    if (options.json) printJson(graph)
    else process.stdout.write(options.dot ? printDot(graph) : printGraph(graph))
    const code = exitCode(report)
    return code === 3 ? 0 : code
  } catch (error) {
    if (!isExpected(error)) throw error
    complain(error, options.json)
    return exitCode(error)
  }
}
