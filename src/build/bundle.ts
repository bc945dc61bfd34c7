// The last step of `npm run build`: dist/xenclosure-agent.mjs.
import { join } from 'node:path'
import { packageRoot } from '../compiler/package-root.js'
import { bundleAgent } from './agent-bundle.js'

const root = packageRoot()
await bundleAgent(root, join(root, 'dist', 'xenclosure-agent.mjs'))
