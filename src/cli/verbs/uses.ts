// `uses`: who would notice if a template or a variable changed.
import type { Command } from 'commander'
import { type Use, usableNames, usesOf } from '../../compiler/inspect/usage.js'
import { didYouMean } from '../../compiler/suggest.js'
import { distinct } from '../../model/sorted.js'
import { compiledSite } from '../compiled.js'
import { printJson, printUsageError } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

export const usesCommand = (): Command =>
  siteCommand('uses', 'which machines use a template or a variable, and by which places')
    .argument('<template|variable>', 'hardware/xen-guest, or XEN_RAM')
    .action((name: string, options: SiteOptions) => {
      const compiled = compiledSite(options)
      if (compiled === undefined) return
      const names = usableNames(compiled)
      if (!names.includes(name)) {
        printUsageError(
          `there is no template or variable ${name}`,
          hintFor(name, names, compiled.site.loadpath),
          options.json,
        )
        process.exitCode = 2
        return
      }
      const uses = usesOf(compiled, name)
      const machines = distinct(uses.flatMap(use => use.machines))
      if (options.json)
        printJson({ name, machines, uses: uses.map(({ position, ...use }) => ({ ...use, ...position })) })
      else process.stdout.write(uses.length === 0 ? `nothing uses ${name}\n` : uses.map(useText).join(''))
    })

/** A template has the name by which it is included: of a file, its path below a directory of the load path. */
const hintFor = (written: string, names: readonly string[], loadpath: readonly string[]): string | undefined => {
  const path = written.replace(/\.yaml$/, '')
  const above = loadpath.find(dir => path.startsWith(`${dir}/`))
  return didYouMean(above === undefined ? path : path.slice(above.length + 1), names)
}

const useText = ({ how, position, machines }: Use): string => {
  const place = position === undefined ? 'by components' : `${position.file}:${position.line}:${position.column}`
  return `${how.padEnd(9)} ${place}  for ${machines.join(', ')}\n`
}
