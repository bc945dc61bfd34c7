// Why a file that somebody named cannot be read, in words: Node's own name the call and not what is wrong.

/** `there is no such file`; what Node says of a rarer reason. */
export const whyUnreadable = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException
  return reasons[code] ?? message
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'this is a directory, not a file',
  EACCES: 'this may not be read',
  ELOOP: 'this is a link that leads back to itself',
}
