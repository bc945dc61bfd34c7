// The keys of a file that are the language's own, beside those of the configuration, and what is wrong with their
// spelling: a misspelt one would be taken for configuration, and all that it was to bring be missed. Part of include.ts.

import type { Problems } from '../problems.js'
import { nearest } from '../suggest.js'
import type { YamlMap } from './load.js'

export const languageKeys = ['include', 'variables', 'parameters']
export const documentKeys = ['hardware', 'system', 'software']

/** Whether no key of a file was meant for one of the language's; those that were are reported. */
export const isSpelt = ({ entries }: YamlMap, problems: Problems): boolean => {
  const known = [...languageKeys, ...documentKeys]
  const misspelt = entries.flatMap(({ key, position }) => {
    const meant = known.includes(key) ? undefined : nearest(key, known)
    return meant !== undefined && languageKeys.includes(meant) ? [{ key, position, meant }] : []
  })
  for (const { key, position, meant } of misspelt)
    problems.error('key-unknown', `unknown key ${key}`, { position, hint: `did you mean "${meant}"?` })
  return misspelt.length === 0
}
