// `show`: the compiled value of a machine, or of one place in it.
import type { Command } from 'commander'
import { sortKeys } from '../../model/json.js'
import { parsePointer, valueAt } from '../../model/pointer.js'
import { compiledSite, documentOf, type SiteOptions, siteCommand } from '../compiled.js'
import { printJson, printUsageError } from '../output.js'

export const showCommand = (): Command =>
  siteCommand('show', "a machine's compiled value, as JSON")
    .argument('<name>', 'the machine')
    .argument('[path]', 'a place in it, /system/network', '')
    .action((name: string, path: string, options: SiteOptions) => {
      const compiled = compiledSite(options)
      const document = compiled && documentOf(compiled, name, options.json)
      if (document === undefined) return
      const value = valueAt(document, parsePointer(path))
      if (value !== undefined) return printJson(sortKeys(value))
      printUsageError(`${name} has no value at ${path}`, `xenclosure show ${name} shows all of it`, options.json)
      process.exitCode = 2
    })
