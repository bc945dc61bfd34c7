// `test`: what the site expects of itself, in test/site/.
import { type Command, Option } from 'commander'
import { components } from '../../../components/index.js'
import { judgeExpectations, type Outcome } from '../../compiler/expectations/judge-expectations.js'
import { type Expectation, readExpectations } from '../../compiler/expectations/read-expectations.js'
import { collectProblems, type Problems } from '../../compiler/problems.js'
import { openNearestSite } from '../../compiler/site/site.js'
import { compiledSite } from '../compiled.js'
import { junitOf } from '../expectations/junit.js'
import { tapOf } from '../expectations/tap.js'
import { diagnosticJson, printDiagnostics, printJson, printUsageError, type SourceLine } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type TestOptions = SiteOptions & { readonly format: 'tap' | 'junit' }

export const testCommand = (): Command =>
  siteCommand('test', 'hold the site against its own expectations, test/site/*.yaml')
    .addOption(
      new Option('--format <format>', 'what is printed').choices(['tap', 'junit']).default('tap').conflicts('json'),
    )
    .action((options: TestOptions) => {
      const problems = collectProblems()
      const site = openNearestSite(options.site, problems)
      const expectations = site === undefined ? [] : readExpectations(site, problems)
      const tellWrong = (): boolean => {
        const wrong = problems.list()
        if (wrong.length === 0) return false
        printDiagnostics(wrong, options.json, (file, line) => site?.sourceLine(file, line))
        process.exitCode = 2
        return true
      }
      if (tellWrong()) return
      if (expectations.length === 0) {
        printUsageError(
          'the site expects nothing of itself',
          'write test/site/NAME.yaml: docs/policies.md',
          options.json,
        )
        process.exitCode = 2
      } else testSite(expectations, options, { problems, tellWrong })
    })

type Files = {
  readonly problems: Problems
  /** Tells what is wrong with the files of expectations; false where nothing is. */
  readonly tellWrong: () => boolean
}

const testSite = (expectations: readonly Expectation[], options: TestOptions, { problems, tellWrong }: Files): void => {
  const compiled = compiledSite(options)
  if (compiled === undefined) return
  const outcomes = judgeExpectations(expectations, compiled, components, problems)
  if (tellWrong()) return
  print(outcomes, options, compiled.site.sourceLine)
  if (outcomes.some(({ failure }) => failure !== undefined)) process.exitCode = 1
}

const print = (outcomes: readonly Outcome[], { json, format }: TestOptions, sourceLine: SourceLine): void => {
  if (json) printJson(outcomes.map(jsonOf))
  else process.stdout.write(format === 'tap' ? tapOf(outcomes, sourceLine) : junitOf(outcomes, sourceLine))
}

const jsonOf = ({ expectation: { name, machine, position }, failure }: Outcome) => ({
  ...{ name, machine, ...position, ok: failure === undefined },
  ...(failure === undefined
    ? {}
    : {
        ...{ message: failure.message, diff: failure.diff },
        ...(failure.diagnostics && { diagnostics: failure.diagnostics.map(diagnosticJson) }),
      }),
})
