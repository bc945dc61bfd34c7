// `schema`: a JSON schema of the site's files, for editors (docs/editors.md).
import { Argument, type Command } from 'commander'
import { expectationsSchema } from '../../compiler/expectations/expectation-schema.js'
import { editorSchema } from '../../compiler/inspect/editor-schema.js'
import { policiesSchema } from '../../compiler/policies/policy-schema.js'
import { collectProblems } from '../../compiler/problems.js'
import { openedSite } from '../compiled.js'
import { printDiagnostics, printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

export const schemaCommand = (): Command =>
  siteCommand('schema', "a JSON schema of the site's files, for editors")
    .addArgument(
      new Argument('[files]', 'of which: profiles and templates, policies, or expectations')
        .choices(['profiles', 'policies', 'expectations'])
        .default('profiles'),
    )
    .action((files: 'profiles' | keyof typeof fixed, options: SiteOptions) => {
      if (files === 'profiles') printProfileSchema(options)
      else printJson({ $schema: 'http://json-schema.org/draft-07/schema#', ...fixed[files] })
    })

/** The same for every site. */
const fixed = { policies: policiesSchema, expectations: expectationsSchema }

const printProfileSchema = (options: SiteOptions): void => {
  const site = openedSite(options)
  if (site === undefined) return
  const problems = collectProblems()
  const schema = editorSchema(site, problems)
  const wrong = problems.list()
  if (wrong.length === 0) {
    printJson(schema)
    return
  }
  printDiagnostics(wrong, options.json, site.sourceLine)
  process.exitCode = 2
}
