// `parent`: the machine that encloses another.
import type { Command } from 'commander'
import { compiledSite, documentOf } from '../compiled.js'
import { printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

export const parentCommand = (): Command =>
  siteCommand('parent', 'the machine that encloses this one; nothing (null) where none does')
    .argument('<name>', 'the machine')
    .action((name: string, options: SiteOptions) => {
      const compiled = compiledSite(options)
      if (compiled === undefined || documentOf(compiled, name, options.json) === undefined) return
      const parent = compiled.machines.parentage.parent(name)
      if (options.json) printJson(parent ?? null)
      else if (parent !== undefined) process.stdout.write(`${parent}\n`)
    })
