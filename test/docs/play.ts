// Plays a page of documentation: its fenced blocks are the files of a site and the commands over it, in their order.
//
//   ```yaml profiles/ce.yaml          the whole file; the text before the block names it
//   ```yaml into profiles/ce.yaml     keys that a reader adds to that file, or replaces there
//   ```yaml of profiles/ce.yaml       a part of that file, as it is
//   ```console                        `$ command` and what it prints, to the letter; a command that fails is followed by `$ echo $?`
//   ```sh                             commands that succeed
//
//   <!-- site: new -->                what follows begins in an empty directory; otherwise each block goes on where the one before it ended
//   <!-- site: example -->            in a copy of the example site, with the documents of panc that the tests have
//   <!-- not run: why -->             the next block is none of these
//
// Tables of examples (rows.ts) and of a fold's steps (fold-steps.ts) are compiled in between, over the files so far. Any
// other block fails. With UPDATE_DOCS=1 the output of commands is written into the page instead: review the diff.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { isMap as isYamlMap, parse, parseDocument, type YAMLMap } from 'yaml'
import { packageRoot } from '../../src/compiler/package-root.js'
import { isList, isMap, type Json } from '../../src/model/json.js'
import { playFold } from './fold-steps.js'
import { type Block, codeIn, type Directive, type Part, partsOf } from './markdown.js'
import { isOfRows, playRows } from './rows.js'
import type { Shell } from './shell.js'

type Player = {
  readonly t: Test
  readonly page: string
  readonly shell: Shell
  readonly update: (change: Change) => void
}
type Change = { readonly line: number; readonly length: number; readonly lines: readonly string[] }

/** Plays `page`, and returns its parts: what its other tables say is the caller's to check. */
export const play = (t: Test, page: string, shell: Shell): readonly Part[] => {
  const path = join(packageRoot(), page)
  const text = readFileSync(path, 'utf8')
  const parts = partsOf(text)
  const changes: Change[] = []
  const player: Player = { t, page, shell, update: change => changes.push(change) }
  shell.begin()
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1]
    if (part.kind === 'directive') direct(player, part)
    if (part.kind === 'block' && !isExempt(before)) playBlock(player, part)
    if (part.kind === 'table' && isOfRows(part)) playRows(t, page, part, shell.cwd())
    if (part.kind === 'table' && isDirective(before, 'fold')) playFold(t, page, part, before.text, shell.cwd())
  }
  if (process.env.UPDATE_DOCS === '1' && changes.length > 0) writeFileSync(path, changed(text, changes))
  return parts
}

const isExempt = (before: Part | undefined): boolean => isDirective(before, 'not run') && before.text !== ''

const isDirective = (part: Part | undefined, word: string): part is Directive =>
  part?.kind === 'directive' && part.word === word

const direct = ({ t, page, shell }: Player, { word, text, line }: Directive): void => {
  if (word === 'site' && ['new', 'example'].includes(text)) {
    shell.begin()
    if (text === 'new') return
    for (const part of ['xenclosure.yaml', 'xenclosure.lock.yaml', 'profiles', 'templates', 'test/cases/quattor'])
      cpSync(join(packageRoot(), part), join(shell.cwd(), part), { recursive: true })
  } else if (!['not run', 'fold'].includes(word) || text === '') t.fail(`${page}:${line}: what is ${word}?`)
}

const playBlock = (player: Player, block: Block): void => {
  const { t, page } = player
  const [, how = '', path = ''] = /^(?:(into|of) )?(\S+)$/.exec(block.rest) ?? []
  const say = `${page}:${block.line} ${block.language} ${block.rest}`.trim()
  if (block.language === 'console' && block.rest === '') playConsole(player, block)
  else if (block.language === 'sh' && block.rest === '') playCommands(player, block)
  else if (path === '') t.fail(`${say}: a block that no test knows`)
  else {
    t.ok(codeIn(block.before).includes(path), `${say}: the text before it names the file`)
    if (how === 'of') t.ok(isPartOf(parsed(block.lines.join('\n')), partOf(player, path)), `${say}: is there`)
    else if (how === 'into') add(player, path, block.lines.join('\n'))
    else put(player, path, block.lines.join('\n'))
  }
}

const put = ({ shell }: Player, path: string, text: string): void => {
  mkdirSync(dirname(join(shell.cwd(), path)), { recursive: true })
  writeFileSync(join(shell.cwd(), path), `${text}\n`)
}

/** Goes down to where one of the two is no map, and puts what is new there. */
const add = (player: Player, path: string, text: string): void => {
  const document = parseDocument(readFileSync(join(player.shell.cwd(), path), 'utf8'))
  const merge = (into: YAMLMap, from: YAMLMap): void => {
    for (const { key, value } of from.items) {
      const old = into.get(key)
      if (isYamlMap(old) && isYamlMap(value) && value.tag === undefined) merge(old, value)
      else into.set(key, value)
    }
  }
  const more = parseDocument(text).contents
  if (!isYamlMap(document.contents) || !isYamlMap(more)) throw new Error(`${path}: only a map goes into a map`)
  merge(document.contents, more)
  put(player, path, document.toString({ lineWidth: 0 }).trimEnd())
}

const partOf = ({ shell }: Player, path: string): Json => {
  const file = join(shell.cwd(), path)
  return parsed(readFileSync(existsSync(file) ? file : join(packageRoot(), path), 'utf8'))
}

const parsed = (text: string): Json => parse(text, { logLevel: 'error' }) as Json

const isPartOf = (part: Json, whole: Json): boolean => {
  if (isMap(part) && isMap(whole)) {
    return Object.entries(part).every(([key, value]) => key in whole && isPartOf(value, whole[key] ?? null))
  }
  if (isList(part) && isList(whole)) return part.every(item => whole.some(other => isPartOf(item, other)))
  return part === whole
}

const playCommands = ({ t, page, shell }: Player, { lines, line }: Block): void => {
  const commands = lines.filter(text => text.trim() !== '')
  for (const [index, { code, output }] of shell.run(commands).entries())
    t.equal(code, 0, `${page}:${line + 1 + index} ${commands[index]}\n${output}`)
}

type Command = { readonly line: number; readonly text: string; readonly printed: readonly string[] }

const playConsole = ({ t, page, shell, update }: Player, { lines, line }: Block): void => {
  const commands: Command[] = []
  for (const [index, text] of lines.entries()) {
    const last = commands.at(-1)
    if (text.startsWith('$ ')) commands.push({ line: line + 1 + index, text: text.slice(2), printed: [] })
    else if (last === undefined) t.fail(`${page}:${line}: it begins with no command`)
    else commands.splice(-1, 1, { ...last, printed: [...last.printed, text] })
  }
  const ran = shell.run(commands.map(({ text }) => text))
  for (const [index, command] of commands.entries()) {
    const { output = '', code } = ran[index] ?? {}
    const say = `${page}:${command.line} $ ${command.text}`
    const printed = output === '' ? [] : output.replace(/\n$/, '').split('\n')
    if (commands[index + 1]?.text !== 'echo $?') t.equal(code, 0, `${say}: succeeds`)
    if (process.env.UPDATE_DOCS !== '1') t.same(printed, command.printed, say)
    else update({ line: command.line, length: command.printed.length, lines: printed })
  }
}

/** The page with the lines after each command replaced. */
const changed = (text: string, changes: readonly Change[]): string => {
  const lines = text.split('\n')
  for (const change of [...changes].sort((a, b) => b.line - a.line))
    lines.splice(change.line, change.length, ...change.lines)
  return lines.join('\n')
}
