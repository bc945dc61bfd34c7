// `check`: everything that compile checks; writes nothing.
import type { Command } from 'commander'
import { findUnused } from '../../compiler/inspect/unused.js'
import { type CheckedSite, compiledSite, compiledWholly, soundByKept } from '../compiled.js'
import { plural, printDiagnostics, printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type CheckOptions = SiteOptions & { readonly unused: boolean; readonly cache: boolean }

export const checkCommand = (): Command =>
  siteCommand('check', 'check the whole site, write nothing')
    .option(
      '--unused',
      'warn of templates that no machine includes, of variables that nothing reads, and of guests in the lock file that have no profile',
      false,
    )
    .option('--no-cache', 'compile all machines, whatever was compiled before')
    .action((options: CheckOptions) => {
      const checked = checkedSite(options)
      if (checked === undefined) return
      const { site, count, machines } = checked
      if (options.json) printJson({ site, machines })
      else process.stdout.write(`${site}: ${plural(count, 'machine')}, nothing wrong\n`)
    })

/** Undefined (and exit code 2) where anything is wrong. All that there is to tell is printed. */
const checkedSite = (options: CheckOptions): CheckedSite | undefined => {
  // What nobody uses is seen in all files.
  const known = options.cache && !options.unused ? soundByKept(options) : undefined
  if (known !== undefined) return known
  const compiled = options.cache ? compiledSite(options) : compiledWholly(options)
  if (compiled === undefined) return undefined
  const { site, documents } = compiled
  if (options.unused) printDiagnostics(findUnused(compiled), options.json, site.sourceLine)
  return { site: site.name, count: documents.size, machines: [...documents.keys()] }
}
