// `explain`: where a value comes from, and what it overrode on the way.
import type { Command } from 'commander'
import { type Explanation, explain } from '../../compiler/explain.js'
import { compiledSite, documentOf, type SiteOptions, siteCommand } from '../compiled.js'
import { printJson, printUsageError } from '../output.js'

export const explainCommand = (): Command =>
  siteCommand('explain', 'where a value comes from')
    .argument('<name>', 'the machine')
    .argument('<path>', 'the value, /software/components/xen/domains/ce/options/memory')
    .action((name: string, path: string, options: SiteOptions) => {
      const compiled = compiledSite(options)
      if (compiled === undefined || documentOf(compiled, name, options.json) === undefined) return
      const explanation = explain(compiled, name, path)
      if (explanation === undefined) {
        printUsageError(`${name} has no value at ${path}`, `xenclosure show ${name} shows all of it`, options.json)
        process.exitCode = 2
      } else if (options.json) printJson(explanation)
      else process.stdout.write(explanationText(explanation))
    })

const explanationText = ({ machine, pointer, value, story, names }: Explanation): string => {
  const lines = [`${machine}:${pointer} = ${JSON.stringify(value)}`]
  for (const { verdict, file, line, column, kind, strength, written, pulled } of [...story].reverse()) {
    const how = [strength === 'plain' ? '' : `${strength} `, kind].join('')
    const from = pulled === undefined ? '' : `, pulled from ${pulled}`
    lines.push(`  ${verdict.padEnd(10)} ${file}:${line}:${column}  ${how} ${written}${from}`)
  }
  for (const { kind, name, value: held, file, line, column } of names) {
    const place = file === undefined ? 'its declared default' : `${file}:${line}:${column}`
    lines.push(`  ${kind.padEnd(10)} ${place}  ${name} = ${JSON.stringify(held)}`)
  }
  return `${lines.join('\n')}\n`
}
