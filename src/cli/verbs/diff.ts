// `diff`: what a change of the site changes in the documents, and by which line.
import type { Command } from 'commander'
import { Option } from 'commander'
import { components } from '../../../components/index.js'
import { type CompiledSite, compileSite, isSound } from '../../compiler/compile.js'
import { diffSites } from '../../compiler/inspect/site-diff.js'
import { findSite } from '../../compiler/site/find-site.js'
import { findRevision, NoRevision, type Revision, withRevision } from '../../compiler/site/revision.js'
import { compiledSite, printBrokenRevision } from '../compiled.js'
import { compiledEditions } from '../compiled-editions.js'
import { diffJson, diffMarkdown, diffText } from '../diff-text.js'
import { printJson, printUsageError } from '../output.js'
import { type Reports, readReports, rehearseByReports } from '../rehearsal/by-reports.js'
import { byReportsJson, byReportsMarkdown, byReportsText } from '../rehearsal/by-reports-text.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type DiffOptions = SiteOptions & { readonly markdown: boolean; readonly reports?: Reports }

export const diffCommand = (): Command =>
  siteCommand('diff', 'what has changed in the documents, and by which line')
    .argument('[from]', 'a revision of git', 'HEAD')
    .argument('[to]', 'another one (default: the files as they are now)')
    .addOption(new Option('--markdown', 'for a merge request').default(false).conflicts('json'))
    .option(
      '--reports <dir>',
      "what the agents would do about it, by their hosts' reports (JSON files): rehearsed on simulated hosts",
      readReports,
    )
    .action(async (from: string, to: string | undefined, options: DiffOptions) => {
      try {
        await diff(from, to, options)
      } catch (error) {
        if (!(error instanceof NoRevision)) throw error
        printUsageError(error.message, undefined, options.json)
        process.exitCode = 2
      }
    })

const diff = async (from: string, to: string | undefined, options: DiffOptions): Promise<void> => {
  const compared = await comparedSites(from, to, options)
  if (compared === undefined) return
  const [before, after] = compared
  const found = diffSites(before, after)
  const agents = options.reports && (await rehearseByReports(options.reports, before, after))
  const sources = { before: before.site.sourceLine, after: after.site.sourceLine }
  if (options.json) printJson({ ...diffJson(found), ...(agents && { agents: byReportsJson(agents) }) })
  else if (options.markdown) process.stdout.write(diffMarkdown(found) + (agents ? byReportsMarkdown(agents) : ''))
  else process.stdout.write(diffText(found, sources) + (agents ? byReportsText(agents) : ''))
}

/** The site before and after, as far as it differs; undefined (and exit code 2) where one of them does not compile. */
const comparedSites = async (
  from: string,
  to: string | undefined,
  options: DiffOptions,
): Promise<readonly [CompiledSite, CompiledSite] | undefined> => {
  const site = findSite(options.site)
  if (site !== undefined) {
    const asked = [from, to].map(name => (name === undefined ? 'files' : findRevision(site, name)))
    const [older, newer] = (await compiledEditions(site, asked)) ?? []
    if (older !== undefined && newer !== undefined) return [older, newer]
  }
  const now = to === undefined || site === undefined ? compiledSite(options) : undefined
  if (site === undefined || (to === undefined && now === undefined)) return undefined
  const [before, after] = [revision(site, from, options.json), now ?? revision(site, to ?? from, options.json)]
  return before === undefined || after === undefined ? undefined : [before, after]
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
