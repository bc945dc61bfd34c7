// The command xenclosure-agent of the package: starts the bundled agent, which stands beside it, with the code that was
// kept of it. A program of its own, for the agent stays one file that any host can be given and that starts as it is.
import { join } from 'node:path'
import { launch } from './launch.js'

const cache = join(process.env.CACHE_DIRECTORY ?? '/var/cache/xenclosure', 'agent.code')
const [verb, ...options] = process.argv.slice(2)

/** A run that came to its end went through most of the agent. Help did not, and V8 takes no code of watch: it sets flags. */
const isWorthKeeping = (exitCode: number): boolean =>
  verb === 'run' && !options.includes('--help') && (exitCode === 0 || exitCode === 3)

launch(join(__dirname, 'xenclosure-agent.cjs'), cache, isWorthKeeping)
