// What machines share is computed once: whoever else includes the same templates, a machine is what it is alone, and the
// same is told of it.
import fc from 'fast-check'
import t from 'tap'
import { sameJson } from '../../src/model/json.js'
import { workbench } from '../fixtures/composed.js'
import { runs } from '../property-runs.js'
import { filesOf } from './print-site.js'
import { randomSite, schemaOf } from './random-site.js'

const schema = schemaOf()
const profile = 'profiles/m.yaml'

t.test('a machine is the same beside others as alone', async t => {
  const compose = workbench(t.testdir())
  let shared = 0
  fc.assert(
    fc.property(randomSite, fc.array(randomSite, { minLength: 1, maxLength: 3 }), (site, others) => {
      const { [profile]: own = '', ...templates } = filesOf(site)
      const profiles = [own, ...others.map(other => filesOf(other)[profile] ?? '')].map(
        (text, index) => [`m${index}`, text] as const,
      )
      const composed = (some: typeof profiles) => {
        const files = some.map(([name, text]) => [`profiles/${name}.yaml`, text])
        const { values, diagnostics } = compose({ ...templates, ...Object.fromEntries(files) }, schema)
        const told = diagnostics.flatMap(({ code, message, position, machines }) =>
          machines.map(
            machine => `${machine}: ${code} ${position?.file}:${position?.line}:${position?.column} ${message}`,
          ),
        )
        return { values, told: told.sort() }
      }
      const together = composed(profiles)
      const alone = profiles.map(one => composed([one]))
      const toldAlone = alone.flatMap(({ told }) => told).sort()
      if (together.told.join('\n') !== toldAlone.join('\n'))
        throw new Error(`together\n${together.told.join('\n')}\nalone\n${toldAlone.join('\n')}`)
      for (const [index, [name]] of profiles.entries()) {
        const [is = null, expected = null] = [together.values.get(name), alone[index]?.values.get(name)]
        if (!sameJson(is, expected))
          throw new Error(`${name} is ${JSON.stringify(is)}; alone ${JSON.stringify(expected)}`)
        if (expected !== null) shared += 1
      }
    }),
    runs(1000),
  )
  t.ok(shared > 500, `${shared} machines with a value`)
})

t.test('values that are too much, or too high, are so for every machine that has them, and for no other', async t => {
  const compose = workbench(t.testdir())
  const told = (files: Readonly<Record<string, string>>) => {
    const { values, diagnostics } = compose({ 'xenclosure.yaml': 'site: s\n', ...files }, {})
    return { values, told: diagnostics.map(({ code, machines }) => `${code} ${machines}`) }
  }
  const large = told({
    'templates/inner.yaml': `parameters: { p: {} }\nsystem: { function: "\${p}?" }\n`,
    'templates/outer.yaml': `parameters: { p: {} }\ninclude: [{ template: inner, with: { p: "\${p}!" } }]\n`,
    'templates/group.yaml': `include: [{ template: outer, with: { p: "\${= '${'x'.repeat(400_000)}' }" } }]\n`,
    'profiles/a.yaml': 'include: [group]\n',
    'profiles/b.yaml': 'include: [group]\n',
  })
  t.same(large.told, ['expression a', 'expression b'])

  const names = Array.from({ length: 200 }, (_, index) => `v${index}`)
  const chain = names.map((name, index) => `  ${name}: "\${${names[index + 1] ?? '/system/high'}}"\n`)
  const high = told({
    'templates/group.yaml': `system: { high: { up: ${'{ a: '.repeat(60)}x${' }'.repeat(60)} } }\n`,
    'profiles/a.yaml': `include: [group]\nvariables:\n  first: "\${/system/high/up}"\n${chain.join('')}`,
    'profiles/b.yaml': 'include: [group]\n',
  })
  t.same(high.told, ['cycle a'])
  t.match(high.values.get('b'), { system: { high: { up: { a: {} } } } })
})
