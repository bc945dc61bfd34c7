// `diff`: what a change of the site changes in the documents, and by which line.
import type { Command } from 'commander'
import { Option } from 'commander'
import { components } from '../../../components/index.js'
import { type CompiledSite, compileSite, isSound } from '../../compiler/compile.js'
import { findRevision, NoRevision, type Revision, withRevision } from '../../compiler/revision.js'
import { findSite } from '../../compiler/site.js'
import { diffSites } from '../../compiler/site-diff.js'
import { compiledSite, printBrokenRevision, type SiteOptions, siteCommand } from '../compiled.js'
import { diffJson, diffMarkdown, diffText } from '../diff-text.js'
import { printJson, printUsageError } from '../output.js'

type DiffOptions = SiteOptions & { readonly markdown: boolean }

export const diffCommand = (): Command =>
  siteCommand('diff', 'what has changed in the documents, and by which line')
    .argument('[from]', 'a revision of git', 'HEAD')
    .argument('[to]', 'another one (default: the files as they are now)')
    .addOption(new Option('--markdown', 'for a merge request').default(false).conflicts('json'))
    .action((from: string, to: string | undefined, options: DiffOptions) => {
      try {
        diff(from, to, options)
      } catch (error) {
        if (!(error instanceof NoRevision)) throw error
        printUsageError(error.message, undefined, options.json)
        process.exitCode = 2
      }
    })

const diff = (from: string, to: string | undefined, options: DiffOptions): void => {
  const site = findSite(options.site)
  const now = to === undefined || site === undefined ? compiledSite(options) : undefined
  if (site === undefined || (to === undefined && now === undefined)) return
  const [before, after] = [revision(site, from, options.json), now ?? revision(site, to ?? from, options.json)]
  if (before === undefined || after === undefined) return
  const found = diffSites(before, after)
  if (options.json) printJson(diffJson(found))
  else if (options.markdown) process.stdout.write(diffMarkdown(found))
  else process.stdout.write(diffText(found, { before: before.site.sourceLine, after: after.site.sourceLine }))
}

/** The site as a revision has it; undefined (and exit code 2) where that does not compile. */
const revision = (site: string, name: string, json: boolean): CompiledSite | undefined => {
  const found: Revision = findRevision(site, name)
  const result = withRevision(site, found, dir => compileSite(dir, components))
  if (isSound(result)) return result.compiled
  printBrokenRevision(name, result.diagnostics, json)
  process.exitCode = 2
  return undefined
}
