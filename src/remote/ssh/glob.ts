// Patterns as ssh writes them, in known_hosts and in Include: `*` and `?`.

/** What matches a whole text. */
export const globPattern = (glob: string, flags = ''): RegExp => {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, flags)
}
