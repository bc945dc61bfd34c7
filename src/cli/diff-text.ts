// How `diff` tells what has changed: for a terminal, and as Markdown for a merge request. Pure.
import type { SharedChange, SiteDiff } from '../compiler/inspect/site-diff.js'
import type { Json, JsonMap } from '../model/json.js'
import { namesText } from '../model/shorten.js'
import { type FoldedChange, foldChanges } from './fold-changes.js'
import type { SourceLine } from './output.js'
import { printable } from './printable.js'

/** Where a line is read: of the edition that has it. */
export type Sources = { readonly before: SourceLine; readonly after: SourceLine }

const columns = 100

/** Under each line of the site what it changes. */
export const diffText = (diff: SiteDiff, sources: Sources): string => {
  if (isEmpty(diff)) return 'the documents are the same\n'
  const causes = byCause(diff.changes).map(changes => causeText(changes, sources))
  return [...machineLines(diff).map(line => `${line}\n`), ...causes].join('\n')
}

/** The changes of one line stand together already. */
const byCause = (changes: readonly SharedChange[]): readonly (readonly SharedChange[])[] => {
  const groups = new Map<string, SharedChange[]>()
  for (const change of changes) {
    const { file, line, column } = change.position
    const cause = `${file}:${line}:${column} ${isGone(change)}`
    groups.set(cause, [...(groups.get(cause) ?? []), change])
  }
  return [...groups.values()]
}

const causeText = (changes: readonly SharedChange[], sources: Sources): string => {
  const [first] = changes
  if (first === undefined) return ''
  const { file, line, column } = first.position
  const source = (isGone(first) ? sources.before : sources.after)(file, line)?.trim() ?? ''
  const place = `${printable(file, columns)}:${line}:${column}${isGone(first) ? ' before' : ''}`
  const effects = foldChanges(changes).map(
    change => `  ${whoseText(change)}: ${printable(change.pointer, columns)}: ${valuesText(change)}${keysText(change)}`,
  )
  return `${[`${place}  ${printable(source, columns)}`, ...effects].join('\n')}\n`
}

/** One item for each line that has changed; what may be read as Markdown stands in code. */
export const diffMarkdown = (diff: SiteDiff): string => {
  if (isEmpty(diff)) return 'The documents are the same.\n'
  const items = byCause(diff.changes)
    .flatMap(foldChanges)
    .map(change => {
      const { file, line } = change.position
      const was = isGone(change) ? ' before' : ''
      const place = code(`${printable(file, columns)}:${line}`)
      return `- ${whoseText(change)}: ${code(printable(change.pointer, columns))}: ${code(valuesText(change))}${keysText(change, code)}, ${place}${was}`
    })
  return `${[...machineLines(diff).map(line => `- ${line}`), ...items].join('\n')}\n`
}

/** The changes as one JSON document: `{added, removed, changes: [{machines, pointer, before, after, unit, file, line, column}]}`. */
export const diffJson = ({ added, removed, changes }: SiteDiff): JsonMap => ({
  ...{ added, removed },
  changes: changes.map(({ machines, pointer, before, after, unit, position: { file, line, column } }) => ({
    ...{ machines, pointer },
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(unit === undefined ? {} : { unit }),
    ...{ file, line, column },
  })),
})

const isEmpty = ({ added, removed, changes }: SiteDiff): boolean => added.length + removed.length + changes.length === 0

const isGone = ({ after }: SharedChange): boolean => after === undefined

const machineLines = ({ added, removed }: SiteDiff): readonly string[] => [
  ...(added.length === 0 ? [] : [`new: ${namesText(added, 10)}`]),
  ...(removed.length === 0 ? [] : [`gone: ${namesText(removed, 10)}`]),
]

const whoseText = ({ machines }: SharedChange): string =>
  machines.length <= 3 ? machines.join(', ') : `${machines.length} machines (${namesText(machines, 3)})`

/** `; * is a, b, c and 497 more` */
const keysText = ({ keys }: FoldedChange, shown: (text: string) => string = text => text): string =>
  keys.length === 0 ? '' : `; ${shown('*')} is ${shown(printable(namesText(keys, 3), columns))}`

const valuesText = ({ before, after, unit }: SharedChange): string =>
  `${valueText(before)} -> ${valueText(after)}${unit === undefined ? '' : ` (${unit})`}`

const valueText = (value: Json | undefined): string =>
  value === undefined ? 'nothing' : printable(JSON.stringify(value), columns / 2)

/** In as many backticks as it takes (CommonMark, "Code spans"). */
const code = (text: string): string => {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return fence + pad + text + pad + fence
}
