// `npm run generate`: writes every generated file that is committed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../compiler/package-root.js'
import { generatedFiles } from './generated.js'

const root = packageRoot()
for (const [path, content] of await generatedFiles(root)) writeFileSync(join(root, path), content)
