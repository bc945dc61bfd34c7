// fmt on disk: reads files and says which of them are to be written anew.
import { readFileSync } from 'node:fs'
import { type Decoded, decode } from '../parse/decode.js'
import type { Problems } from '../problems.js'
import { formatFile } from './format.js'

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
  const read = readAndDecode(path)
  if (read.ok) return read.text
  const { reason, line, column } = read
  problems.error('file', `cannot be read: ${reason}`, { position: { file: path, line, column } })
  return undefined
}

const readAndDecode = (path: string): Decoded => {
  try {
    return decode(readFileSync(path), { keepMark: true })
  } catch (error) {
    return { ok: false, reason: (error as Error).message.replace(/, .*$/, ''), line: 1, column: 1 }
  }
}
