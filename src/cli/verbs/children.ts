// `children`: the machines that one encloses, a name a line.
import type { Command } from 'commander'
import { namesBelow } from '../../model/enclosed.js'
import { printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'
import { enclosedMachine } from '../site-enclosures.js'

export const childrenCommand = (): Command =>
  siteCommand('children', 'the machines that this one encloses')
    .argument('<name>', 'the machine')
    .option('--recursive', 'their children too, each behind its parent', false)
    .action((name: string, options: SiteOptions & { readonly recursive: boolean }) => {
      const machine = enclosedMachine(name, options)?.machine
      if (machine === undefined) return
      const names = options.recursive ? namesBelow(machine) : machine.children.map(child => child.name)
      if (options.json) printJson(names)
      else process.stdout.write(names.map(child => `${child}\n`).join(''))
    })
