// The one place where arguments become text for a shell: sshd hands what it is asked to run to the user's login shell,
// which may be of another family than POSIX: fish, csh.

/** A text as one word, in single quotes, as POSIX shells read it; fish too, where it holds no backslash. */
export const quoteWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** What fish (a backslash) or csh (the end of a line, `!`) reads otherwise between single quotes. */
const differing = /[\\\n!]/

/** A command line that runs exactly these arguments. Throws where one holds a NUL, which no argument can. */
export const quoteArgv = (argv: readonly string[]): string => {
  if (argv.some(argument => argument.includes('\0'))) throw new Error('an argument of a command holds a NUL')
  const line = argv.map(quoteWord).join(' ')
  if (!differing.test(line)) return line
  const encoded = Buffer.from(`exec ${line}`).toString('base64')
  return `exec sh -c 'eval "$(printf %s "$0" | base64 -d)"' ${encoded}`
}

/** A command line for people to copy: quoted where a shell needs it, and nowhere else. */
export const shownArgv = (argv: readonly string[]): string =>
  argv.map(argument => (/^[\w@%+=:,./-]+$/.test(argument) ? argument : quoteWord(argument))).join(' ')
