// What must hold of every answer of the compiler, whatever it was asked: each function gives what does not.
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type CompileResult, isSound } from '../../src/compiler/compile.js'
import { printValue, valueFormats } from '../../src/compiler/inspect/print-value.js'
import { soundnessOf } from '../../src/compiler/judge/sound.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { type Diagnostic, isError } from '../../src/model/diagnostic.js'
import { canonicalJson, type Json, parseJson, sameJson } from '../../src/model/json.js'

/** Only what is about the command, not about a file of the site. */
const needNoPosition: readonly string[] = ['usage']

/** Diagnostics that are at no place of the site, or not worded for people. */
export const misplaced = (diagnostics: readonly Diagnostic[], site: string): readonly string[] =>
  diagnostics.flatMap(diagnostic => {
    const { position, code } = diagnostic
    if (position === undefined) return needNoPosition.includes(code) ? [] : [`${code} has no position`]
    const { file } = position
    const path = file.startsWith('xenclosure:')
      ? join(packageRoot(), file.slice('xenclosure:'.length))
      : join(site, file)
    if (position.line === 1 && position.column === 1 && isUnreadable(path)) return misworded(diagnostic)
    if (!existsSync(path) || !statSync(path).isFile()) return [`${code} at ${file}, which is no file`]
    return misplacedIn(diagnostic, new TextDecoder('utf-8').decode(readFileSync(path)))
  })

/** What cannot be read has a first line and column all the same: a link to nowhere or through a file, a directory. */
const isUnreadable = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false }) !== undefined && !(existsSync(path) && statSync(path).isFile())

/** The same, of one that is about this text. */
export const misplacedIn = (diagnostic: Diagnostic, text: string): string[] => {
  const { position, code } = diagnostic
  const found = [...misworded(diagnostic)]
  if (position === undefined) return [...found, `${code} has no position`]
  const { line, column } = position
  const lines = text.replace(/^\ufeff/, '').split(/\r(?!\n)|\n/)
  const there = lines[line - 1]
  if (!Number.isInteger(line) || there === undefined) found.push(`${code} in line ${line} of ${lines.length}`)
  else if (!Number.isInteger(column) || column < 1 || column > there.length + 1)
    found.push(`${code} in column ${column} of ${there.length}`)
  return found
}

const misworded = ({ code, severity, message, hint = '-' }: Diagnostic): readonly string[] => {
  const found: string[] = []
  if (!/^[a-z]+(-[a-z]+)*$/.test(code)) found.push(`code ${code}`)
  if (severity !== 'error' && severity !== 'warning') found.push(`severity ${severity}`)
  for (const words of [message, hint]) {
    if (words === '') found.push(`${code} says nothing`)
    if (/\[object |^undefined\b|\bfunction \(.*\) \{/.test(words)) found.push(`${code} says ${words.slice(0, 200)}`)
  }
  return found
}

/** Whether the site is as sound as its diagnostics say. */
export const misclassified = (result: CompileResult): readonly string[] => {
  const { compiled, diagnostics } = result
  const errors = diagnostics.filter(isError)
  if (compiled === undefined)
    return errors.length > 0 && !isSound(result) ? [] : ['nothing compiled, and nobody said why']
  if (isSound(result) !== (errors.length === 0)) return ['sound with errors, or unsound without']
  const soundness = soundnessOf(result)
  if (soundness === undefined) return errors.length > 0 ? [] : ['nothing is wrong, and no machine is sound']
  const { sound, broken } = soundness
  const found: string[] = []
  if (errors.length === 0 && broken.length > 0) found.push(`nothing is wrong, and ${broken} are broken`)
  if (
    errors.length > 0 &&
    broken.length === 0 &&
    compiled.compositions.size > 0 &&
    errors.some(({ machines }) => machines.length > 0)
  )
    found.push('machines have errors, and none is broken')
  for (const name of new Set(errors.flatMap(({ machines }) => machines)))
    if (sound.includes(name)) found.push(`${name} has an error and is sound`)
  if (sound.length + broken.length !== compiled.compositions.size) found.push('a machine is neither sound nor broken')
  for (const name of sound) if (!compiled.documents.has(name)) found.push(`${name} is sound and has no document`)
  return found
}

/** What keeps a document from being the same for whoever reads it. */
export const unpublishable = (name: string, document: Json): readonly string[] => {
  const text = canonicalJson(document)
  const back = parseJson(text)
  if (back === undefined) return [`${name} is no JSON`]
  if (!sameJson(back, document)) return [`${name} is not what it was: ${text.slice(0, 200)}`]
  for (const format of valueFormats) printValue(document, format)
  return []
}
