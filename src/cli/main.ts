#!/usr/bin/env node
// The command `xenclosure`: one file per verb. Exit codes, for every verb: 0 done, 1 failed, 2 bad input or usage,
// 3 something is pending, refused or (with --noaction) to be done, 75 another run holds the lock.
import { Command, CommanderError } from 'commander'
import { components } from '../../components/index.js'
import { UnusableDirectory } from '../compiler/make-directory.js'
import { OtherSitePublished } from '../compiler/publish.js'
import { ShareLost } from '../compiler/share-thread.js'
import { createValidate } from '../compiler/validate.js'
import { openSystem } from '../system/open.js'
import { outliveReaders, printUsageError } from './output.js'
import { agentCommand } from './verbs/agent.js'
import { applyCommand } from './verbs/apply.js'
import { checkCommand } from './verbs/check.js'
import { childrenCommand } from './verbs/children.js'
import { compileCommand } from './verbs/compile.js'
import { completionCommand } from './verbs/completion.js'
import { dhcpCommand } from './verbs/dhcp.js'
import { diffCommand } from './verbs/diff.js'
import { explainCommand } from './verbs/explain.js'
import { fmtCommand } from './verbs/fmt.js'
import { initCommand } from './verbs/init.js'
import { interveneCommand } from './verbs/intervene.js'
import { keysCommand } from './verbs/keys.js'
import { kickstartCommand } from './verbs/kickstart.js'
import { netbootCommand } from './verbs/netboot.js'
import { parentCommand } from './verbs/parent.js'
import { planCommand } from './verbs/plan.js'
import { releaseCommand } from './verbs/release.js'
import { renderCommand } from './verbs/render.js'
import { schemaCommand } from './verbs/schema.js'
import { serveCommand } from './verbs/serve.js'
import { showCommand } from './verbs/show.js'
import { testCommand } from './verbs/test.js'
import { treeCommand } from './verbs/tree.js'
import { usesCommand } from './verbs/uses.js'
import { version } from './version.js'

const program = new Command('xenclosure')
  .description('Keeps Xen hosts, and everything that runs on them, as their administrators declared it in git.')
  .version(version)
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 bad input or usage, 3 something is left to do, 75 another run holds the lock',
  )

const verbs = [
  initCommand(),
  checkCommand(),
  compileCommand(),
  testCommand(),
  showCommand(),
  explainCommand(),
  usesCommand(),
  diffCommand(),
  treeCommand(),
  parentCommand(),
  childrenCommand(),
  renderCommand(),
  planCommand(),
  applyCommand(),
  kickstartCommand(),
  netbootCommand(),
  dhcpCommand(),
  serveCommand(),
  interveneCommand(),
  releaseCommand(),
  fmtCommand(),
  schemaCommand(),
  completionCommand(program),
  keysCommand(),
  agentCommand({ version, components, validate: createValidate(), openSystem }),
]
for (const verb of verbs) program.addCommand(verb)

const asJson = process.argv.includes('--json')

/** What the file system refuses, a full disk or a directory that may not be written; anything else is a bug. */
const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error

/** Usage errors are diagnostics like all others, and end with exit code 2. */
const exitOnUsageError = (command: Command): void => {
  command.exitOverride().configureOutput({
    outputError: text => {
      const [message = '', suggestion] = text.trim().split('\n')
      const remedy = message.startsWith('error: unknown ') ? 'what there is, says --help' : undefined
      printUsageError(message.replace(/^error: /, ''), suggestion?.replace(/^\(|\)$/g, '') ?? remedy, asJson)
    },
  })
  for (const child of command.commands) exitOnUsageError(child)
}
exitOnUsageError(program)
outliveReaders()

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else if (error instanceof OtherSitePublished) {
    printUsageError(error.message, 'give every site a directory of its own with --out', asJson)
    process.exitCode = 2
  } else if (error instanceof UnusableDirectory) {
    printUsageError(error.message, undefined, asJson)
    process.exitCode = 2
  } else if (error instanceof ShareLost) {
    printUsageError(error.message, 'nothing was written; --workers 1 needs no other thread', asJson)
    process.exitCode = 1
  } else if (isFileError(error)) {
    printUsageError(error.message, undefined, asJson)
    process.exitCode = 1
  } else throw error
}
