// The compiler against the rules of the language, as reference-model.ts reads them: random sites with includes that share,
// shadow, pass on parameters and depend on conditions.
import fc from 'fast-check'
import t from 'tap'
import { sameJson } from '../../src/model/json.js'
import { workbench } from '../fixtures/composed.js'
import { runs } from '../property-runs.js'
import { filesOf } from './print-site.js'
import { randomSite, schemaOf } from './random-site.js'
import { meaningOf } from './reference-model.js'

const schema = schemaOf()
const printed = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .map(([path, text]) => `--- ${path}\n${text}`)
    .join('')

/** Below a clash of shapes either may go on; a key that stands twice leaves it open which one counts. */
const comparable = (found: readonly string[]): readonly string[] => {
  if (found.includes('duplicate-key')) return ['duplicate-key']
  const clashes = found.filter(one => one.startsWith('merge-shape'))
  return clashes.length === 0 ? found : clashes.filter(one => !clashes.some(outer => one.startsWith(`${outer}/`)))
}

/** A template that is merged several times makes the same mistake at several places, and it is told once. */
const agrees = (is: readonly string[], expected: readonly string[]): boolean => {
  const codes = (found: readonly string[]) => [...new Set(found.map(one => one.split(' ')[0]))].join()
  return is.every(one => expected.includes(one)) && codes(is) === codes(expected)
}

t.test('a machine is what the rules of the language make of its files', async t => {
  const compose = workbench(t.testdir())
  const reached = { sites: 0, values: 0 }
  fc.assert(
    fc.property(randomSite, site => {
      const files = filesOf(site)
      const { values, diagnostics } = compose(files, schema)
      const model = meaningOf(site)
      const found = diagnostics.map(({ code, pointer }) =>
        ['merge-shape', 'remove-nothing'].includes(code) ? `${code} ${pointer}` : code,
      )
      const [is = [], expected = []] = [[...new Set(found)].sort(), model.found].map(comparable)
      if (!agrees(is, expected)) throw new Error(`found ${is}; expected ${expected}\n${printed(files)}`)
      reached.sites += 1
      if (model.found.some(one => !one.startsWith('remove-nothing'))) return
      reached.values += 1
      const value = values.get('m') ?? null
      if (!sameJson(value, model.value ?? null))
        throw new Error(`is ${JSON.stringify(value)}; expected ${JSON.stringify(model.value)}\n${printed(files)}`)
    }),
    runs(1000),
  )
  t.ok(reached.values > reached.sites / 2, `${reached.values} of ${reached.sites} sites without a mistake`)
})
