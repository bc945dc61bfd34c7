#!/usr/bin/env node
// The command `xenclosure` as a process: what goes wrong becomes a diagnostic and an exit code (program.ts has the verbs).
import { type Command, CommanderError } from 'commander'
import { UnusableDirectory } from '../compiler/make-directory.js'
import { OtherSitePublished } from '../compiler/publish.js'
import { ShareLost } from '../compiler/share-thread.js'
import { outliveReaders, printUsageError } from './output.js'
import { createProgram } from './program.js'

const program = createProgram()
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
