// Starts a program with the code that V8 made of it at an earlier start: to compile the agent is half of what a run with
// nothing to do costs beyond Node and the commands. Node 22 can do that itself (module.enableCompileCache), 20 cannot.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'
import { keepCode, readCode } from './kept-code.js'

/**
 * Runs a CommonJS program as Node does, without import(). Where `cache` has no code of it that V8 takes, it gets what is
 * compiled when the program ends, if `isWorthKeeping` says so of the exit code. Without a cache, none is kept.
 */
export const launch = (
  program: string,
  cache: string | undefined,
  isWorthKeeping: (exitCode: number) => boolean,
): void => {
  const bytes = readFileSync(program)
  const cachedData = cache === undefined ? undefined : readCode(cache, bytes)
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${sourceOf(bytes)}\n})`, {
    filename: program,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
  // It takes none of another version of itself, or of other flags.
  if (cache !== undefined && script.cachedDataRejected !== false)
    process.on('exit', exitCode => {
      if (isWorthKeeping(exitCode)) keepCode(cache, bytes, script.createCachedData())
    })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(program), module, program, dirname(program))
}

/** Node takes the first line for a comment, V8 does not. */
const sourceOf = (program: Buffer): string =>
  program.toString('utf8', program.indexOf('#!') === 0 ? program.indexOf('\n') : 0)
