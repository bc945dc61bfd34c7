// Patterns as ssh writes them, in known_hosts and in ssh_config: `*` and `?`.

/** What matches a whole text. */
export const globPattern = (glob: string, flags = ''): RegExp => {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, flags)
}

/** Whether one of the patterns matches, and none of those that begin with `!`. */
export const matchesPatterns = (patterns: readonly string[], text: string, flags = ''): boolean => {
  const matches = (pattern: string): boolean => globPattern(pattern, flags).test(text)
  if (patterns.some(pattern => pattern.startsWith('!') && matches(pattern.slice(1)))) return false
  return patterns.some(pattern => !pattern.startsWith('!') && matches(pattern))
}
