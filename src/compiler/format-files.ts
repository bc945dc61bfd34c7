// fmt on disk: reads files and says which of them are to be written anew.
import { readFileSync } from 'node:fs'
import { formatFile } from './format.js'
import type { Problems } from './problems.js'

export type FormattedFile = { readonly path: string; readonly text: string; readonly changed: boolean }

/** Every file that could be read, laid out; nothing is written. What is wrong with the others stands in `problems`. */
export const formatFiles = (paths: readonly string[], problems: Problems): readonly FormattedFile[] =>
  paths.flatMap(path => {
    const before = readText(path, problems)
    const text = before === undefined ? undefined : formatFile(path, before, problems)
    return text === undefined ? [] : [{ path, text, changed: text !== before }]
  })

/** Bytes that are not UTF-8 would be lost. */
const readText = (path: string, problems: Problems): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is not UTF-8 text' : (error as Error).message.replace(/, .*$/, '')
    problems.error('file', `cannot be read: ${reason}`, { position: { file: path, line: 1, column: 1 } })
    return undefined
  }
}
