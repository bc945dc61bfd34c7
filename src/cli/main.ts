#!/usr/bin/env node
// The command `xenclosure` as a process. Built, it is one program with the code that V8 made of it at an earlier start: to find
// and compile its modules takes longer than most of what it is asked.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch } from '../launcher/launch.js'
import { cacheDirectory } from './cache-directory.js'
import { verbs } from './verbs.js'

const [verb = '', ...options] = process.argv.slice(2)
const program = fileURLToPath(new URL('../../xenclosure.cjs', import.meta.url))
const cache = cacheDirectory()

// Where there is none, this is not what was built, or its modules are to be debugged one by one.
if (!existsSync(program)) await (await import('./command.js')).runCommand()
else {
  const isKept = Object.hasOwn(verbs, verb) && !options.includes('--help') && cache !== undefined
  launch(program, isKept ? join(cache, `${verb}.code`) : undefined, exitCode => exitCode === 0)
}
