// What tells this build of the compiler from any other: what one has kept in its cache is nothing to another.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Below dist/; the command reads it (src/cli/cache-place.ts). */
const digestFile = 'compiler-digest'

/** Of all compiled code, and of the versions of the libraries that it uses. */
export const writeCompilerDigest = (root: string): void => {
  const dist = join(root, 'dist')
  const code = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.js'))
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const path of code.sort()) hash.update(`${path}\n`).update(readFileSync(join(dist, path)))
  writeFileSync(join(dist, digestFile), hash.digest('hex'))
}
