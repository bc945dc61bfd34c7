// Starts a program with the code that V8 made of it at an earlier start: to compile the agent is half of what a run with
// nothing to do costs beyond Node and the commands. Node 22 can do that itself (module.enableCompileCache), 20 cannot.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'
import { keepCode, readCode } from './kept-code.js'

/**
 * Runs a CommonJS program as Node does, without import(). Where `cache` has no code of it that V8 takes, or none of a way that the
 * program has gone (it may export `waysGone`), it gets what is compiled when the program ends, if `isWorthKeeping` says so of the
 * exit code. Without a cache, none is kept.
 */
export const launch = (
  program: string,
  cache: string | undefined,
  isWorthKeeping: (exitCode: number) => boolean,
): void => {
  const bytes = readFileSync(program)
  const kept = cache === undefined ? undefined : readCode(cache, bytes)
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${sourceOf(bytes)}\n})`, {
    filename: program,
    ...(kept === undefined ? {} : { cachedData: kept.code }),
  })
  // It takes none of another version of itself, or of other flags.
  const taken = script.cachedDataRejected === false ? kept?.ways : undefined
  const module: { exports: { readonly waysGone?: () => readonly string[] } } = { exports: {} }
  if (cache !== undefined)
    process.on('exit', exitCode => {
      const gone = module.exports.waysGone?.() ?? []
      if (taken !== undefined && gone.every(way => taken.includes(way))) return
      const ways = [...new Set([...(taken ?? []), ...gone])]
      if (isWorthKeeping(exitCode)) keepCode(cache, bytes, { code: script.createCachedData(), ways })
    })
  script.runInThisContext()(module.exports, createRequire(program), module, program, dirname(program))
}

/** Node takes the first line for a comment, V8 does not. */
const sourceOf = (program: Buffer): string =>
  program.toString('utf8', program.indexOf('#!') === 0 ? program.indexOf('\n') : 0)
