// `show`: the compiled value of a machine, or of one place in it.
import { type Command, Option } from 'commander'
import { printValue, type ValueFormat, valueFormats } from '../../compiler/inspect/print-value.js'
import { nearestPlace } from '../../compiler/resolve/nearest.js'
import { parsePointer, printPointer, valueAt } from '../../model/pointer.js'
import { compiledFor, documentOf } from '../compiled.js'
import { printUsageError } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

export const showCommand = (): Command =>
  siteCommand('show', "a machine's compiled value")
    .argument('<name>', 'the machine')
    .argument('[path]', 'a place in it, /system/network', '')
    .addOption(
      new Option('--format <format>', 'flat: a line `/path = value` for each')
        .choices(valueFormats)
        .default('json' satisfies ValueFormat)
        .conflicts('json'),
    )
    .action((name: string, path: string, options: SiteOptions & { readonly format: ValueFormat }) => {
      const compiled = compiledFor(name, options)
      const document = compiled && documentOf(compiled, name, options.json)
      if (document === undefined) return
      const keys = parsePointer(path)
      const value = valueAt(document, keys)
      if (value !== undefined) process.stdout.write(printValue(value, options.format, printPointer(keys)))
      else {
        printUsageError(`${name} has no value at ${path}`, nearestPlace(document, keys), options.json)
        process.exitCode = 2
      }
    })
