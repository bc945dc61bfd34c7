// The command `xenclosure`: what goes wrong becomes a diagnostic and an exit code (program.ts has the verbs).
import { type Command, CommanderError } from 'commander'
import { outliveReaders, printUsageError } from './output.js'
import { withHelpAsOption } from './plain-help.js'
import { createProgram } from './program.js'

/** Carries out what the arguments of this process say. */
export const runCommand = async (): Promise<void> => {
  const program = await createProgram(process.argv[2])
  const asJson = process.argv.includes('--json')
  exitOnUsageError(program, asJson)
  outliveReaders()
  try {
    await program.parseAsync(withHelpAsOption(program, process.argv.slice(2)), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else (await import('./tell-failure.js')).tellFailure(error, asJson)
  }
}

/** Usage errors are diagnostics like all others, and end with exit code 2. */
const exitOnUsageError = (command: Command, asJson: boolean): void => {
  command.exitOverride().configureOutput({
    outputError: text => {
      const [message = '', suggestion] = text.trim().split('\n')
      const remedy = message.startsWith('error: unknown ') ? 'what there is, says --help' : undefined
      printUsageError(message.replace(/^error: /, ''), suggestion?.replace(/^\(|\)$/g, '') ?? remedy, asJson)
    },
  })
  for (const child of command.commands) exitOnUsageError(child, asJson)
}
