// What there is to tell of a site that is sound is told alike, whoever finds it: by one compilation of the whole, or by parts.
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { compileSite } from '../../../src/compiler/compile.js'
import { compileInShares } from '../../../src/compiler/shares/compile-in-shares.js'
import { type AsyncShare, openTask, type Task } from '../../../src/compiler/shares/share-thread.js'
import { diagnosticsOf } from '../../../src/compiler/shares/warnings.js'
import { isError } from '../../../src/model/diagnostic.js'
import { calmSite, fixedFiles } from '../../fixtures/enclosing-site.js'
import { write } from '../../fixtures/site-edits.js'
import { advising, warned, withWarnings } from '../../fixtures/warning-site.js'
import { runs } from '../../property-runs.js'

t.setTimeout(600_000)

const components = [advising]

/** As a thread compiles it, which opens the site itself and is told of other machines by messages. */
const elsewhere = (task: Task): AsyncShare => {
  const share = openTask(task, components)
  return {
    survey: async () => structuredClone(share?.survey(task.machines)),
    compile: async (names, all) => structuredClone(share?.compile(names, structuredClone(all))),
    close: async () => undefined,
  }
}

t.test('in whatever parts and by however many workers', async t => {
  const top = t.testdir()
  /** How often a warning was of which kind, of several machines, or reached by includes. */
  const seen = new Map<string, number>()
  const see = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)
  const paths = ['t0', 't1'].map(name => `templates/${name}.yaml`).concat('profiles/m0.yaml', 'profiles/m1.yaml')
  const sharing = fc.record({ workers: fc.integer({ min: 1, max: 3 }), partSize: fc.integer({ min: 1, max: 3 }) })
  let number = 0
  await fc.assert(
    fc.asyncProperty(calmSite, warned(paths), sharing, fc.boolean(), async (files, some, sharing, isLost) => {
      number += 1
      const dir = join(top, `${number}`)
      const lock = isLost ? { 'xenclosure.lock.yaml': 'guests: { m2: m9, m3: m8 }' } : {}
      const all = { ...fixedFiles, 'xenclosure.yaml': 'site: test', ...withWarnings(files, some), ...lock }
      for (const [path, content] of Object.entries(all)) write(dir, path, content)
      const { compiled, diagnostics } = compileSite(dir, components)
      const { workers, partSize } = sharing
      const shared = await compileInShares(dir, components, {
        ...{ workers: () => workers, partSize, elsewhere, always: true },
      })
      if (diagnostics.some(isError)) {
        see('a mistake')
        return shared === undefined
      }
      see('nothing wrong')
      for (const { code, message, machines, includes } of diagnostics) {
        see(code === 'policy' ? message.replace(/:.*/, '') : code)
        if (machines.length > 1) see('several')
        if (includes !== undefined) see('includes')
      }
      return (
        isDeepStrictEqual([...(shared?.documents ?? [])], [...(compiled?.documents ?? [])]) &&
        isDeepStrictEqual(diagnosticsOf(shared?.warnings ?? []), diagnostics)
      )
    }),
    runs(150),
  )
  const kinds = ['advice', 'machine-unknown', 'remove-nothing', 'several', 'includes']
  for (const kind of [...kinds, 'one', 'named', 'pulled', 'beside', 'counted', 'together'])
    t.ok((seen.get(kind) ?? 0) > 3, `${kind}: ${seen.get(kind)}`)
})

t.test('what a parameter gives is told where it is given, in every part', async t => {
  const machines = ['a', 'b', 'c']
  const policy = (at: string, holds: string) =>
    `small: { message: m, severity: warning, at: ${at}, when: value != null, holds: '${holds}' }\n`
  const profiles = (written: string) => Object.fromEntries(machines.map(name => [`profiles/${name}.yaml`, written]))
  const sites = {
    'a text, by a template': {
      'templates/inner.yaml': 'parameters: { q: {} }\nhardware: { model: "${q}" }\n',
      'templates/outer.yaml': 'parameters: { p: {} }\ninclude: [{ template: inner, with: { q: "${p}" } }]\n',
      'templates/group.yaml': 'include: [{ template: outer, with: { p: big } }]\n',
      'templates/policies/any.yaml': policy('/hardware/model', 'value == "small"'),
      ...profiles('include: [group]\n'),
    },
    'a list, by a template': {
      'templates/inner.yaml': 'parameters: { q: {} }\nsystem: { enclosure: { type: hypervisor, children: "${q}" } }\n',
      'templates/group.yaml': 'include: [{ template: inner, with: { q: [] } }]\n',
      'templates/policies/any.yaml': policy('/system/enclosure/children', 'size(value) > 0'),
      ...profiles('include: [group]\n'),
    },
    'a list, by the profile of one machine': {
      'templates/inner.yaml': 'parameters: { q: {} }\nsystem: { enclosure: { type: hypervisor, children: "${q}" } }\n',
      'templates/policies/any.yaml': policy('/system/enclosure/children', 'size(value) > 0'),
      ...profiles('hardware: { location: here }\n'),
      'profiles/a.yaml': 'include: [{ template: inner, with: { q: [] } }]\n',
    },
  }
  const givenBy = {
    'a text, by a template': { file: 'templates/group.yaml', machines },
    'a list, by a template': { file: 'templates/group.yaml', machines },
    'a list, by the profile of one machine': { file: 'profiles/a.yaml', machines: ['a'] },
  }
  const top = t.testdir()
  for (const [name, files] of Object.entries(sites)) {
    const dir = join(top, name)
    for (const [path, content] of Object.entries({ 'xenclosure.yaml': 'site: s\n', ...files }))
      write(dir, path, content)
    const { diagnostics } = compileSite(dir, components)
    const { file, machines } = givenBy[name as keyof typeof givenBy]
    t.match(diagnostics, [{ machines, position: { file, line: 1 } }], name)
    // One machine at a time, or all of them with what the survey knows.
    for (const wholeUpTo of [0, 400]) {
      const shared = await compileInShares(dir, components, {
        ...{ workers: () => 1, partSize: 1, elsewhere, always: true, wholeUpTo },
      })
      t.same(diagnosticsOf(shared?.warnings ?? []), diagnostics, `${name}, whole up to ${wholeUpTo}`)
    }
  }
})
