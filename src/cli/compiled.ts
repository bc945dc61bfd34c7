// What every verb over a site begins with: compile it, say what is wrong with it, and find the machine that is meant.
import { components } from '../../components/index.js'
import { inOrder } from '../compiler/cache/concerned.js'
import { mistakesNow } from '../compiler/cache/edit-mistakes.js'
import { readLines } from '../compiler/cache/kept.js'
import { keptParses } from '../compiler/cache/kept-parses.js'
import { linesNow } from '../compiler/cache/lines-now.js'
import { enclosureOf, machinesByKept } from '../compiler/cache/machines-by-kept.js'
import { ifWhole } from '../compiler/cache/segment.js'
import {
  type CompiledSite,
  type CompileOptions,
  type CompileResult,
  compileSite,
  isSound,
} from '../compiler/compile.js'
import { compileOne } from '../compiler/compile-one.js'
import { collectProblems } from '../compiler/problems.js'
import { openNearestSite, type Site } from '../compiler/site/site.js'
import { didYouMeanOrOneOf } from '../compiler/suggest.js'
import { type Diagnostic, isError } from '../model/diagnostic.js'
import type { Document } from '../model/document.js'
import { byKept } from './by-kept.js'
import { plural, printDiagnostics, printUsageError } from './output.js'
import { printWarnings } from './print-warnings.js'
import type { SiteOptions } from './site-command.js'

/** The same as `compiledWholly`; what an edit has done wrong is told by what is kept of the site before, where that is enough. */
export const compiledSite = (options: SiteOptions): CompiledSite | undefined => {
  const wrong = byKept(options.site, (dir, kept) => mistakesNow(dir, components, kept))
  if (wrong === undefined) return compiledWholly(options)
  printDiagnostics(wrong.diagnostics, options.json, wrong.sourceLine)
  process.exitCode = 2
  return undefined
}

/** The compiled site, or undefined (and exit code 2) where anything is wrong with it. All of it is printed. */
export const compiledWholly = (
  { site, json }: SiteOptions,
  compileOptions: CompileOptions = {},
): CompiledSite | undefined => {
  const result = compiledWithMistakes({ site, json }, compileOptions)
  if (isSound(result)) return result.compiled
  process.exitCode = 2
  return undefined
}

/** The same, of which no more need be known than what a machine is made from. Then what is wrong elsewhere is not told. */
export const compiledFor = (name: string, options: SiteOptions): CompiledSite | undefined => {
  const known = byKept(options.site, (_, { lines, parent }) => ({
    parses: keptParses(lines),
    parent: (machine: string) => ifWhole(() => parent(machine)),
  }))
  const one = compileOne(options.site, components, name, known)
  return one ?? (isOneMissing([name], options) ? undefined : compiledSite(options))
}

/** The same of a sound site, for what is done to these machines: as many of them as are asked for, by what is kept where that is enough. */
export const compiledMachines = (names: readonly string[], options: SiteOptions): CompiledSite | undefined =>
  compiledByKept(options, () => names) ?? (isOneMissing(names, options) ? undefined : compiledSite(options))

/** A machine with all that it encloses and what it is enclosed in, likewise. */
export const compiledEnclosure = (name: string, options: SiteOptions): CompiledSite | undefined =>
  compiledByKept(options, enclosureOf(name)) ?? (isOneMissing([name], options) ? undefined : compiledSite(options))

/** How many machines a sound site has, and in JSON the names of all. */
export type CheckedSite = { readonly site: string; readonly count: number; readonly machines: readonly string[] }

/** Undefined where nothing is kept, or that is not enough. What there is to tell of the site is printed. */
export const soundByKept = ({ site: start, json }: SiteOptions): CheckedSite | undefined => {
  const found = byKept(start, (dir, kept) => {
    const now = linesNow(dir, components, kept)
    if (now === undefined) return undefined
    const { names, profile, warnings } = readLines(now.lines)
    // Of a large site, to name them takes longer than all the rest.
    const machines = json ? inOrder(names(), { profile }) : []
    return { dir, site: kept.site, count: now.machines, machines, warnings: warnings() }
  })
  if (found !== undefined) printWarnings(found.dir, found.warnings, json)
  return found
}

/** Undefined where nothing is kept, or that is not enough. What there is to tell of the site is printed. */
export const compiledByKept = (
  { site: start, json }: SiteOptions,
  asked: Parameters<typeof machinesByKept>[3],
): CompiledSite | undefined => {
  const found = byKept(start, (dir, kept) => machinesByKept(dir, components, kept, asked))
  if (found === undefined) return undefined
  printWarnings(found.compiled.site.dir, found.warnings, json)
  return found.compiled
}

/** A name that no profile has needs no compilation to be told. Where profiles are in doubt, what is wrong with the site is. */
const isOneMissing = (names: readonly string[], { site: dir, json }: SiteOptions): boolean => {
  const problems = collectProblems()
  const site = openNearestSite(dir, problems)
  const missing = names.find(name => site?.profiles.get(name) === undefined)
  if (site === undefined || problems.list().length > 0 || missing === undefined) return false
  printMachineMissing(missing, [...site.profiles.keys()], json)
  return true
}

/** The site compiled as far as it goes; what is wrong with it is printed. */
export const compiledWithMistakes = ({ site, json }: SiteOptions, compileOptions: CompileOptions): CompileResult => {
  const result = compileSite(site, components, compileOptions)
  printDiagnostics(result.diagnostics, json, (file, line) => result.compiled?.site.sourceLine(file, line))
  return result
}

/** That a revision of the site does not compile: nobody can mend it there, so the first of its errors is enough. */
export const printBrokenRevision = (name: string, diagnostics: readonly Diagnostic[], json: boolean): void => {
  const errors = diagnostics.filter(isError)
  const [first] = errors
  const place = first?.position === undefined ? '' : `${first.position.file}:${first.position.line}: `
  const count = plural(errors.length, 'error')
  printUsageError(`${name} does not compile: ${count}, the first is ${place}${first?.message}`, undefined, json)
}

/** The site as it is, sound or not; undefined (and exit code 2) where there is none. */
export const openedSite = ({ site: dir, json }: SiteOptions): Site | undefined => {
  const problems = collectProblems()
  const site = openNearestSite(dir, problems)
  if (site !== undefined) return site
  printDiagnostics(problems.list(), json, () => undefined)
  process.exitCode = 2
  return undefined
}

/** The document of a machine, or undefined (and exit code 2) where the site has no such machine. */
export const documentOf = (
  { documents }: Pick<CompiledSite, 'documents'>,
  name: string,
  json: boolean,
): Document | undefined => {
  const document = documents.get(name)
  if (document !== undefined) return document
  printMachineMissing(name, [...documents.keys()], json)
  return undefined
}

/** And sets exit code 2. */
export const printMachineMissing = (name: string, machines: readonly string[], json: boolean): void => {
  printUsageError(`there is no machine ${name}`, didYouMeanOrOneOf(name, machines), json)
  process.exitCode = 2
}
