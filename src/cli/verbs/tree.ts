// `tree`: the enclosures of the site, parents above their children.
import { type Command, Option } from 'commander'
import { enclosures } from '../../compiler/enclosures.js'
import type { Enclosed } from '../../model/enclosed.js'
import { compiledSite } from '../compiled.js'
import { printJson } from '../output.js'
import { dotOf } from '../picture/dot.js'
import { pictureOf } from '../picture/picture.js'
import { svgOf } from '../picture/svg.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type TreeOptions = SiteOptions & { readonly svg: boolean; readonly dot: boolean }

export const treeCommand = (): Command =>
  siteCommand('tree', 'the enclosures: which machine encloses which')
    .addOption(
      new Option('--svg', 'a picture for a browser, with what each host has and who takes it')
        .default(false)
        .conflicts('json'),
    )
    .addOption(new Option('--dot', 'the same for Graphviz').default(false).conflicts(['svg', 'json']))
    .action((options: TreeOptions) => {
      const compiled = compiledSite(options)
      if (compiled === undefined) return
      const site: Enclosed = { name: compiled.site.name, type: 'site', children: enclosures(compiled) }
      if (options.svg) process.stdout.write(svgOf(pictureOf(compiled)))
      else if (options.dot) process.stdout.write(dotOf(site, pictureOf(compiled)))
      else if (options.json) printJson(site)
      else process.stdout.write(treeOf(site))
    })

const treeOf = ({ name, children }: Enclosed): string =>
  `${name}\n${children.map((child, index) => branch(child, '', index === children.length - 1)).join('')}`

const branch = ({ name, type, children }: Enclosed, indent: string, isLast: boolean): string => {
  const below = `${indent}${isLast ? '   ' : '│  '}`
  const lines = children.map((child, index) => branch(child, below, index === children.length - 1))
  return `${indent}${isLast ? '└─ ' : '├─ '}${name} (${type})\n${lines.join('')}`
}
