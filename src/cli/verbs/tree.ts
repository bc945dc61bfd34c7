// `tree`: the enclosures of the site, parents above their children.
import { type Command, Option } from 'commander'
import type { Enclosed } from '../../model/enclosed.js'
import { printJson } from '../output.js'
import { dotOf } from '../picture/dot.js'
import { pictureOf } from '../picture/picture.js'
import { svgOf } from '../picture/svg.js'
import { type SiteOptions, siteCommand } from '../site-command.js'
import { siteEnclosures } from '../site-enclosures.js'

type TreeOptions = SiteOptions & { readonly svg: boolean; readonly dot: boolean }

export const treeCommand = (): Command =>
  siteCommand('tree', 'the enclosures: which machine encloses which')
    .addOption(
      new Option('--svg', 'a picture for a browser, with what each host has and who takes it; many hosts as a map')
        .default(false)
        .conflicts('json'),
    )
    .addOption(new Option('--dot', 'the same for Graphviz').default(false).conflicts(['svg', 'json']))
    .action((options: TreeOptions) => {
      const found = siteEnclosures(options)
      if (found === undefined) return
      const site: Enclosed = { name: found.site, type: 'site', children: found.enclosed }
      if (options.svg) process.stdout.write(svgOf(pictureOf(found.site, found)))
      else if (options.dot) process.stdout.write(dotOf(site, pictureOf(found.site, found)))
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
