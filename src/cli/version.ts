// The version of this package, as seals and --version say it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../compiler/package-root.js'

const manifest = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { readonly version: string }

export const { version } = manifest
