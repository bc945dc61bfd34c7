// What ends the command early, in words and as an exit code; a bug is thrown on.
import { UnusableDirectory } from '../compiler/make-directory.js'
import { OtherSitePublished } from '../compiler/publish/publish.js'
import { ShareLost } from '../compiler/shares/share-thread.js'
import { CommandFailed } from '../model/system.js'
import { printUsageError } from './output.js'

export const tellFailure = (error: unknown, asJson: boolean): void => {
  if (error instanceof OtherSitePublished) {
    printUsageError(error.message, 'give every site a directory of its own with --out', asJson)
    process.exitCode = 2
  } else if (error instanceof UnusableDirectory) {
    printUsageError(error.message, undefined, asJson)
    process.exitCode = 2
  } else if (error instanceof ShareLost) {
    printUsageError(error.message, 'nothing was written; --workers 1 needs no other thread', asJson)
    process.exitCode = 1
  } else if (error instanceof CommandFailed || isFileError(error)) {
    printUsageError(error.message, undefined, asJson)
    process.exitCode = 1
  } else throw error
}

/** What the file system refuses, a full disk or a directory that may not be written; anything else is a bug. */
const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error
