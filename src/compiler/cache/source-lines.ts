// The lines of a site's files as they are, for diagnostics that were found by who has forgotten them.
import { decode } from '../parse/decode.js'
import { contentOfFile } from './look.js'

/** Undefined where there is none. A file is read once for what is told of it in a row. */
export const sourceLines = (site: string): ((file: string, line: number) => string | undefined) => {
  let last: { readonly file: string; readonly lines: readonly string[] } | undefined
  return (file, line) => {
    if (last?.file !== file) last = { file, lines: linesIn(contentOfFile(site, file)) }
    return last.lines[line - 1]
  }
}

const linesIn = (content: Buffer | undefined): readonly string[] => {
  const decoded = content && decode(content)
  return decoded?.ok ? decoded.text.split(/\r?\n/) : []
}
