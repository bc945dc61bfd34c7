// `parent`: the machine that encloses another.
import type { Command } from 'commander'
import { printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'
import { enclosedMachine } from '../site-enclosures.js'

export const parentCommand = (): Command =>
  siteCommand('parent', 'the machine that encloses this one; nothing (null) where none does')
    .argument('<name>', 'the machine')
    .action((name: string, options: SiteOptions) => {
      const found = enclosedMachine(name, options)
      if (found === undefined) return
      if (options.json) printJson(found.parent?.name ?? null)
      else if (found.parent !== undefined) process.stdout.write(`${found.parent.name}\n`)
    })
