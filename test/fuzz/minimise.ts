// Makes a failing case smaller: fewer files, and of each text fewer parts, as long as it fails in the same way.
import type { FuzzCase, FuzzFile } from './fuzz-case.js'

/** The smallest case found with so many attempts; `fails` says whether one fails in the same way. */
export const minimise = async (
  failing: FuzzCase,
  fails: (smaller: FuzzCase) => Promise<boolean>,
  attempts = 200,
): Promise<FuzzCase> => {
  let left = attempts
  const attempt = async (smaller: FuzzCase): Promise<boolean> => {
    left -= 1
    return left >= 0 && (await fails(smaller))
  }
  if ('text' in failing) return { ...failing, text: await shorten(failing.text, text => attempt({ ...failing, text })) }

  let files = failing.files
  for (const file of failing.files) {
    const others = files.filter(one => one !== file)
    if (await attempt({ ...failing, files: others })) files = others
  }
  for (const index of files.keys()) {
    const withContent = (content: string): readonly FuzzFile[] =>
      files.map((file, at) => (at === index ? { ...file, content } : file))
    const content = await shorten(files[index]?.content ?? '', one => attempt({ ...failing, files: withContent(one) }))
    files = withContent(content)
  }
  return { ...failing, files }
}

/** Takes away ever smaller parts: lines first, then characters. */
const shorten = async (text: string, fails: (shorter: string) => Promise<boolean>): Promise<string> =>
  shortenBy('', await shortenBy('\n', text, fails), fails)

const shortenBy = async (
  separator: string,
  text: string,
  fails: (shorter: string) => Promise<boolean>,
): Promise<string> => {
  let parts = text.split(separator)
  for (let size = Math.ceil(parts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < parts.length; ) {
      const fewer = [...parts.slice(0, from), ...parts.slice(from + size)]
      if (fewer.length < parts.length && (await fails(fewer.join(separator)))) parts = fewer
      else from += size
    }
  }
  return parts.join(separator)
}
