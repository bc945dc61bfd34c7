// `children`: the machines that one encloses, a name a line.
import type { Command } from 'commander'
import { childrenOf } from '../../compiler/enclose/enclosures.js'
import { compiledSite, documentOf } from '../compiled.js'
import { printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

export const childrenCommand = (): Command =>
  siteCommand('children', 'the machines that this one encloses')
    .argument('<name>', 'the machine')
    .option('--recursive', 'their children too, each behind its parent', false)
    .action((name: string, options: SiteOptions & { readonly recursive: boolean }) => {
      const compiled = compiledSite(options)
      if (compiled === undefined || documentOf(compiled, name, options.json) === undefined) return
      const children = childrenOf(compiled, name, options.recursive)
      if (options.json) printJson(children)
      else process.stdout.write(children.map(child => `${child}\n`).join(''))
    })
