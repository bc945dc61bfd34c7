// `check`: everything that compile checks; writes nothing.
import type { Command } from 'commander'
import { findUnused } from '../../compiler/inspect/unused.js'
import { compiledSite } from '../compiled.js'
import { plural, printDiagnostics, printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

export const checkCommand = (): Command =>
  siteCommand('check', 'check the whole site, write nothing')
    .option('--unused', 'warn of templates that no machine includes and of variables that nothing reads', false)
    .action((options: SiteOptions & { readonly unused: boolean }) => {
      const compiled = compiledSite(options)
      if (compiled === undefined) return
      const { sourceLine } = compiled.site
      if (options.unused) printDiagnostics(findUnused(compiled), options.json, sourceLine)
      const machines = [...compiled.documents.keys()]
      if (options.json) printJson({ site: compiled.site.name, machines })
      else process.stdout.write(`${compiled.site.name}: ${plural(machines.length, 'machine')}, nothing wrong\n`)
    })
