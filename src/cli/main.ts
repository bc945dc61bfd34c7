#!/usr/bin/env node
// The command `xenclosure`: one file per verb. Exit codes, for every verb: 0 done, 1 failed, 2 bad input or usage,
// 3 something is pending, refused or (with --noaction) to be done, 75 another run holds the lock.
import { Command, CommanderError } from 'commander'
import { components } from '../../components/index.js'
import { createValidate } from '../compiler/validate.js'
import { openSystem } from '../system/open.js'
import { printUsageError } from './output.js'
import { agentCommand } from './verbs/agent.js'
import { checkCommand } from './verbs/check.js'
import { compileCommand } from './verbs/compile.js'
import { explainCommand } from './verbs/explain.js'
import { keysCommand } from './verbs/keys.js'
import { renderCommand } from './verbs/render.js'
import { showCommand } from './verbs/show.js'
import { treeCommand } from './verbs/tree.js'
import { version } from './version.js'

const program = new Command('xenclosure')
  .description('Keeps Xen hosts, and everything that runs on them, as their administrators declared it in git.')
  .version(version)
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 bad input or usage, 3 something is left to do, 75 another run holds the lock',
  )

const verbs = [
  checkCommand(),
  compileCommand(),
  showCommand(),
  explainCommand(),
  treeCommand(),
  renderCommand(),
  keysCommand(),
  agentCommand({ components, validate: createValidate(), openSystem }),
]
for (const verb of verbs) program.addCommand(verb)

const asJson = process.argv.includes('--json')

/** Usage errors are diagnostics like all others, and end with exit code 2. */
const exitOnUsageError = (command: Command): void => {
  command.exitOverride().configureOutput({
    outputError: text => printUsageError(text.trim().replace(/^error: /, ''), undefined, asJson),
  })
  for (const child of command.commands) exitOnUsageError(child)
}
exitOnUsageError(program)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
