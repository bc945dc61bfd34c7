// The command `xenclosure` as it is installed: starts the built command, one program that stands beside it, with the code that V8
// made of it at an earlier start. To find and compile its modules takes longer than most of what it is asked; and this is
// CommonJS, for Node's loader of ES modules alone takes a tenth of an answer that nothing has changed.
import { join } from 'node:path'
import { launch } from '../launcher/launch.js'
import { cacheDirectory } from './cache-directory.js'

const [verb = '', ...options] = process.argv.slice(2)
const cache = cacheDirectory()

/** What is no verb does not end well; help does, and went through little of it. */
const isKept = /^[a-z]+$/.test(verb) && verb !== 'help' && !options.includes('--help') && cache !== undefined

launch(join(__dirname, 'xenclosure.cjs'), isKept ? join(cache, `${verb}.code`) : undefined, exitCode => exitCode === 0)
