// The one place where arguments become text for a shell: sshd hands what it is asked to run to the user's login shell.

/** A text as one word, in single quotes, as POSIX shells read it; fish too, where it holds no backslash. */
export const quoteWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A command line that runs exactly these arguments. Throws where one holds a NUL, which no argument can. */
export const quoteArgv = (argv: readonly string[]): string => {
  if (argv.some(argument => argument.includes('\0'))) throw new Error('an argument of a command holds a NUL')
  return argv.map(quoteWord).join(' ')
}
