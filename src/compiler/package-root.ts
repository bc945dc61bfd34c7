// Where this package stands: its standard templates and the components' schemas are files of it.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rootAbove = (dir: string): string => {
  if (existsSync(join(dir, 'package.json'))) return dir
  if (dirname(dir) === dir) throw new Error('xenclosure is not in a package: no package.json above its code')
  return rootAbove(dirname(dir))
}

const root = rootAbove(dirname(fileURLToPath(import.meta.url)))

/** The directory of xenclosure's own package.json, whether the code runs from src/ or from dist/. */
export const packageRoot = (): string => root

/** Before a path of this package as diagnostics show it. */
export const packagePrefix = 'xenclosure:'

/** Whether a file, as diagnostics show it, is this package's. */
export const isOfPackage = (file: string): boolean => file.startsWith(packagePrefix)
