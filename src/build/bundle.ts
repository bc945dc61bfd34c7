// The last step of `npm run build`: the programs that are carried to hosts.
import { join } from 'node:path'
import { packageRoot } from '../compiler/package-root.js'
import { bundleAgent } from './agent-bundle.js'
import { bundleNetboot } from './bundle-program.js'

const root = packageRoot()
await bundleAgent(root, join(root, 'dist', 'xenclosure-agent.mjs'))
await bundleNetboot(root, join(root, 'dist', 'xenclosure-netboot.mjs'))
