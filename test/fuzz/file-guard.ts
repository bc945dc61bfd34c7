// Watches what this process reads and writes through node:fs: a site's compilation reads the site and the package, and
// writes nothing. Whether a path exists may be asked of any.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { sep } from 'node:path'

const reading = ['readFileSync', 'readdirSync', 'opendirSync', 'createReadStream'] as const
const writing = [
  'writeFileSync',
  'appendFileSync',
  'mkdirSync',
  'rmSync',
  'unlinkSync',
  'renameSync',
  'symlinkSync',
] as const

/** Runs work and says what it read outside these directories, and what it wrote anywhere. */
export const watchFiles = <Result>(
  roots: readonly string[],
  work: () => Result,
): { result: Result; strayed: string[] } => {
  const allowed = roots.map(root => originals.realpathSync(root))
  watching = { allowed, strayed: [] }
  const { strayed } = watching
  try {
    return { result: work(), strayed }
  } finally {
    watching = undefined
  }
}

let watching: { readonly allowed: readonly string[]; readonly strayed: string[] } | undefined
const originals = { ...fs }

const isAllowed = (path: string, allowed: readonly string[]): boolean => {
  try {
    const real = originals.realpathSync(path)
    return allowed.some(root => real === root || real.startsWith(root + sep))
  } catch {
    return true // there is nothing to be read
  }
}

for (const name of [...reading, ...writing]) {
  const original = originals[name] as (...args: readonly unknown[]) => unknown
  Object.assign(fs, {
    [name]: (...args: readonly unknown[]) => {
      if (watching !== undefined) {
        const path = String(args[0])
        if (!(reading as readonly string[]).includes(name)) watching.strayed.push(`${name} writes ${path}`)
        else if (!isAllowed(path, watching.allowed)) watching.strayed.push(`${name} reads ${path}`)
      }
      return original(...args)
    },
  })
}
syncBuiltinESMExports()
