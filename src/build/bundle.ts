// The last step of `npm run build`: the programs that are carried to hosts, the command as one program and its manual page, and
// what tells this build from others.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProgram } from '../cli/program.js'
import { version } from '../cli/version.js'
import { packageRoot } from '../compiler/package-root.js'
import { bundleAgent } from './agent-bundle.js'
import { bundleLauncher, bundleNetboot, bundleStart } from './bundle-program.js'
import { bundleCommand } from './command-bundle.js'
import { writeCompilerDigest } from './compiler-digest.js'
import { printManPage } from './package/man-page.js'
import { commandPage } from './package/man-pages.js'
import { sourceDate } from './package/source-date.js'

const root = packageRoot()
await bundleAgent(root, join(root, 'dist', 'xenclosure-agent.cjs'))
await bundleLauncher(root, join(root, 'dist', 'xenclosure-launcher.cjs'))
await bundleCommand(root, join(root, 'dist', 'xenclosure.cjs'))
await bundleStart(root, join(root, 'dist', 'xenclosure-start.cjs'))
await bundleNetboot(root, join(root, 'dist', 'xenclosure-netboot.mjs'))

const manual = join(root, 'dist', 'man')
mkdirSync(manual, { recursive: true })
const page = printManPage(await createProgram(), commandPage, { version, date: sourceDate(root) })
writeFileSync(join(manual, 'xenclosure.1'), page)
writeCompilerDigest(root)
