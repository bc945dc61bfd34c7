// The command `xenclosure` as it is installed: starts the built command, one program that stands beside it, with the code that V8
// made of it at an earlier start. To find and compile its modules takes longer than most of what it is asked; and this is
// CommonJS, for Node's loader of ES modules alone takes a tenth of an answer that nothing has changed.
import { join } from 'node:path'
import { launch } from '../launcher/launch.js'
import { cacheDirectory } from './cache-directory.js'

const words = process.argv.slice(2)
const cache = cacheDirectory()

/** What a verb does goes through another part of the program than its help, which goes through a little of all verbs. */
const isHelp = words.length === 0 || ['help', '--help', '-h', '--version', '-V'].some(word => words.includes(word))
const [name = ''] = isHelp ? ['help'] : words

/** What is no verb does not end well. */
const isKept = /^[a-z]+$/.test(name) && cache !== undefined

launch(join(__dirname, 'xenclosure.cjs'), isKept ? join(cache, `${name}.code`) : undefined, exitCode => exitCode === 0)
