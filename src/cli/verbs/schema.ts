// `schema`: a JSON schema of the site's profiles and templates, for editors (docs/editors.md).
import type { Command } from 'commander'
import { editorSchema } from '../../compiler/editor-schema.js'
import { collectProblems } from '../../compiler/problems.js'
import { openedSite, type SiteOptions, siteCommand } from '../compiled.js'
import { printDiagnostics, printJson } from '../output.js'

export const schemaCommand = (): Command =>
  siteCommand('schema', "a JSON schema of the site's profiles and templates, for editors").action(
    (options: SiteOptions) => {
      const site = openedSite(options)
      if (site === undefined) return
      const problems = collectProblems()
      const schema = editorSchema(site, problems)
      const wrong = problems.list()
      if (wrong.length === 0) return printJson(schema)
      printDiagnostics(wrong, options.json, site.sourceLine)
      process.exitCode = 2
    },
  )
