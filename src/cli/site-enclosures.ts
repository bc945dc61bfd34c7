// The enclosures of the site that a verb is about: by what is kept of its last compilation where that is enough, so that no
// more is compiled than an edit concerns; else the whole of it is compiled.
import { components } from '../../components/index.js'
import { type Enclosures, enclosuresByKept } from '../compiler/cache/kept-picture.js'
import { type FoundMachine, findEnclosed, namesBelow } from '../model/enclosed.js'
import { byKept } from './by-kept.js'
import { compiledSite, printMachineMissing } from './compiled.js'
import { enclosuresIn } from './picture/picture.js'
import { printWarnings } from './print-warnings.js'
import type { SiteOptions } from './site-command.js'

export type SiteEnclosures = Enclosures & { readonly site: string }

/** Undefined (and exit code 2) where anything is wrong with the site. All of it is printed. */
export const siteEnclosures = (options: SiteOptions): SiteEnclosures | undefined =>
  keptEnclosures(options) ?? compiledEnclosures(options)

/** A machine and what encloses it; undefined (and exit code 2) where the site is wrong, or has no such machine. */
export const enclosedMachine = (name: string, options: SiteOptions): FoundMachine | undefined => {
  const all = siteEnclosures(options)?.enclosed
  if (all === undefined) return undefined
  const found = findEnclosed(all, name)
  if (found !== undefined) return found
  printMachineMissing(
    name,
    all.flatMap(machine => [machine.name, ...namesBelow(machine)]),
    options.json,
  )
  return undefined
}

const keptEnclosures = ({ site, json }: SiteOptions): SiteEnclosures | undefined =>
  byKept(site, (dir, kept) => {
    const found = enclosuresByKept(dir, components, kept)
    if (found !== undefined) printWarnings(dir, found.warnings, json)
    return found && { ...found, site: kept.site }
  })

const compiledEnclosures = (options: SiteOptions): SiteEnclosures | undefined => {
  const compiled = compiledSite(options)
  return compiled && { ...enclosuresIn(compiled), site: compiled.site.name }
}
