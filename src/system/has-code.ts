// What the operating system says went wrong, by its name for it (errno(3)).

/** Whether an error is one of these, such as ENOENT. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
