// `explain`: where a value comes from, what it overrode on the way, and why it won.
import type { Command } from 'commander'
import type { CompiledSite } from '../../compiler/compile.js'
import { type Explanation, explain, explainVariable } from '../../compiler/inspect/explain.js'
import { nearestPlace } from '../../compiler/resolve/nearest.js'
import { didYouMean } from '../../compiler/suggest.js'
import { parsePointer } from '../../model/pointer.js'
import { compiledFor, documentOf } from '../compiled.js'
import { explanationText } from '../explanation-text.js'
import { printJson, printUsageError } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type ExplainOptions = SiteOptions & { readonly variable?: string }

export const explainCommand = (): Command =>
  siteCommand('explain', 'where a value comes from')
    .argument('<name>', 'the machine')
    .argument('[path]', 'the value, /software/components/xen/domains/ce/options/memory', '')
    .option('--variable <variable>', 'explain a variable of the machine, or the path in it')
    .action((name: string, path: string, options: ExplainOptions) => {
      const compiled = compiledFor(name, options)
      const document = compiled && documentOf(compiled, name, options.json)
      if (compiled === undefined || document === undefined) return
      const { variable } = options
      const explanation =
        variable === undefined ? explain(compiled, name, path) : explainVariable(compiled, name, variable, path)
      if (explanation !== undefined) print(explanation, compiled, options.json)
      else {
        const { message, hint } =
          variable === undefined
            ? { message: `${name} has no value at ${path}`, hint: nearestPlace(document, parsePointer(path)) }
            : variableMissing(compiled, name, variable, path)
        printUsageError(message, hint, options.json)
        process.exitCode = 2
      }
    })

const print = (explanation: Explanation, { site }: CompiledSite, json: boolean): void => {
  if (json) printJson(explanation)
  else process.stdout.write(explanationText(explanation, site.sourceLine))
}

const variableMissing = (
  { machines, declarations }: CompiledSite,
  machine: string,
  variable: string,
  path: string,
): { message: string; hint: string | undefined } => {
  const value = machines.resolver.variable(machine, variable)
  if (value !== undefined) {
    const hint = nearestPlace(value, parsePointer(path))
    return { message: `the variable ${variable} of ${machine} has no value at ${path}`, hint }
  }
  const declaration = declarations.get(variable)
  if (declaration !== undefined)
    return { message: `nothing sets the variable ${variable} of ${machine}`, hint: declaration.doc }
  return { message: `there is no variable ${variable}`, hint: didYouMean(variable, [...declarations.keys()]) }
}
