// Documents are not written among what they are made of: there the next compilation would read what stands beside the sources.
// Not asked of a compilation by what is kept, which is by the directory that the one before it wrote to.
import { resolve, sep } from 'node:path'
import { collectProblems } from '../compiler/problems.js'
import { findSite } from '../compiler/site/find-site.js'
import { openSite } from '../compiler/site/site.js'
import type { CompileOptions } from './compile-answer.js'
import { printUsageError } from './output.js'

/** Tells of an --out in profiles/, or in a directory of the load path, and sets the exit code. A load path that is the whole site has room beside it all. */
export const refusesOutput = ({ site: start, out, json }: Pick<CompileOptions, 'site' | 'out' | 'json'>): boolean => {
  const dir = findSite(start)
  if (dir === undefined) return false
  // What is wrong with xenclosure.yaml is told by the compilation.
  const loadpath = openSite(dir, collectProblems(), { profiles: new Map() })?.loadpath ?? []
  const path = resolve(out)
  const isIn = (source: string): boolean => `${path}${sep}`.startsWith(`${resolve(dir, source)}${sep}`)
  const sources = ['profiles', ...loadpath.filter(source => resolve(dir, source) !== resolve(dir))].find(isIn)
  if (sources === undefined) return false
  const hint = 'documents are in a directory of their own: --out documents'
  printUsageError(`${out} is in ${sources}/, which holds the site's sources`, hint, json)
  process.exitCode = 2
  return true
}
