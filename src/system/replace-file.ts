// A file put in place whole: who reads it meanwhile, or after the power failed, finds the old one or the new one.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'

/** By a rename; false where it already had this content and mode. */
export const replaceFile = (path: string, content: string, mode = 0o644): boolean => {
  if (existsSync(path) && isSame(path, content, mode)) return false
  const temporary = `${path}.${process.pid}.tmp`
  const file = openSync(temporary, 'w', mode)
  writeFileSync(file, content)
  fsyncSync(file)
  closeSync(file)
  renameSync(temporary, path)
  return true
}

/** An umask may have taken from the mode; it must not give more. */
const isSame = (path: string, content: string, mode: number): boolean =>
  (statSync(path).mode & 0o777 & ~mode) === 0 && readFileSync(path, 'utf8') === content
