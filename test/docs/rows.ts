// Tables of examples: a table whose last column is `gives`. Each row is a machine m of a site that has the files which
// the page has made so far, and
//
//   base, more, m     what the templates `base` and `more`, and the profile of m that includes both, say at
//                     /software/components/app
//   written           what m says at /software/components/app/x
//   variables         what m says under `variables`
//   schema            the schema of x
//   in pan            what pan's language says for it, in docs/from-pan.md
//   gives             the value at /software/components/app, or with `written` at x; nothing; `error CODE`; or
//                     `warning CODE` and the value
//
// All rows of a table are compiled at once, so that each has names of its own in the end: m3, row3/base.
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { parse } from 'yaml'
import type { Json } from '../../src/model/json.js'
import { siteIn } from '../fixtures/site-in.js'
import { codeIn, type Row, type Table } from './markdown.js'

const columns = ['in pan', 'base', 'more', 'm', 'written', 'variables', 'schema', 'gives']

export const isOfRows = ({ header }: Table): boolean => header.at(-1) === 'gives'

/** Compiles the rows of a table over the files below `dir`. */
export const playRows = (t: Test, page: string, table: Table, dir: string): void => {
  const names = table.header.map(cell => codeIn(cell)[0] ?? cell)
  for (const name of names) if (!columns.includes(name)) t.fail(`${page}:${table.line}: rows have no column ${name}`)
  const examples = table.rows.map((row, index) => exampleOf(row, index, names))
  const app = { 'components/app/schema.json': '{}' }
  const files = Object.assign(app, filesBelow(dir), ...examples.map(({ site }) => site)) as Record<string, string>
  const { result, value } = siteIn(t, files)
  for (const [index, { line, cells }] of table.rows.entries()) {
    const { machine, place, expected } = examples[index] ?? {}
    const say = `${page}:${line} ${cells.join(' | ')}`
    if (machine === undefined || place === undefined || expected === undefined) t.fail(`${say}: gives what?`)
    else {
      const found = result.diagnostics.filter(({ machines }) => machines.includes(machine))
      t.same(
        found.map(({ severity, code }) => `${severity} ${code}`),
        expected.diagnostics,
        say,
      )
      if (!found.some(({ severity }) => severity === 'error')) t.same(value(machine, place), expected.value, say)
    }
  }
  const others = result.diagnostics.filter(({ machines }) => !machines.some(name => /^m\d+$/.test(name)))
  t.same(others, [], `${page}:${table.line}: nothing is wrong with the site around the rows`)
}

type Example = {
  readonly machine: string
  readonly place: string
  readonly site: Readonly<Record<string, string>>
  readonly expected: Expected | undefined
}

const exampleOf = ({ cells }: Row, index: number, names: readonly string[]): Example => {
  const cell = (name: string): string | undefined => {
    const column = names.indexOf(name)
    return column < 0 ? undefined : (codeIn(cells[column] ?? '')[0] ?? '')
  }
  const schema = cell('schema')
  const component = schema === undefined ? 'app' : `app${index}`
  const body = (text = ''): string =>
    text === '' ? '' : `software:\n  components:\n    ${component}:\n      ${text}\n`
  const written = cell('written')
  const variables = cell('variables') ?? ''
  const include = `include: [row${index}/base, row${index}/more]\n`
  const own = `${include}${variables === '' ? '' : `variables: { ${variables} }\n`}`
  return {
    machine: `m${index}`,
    place: `/software/components/${component}${written === undefined ? '' : '/x'}`,
    site: {
      [`templates/row${index}/base.yaml`]: body(cell('base')),
      [`templates/row${index}/more.yaml`]: body(cell('more')),
      [`profiles/m${index}.yaml`]: `${own}${body(written === undefined ? cell('m') : `x: ${written}`)}`,
      ...(schema === undefined ? {} : { [`components/${component}/schema.json`]: schemaWith(schema) }),
    },
    expected: expectedOf(cells.at(-1) ?? ''),
  }
}

const schemaWith = (x: string): string => JSON.stringify({ type: 'object', properties: { x: parse(x) } })

type Expected = { readonly diagnostics: readonly string[]; readonly value: Json | undefined }

const expectedOf = (cell: string): Expected | undefined => {
  const [first, second] = codeIn(cell)
  const severity = /^(error|warning) `/.exec(cell)?.[1]
  if (severity !== undefined) return { diagnostics: [`${severity} ${first}`], value: parsed(second) }
  if (cell === 'nothing') return { diagnostics: [], value: undefined }
  return first === undefined ? undefined : { diagnostics: [], value: parsed(first) }
}

const parsed = (text: string | undefined): Json | undefined => (text === undefined ? undefined : (parse(text) as Json))

const filesBelow = (dir: string): Readonly<Record<string, string>> => {
  mkdirSync(dir, { recursive: true })
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(path =>
    statSync(join(dir, path)).isFile(),
  )
  return Object.fromEntries(paths.map(path => [path, readFileSync(join(dir, path), 'utf8')]))
}
