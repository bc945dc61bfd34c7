// `fmt`: profiles, templates, policies and expectations in one layout; comments and meaning stay.
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { formatFiles } from '../../compiler/format/format-files.js'
import { collectProblems } from '../../compiler/problems.js'
import { rewriteFile } from '../../system/replace-file.js'
import { openedSite } from '../compiled.js'
import { plural, printDiagnostics, printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type FmtOptions = SiteOptions & { readonly check: boolean }

export const fmtCommand = (): Command =>
  siteCommand('fmt', 'lay out profiles and templates; comments and meaning stay')
    .argument('[file...]', 'these files only (default: all of the site)')
    .option('--check', 'write nothing; exit code 3 where something is to be done', false)
    .action((files: readonly string[], options: FmtOptions) => {
      const chosen = files.length > 0 ? files : filesOfSite(options)
      if (chosen === undefined) return
      const problems = collectProblems()
      const formatted = formatFiles(chosen, problems)
      printDiagnostics(problems.list(), options.json, () => undefined)
      const changed = formatted.filter(file => file.changed)
      if (!options.check) for (const { path, text } of changed) rewriteFile(path, text)
      const paths = changed.map(({ path }) => path)
      const unchanged = formatted.length - changed.length
      if (options.json) printJson({ changed: paths, unchanged })
      else process.stdout.write(summaryOf(paths, unchanged, options.check))
      if (problems.list().length > 0) process.exitCode = 2
      else if (options.check && changed.length > 0) process.exitCode = 3
    })

/** By their paths from here. */
const filesOfSite = (options: SiteOptions): readonly string[] | undefined => {
  const site = openedSite(options)
  if (site === undefined) return undefined
  const files = [...site.ownFiles(), ...site.expectations().map(({ file }) => file)]
  return files.map(file => relative('', join(site.dir, file)))
}

const summaryOf = (changed: readonly string[], unchanged: number, check: boolean): string => {
  const files = `${plural(changed.length, 'file')} ${check ? 'to be formatted' : 'formatted'}`
  return `${changed.map(path => `${path}\n`).join('')}${files}, ${unchanged} as they should be\n`
}
