// `tree`: the enclosures of the site, parents above their children.
import type { Command } from 'commander'
import { enclosures } from '../../compiler/enclosures.js'
import type { Enclosed } from '../../model/enclosed.js'
import { compiledSite, type SiteOptions, siteCommand } from '../compiled.js'
import { printJson } from '../output.js'

export const treeCommand = (): Command =>
  siteCommand('tree', 'the enclosures: which machine encloses which').action((options: SiteOptions) => {
    const compiled = compiledSite(options)
    if (compiled === undefined) return
    const site: Enclosed = { name: compiled.site.name, type: 'site', children: enclosures(compiled) }
    if (options.json) printJson(site)
    else
      process.stdout.write(
        `${site.name}\n${site.children.map((child, index) => branch(child, '', index === site.children.length - 1)).join('')}`,
      )
  })

const branch = ({ name, type, children }: Enclosed, indent: string, isLast: boolean): string => {
  const below = `${indent}${isLast ? '   ' : '│  '}`
  const lines = children.map((child, index) => branch(child, below, index === children.length - 1))
  return `${indent}${isLast ? '└─ ' : '├─ '}${name} (${type})\n${lines.join('')}`
}
