// `check`: everything that compile checks; writes nothing.
import type { Command } from 'commander'
import { compiledSite, type SiteOptions, siteCommand } from '../compiled.js'
import { plural, printJson } from '../output.js'

export const checkCommand = (): Command =>
  siteCommand('check', 'check the whole site, write nothing').action((options: SiteOptions) => {
    const compiled = compiledSite(options)
    if (compiled === undefined) return
    const machines = [...compiled.documents.keys()]
    if (options.json) printJson({ site: compiled.site.name, machines })
    else process.stdout.write(`${compiled.site.name}: ${plural(machines.length, 'machine')}, nothing wrong\n`)
  })
