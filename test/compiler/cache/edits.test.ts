// Whatever is edited in a site: what is compiled of it through the cache is what is compiled of all of it, to the byte, and
// where there is anything to tell, the cache leaves it to that.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { beforeReading, keep } from '../../../src/compiler/cache/keep.js'
import { emptyMemory } from '../../../src/compiler/cache/memory.js'
import { publishEdit } from '../../../src/compiler/cache/publish-edit.js'
import { openStore } from '../../../src/compiler/cache/store.js'
import { compileSite } from '../../../src/compiler/compile.js'
import { compileInShares } from '../../../src/compiler/compile-in-shares.js'
import { publish } from '../../../src/compiler/publish.js'
import { fixedFiles, ledger, machines, randomSite } from '../../fixtures/enclosing-site.js'
import { runs } from '../../property-runs.js'

t.setTimeout(600_000)

const edition = { serial: 1, commit: null, exact: true }
const compiler = 'test'
const components = [ledger]

const write = (dir: string, path: string, content: string): void => {
  mkdirSync(join(dir, dirname(path)), { recursive: true })
  writeFileSync(join(dir, path), content)
}

/** The policies that a site may have: of a machine alone, of a parent, of a group. */
const policies = {
  'templates/policies/any.yaml':
    'ram: { message: m, at: /hardware/ram/0/size, holds: value != 2 || machine.name != "m4" }',
  'templates/policies/parent.yaml':
    'parent: { message: m, holds: "parent == null || !has(parent.hardware) || parent.hardware.ram[0].size < 20" }',
}

type Edit =
  | { readonly kind: 'write'; readonly path: string; readonly content: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'touch'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }

const paths = ['t0', 't1', 't2', 't3']
  .map(name => `templates/${name}.yaml`)
  .concat(machines.map(name => `profiles/${name}.yaml`))
const path = fc.constantFrom(...paths)

/** m0 encloses m2 and m3, in this order or without the last; m4 may read m1, and m1 a guest. */
const profile = (index: number): fc.Arbitrary<string> =>
  fc
    .record({
      include: fc.subarray(['t0', 't1']),
      size: fc.constantFrom(1, 3, 4),
      a: fc.constantFrom(
        1,
        2,
        ...([['${V1}'], ['${m3:/hardware/ram/0/size}'], [], [], ['${m1:/system/network/interfaces/eth0/prefix}']][
          index
        ] ?? []),
      ),
      c: fc.constantFrom(2, 3, 3, 3, index === 0 ? 1 : 4),
      prefix: fc.constantFrom(8, 16),
      children: fc.constantFrom(['m2', 'm3'], ['m2', 'm3'], ['m2', 'm3'], ['m2']),
    })
    .map(({ include, size, a, c, prefix, children }) =>
      JSON.stringify({
        include,
        variables: { V0: 1 },
        hardware: { ram: [{ size }] },
        system: {
          ...(index === 0 && { enclosure: { type: 'hypervisor', children } }),
          network: { hostname: `h${index}`, interfaces: { eth0: { prefix } } },
        },
        software: { components: { any: { a, c } } },
      }),
    )

const template = fc
  .record({ b: fc.constantFrom(1, 2, '${V1}'), include: fc.constantFrom([], ['t2']) })
  .map(({ b, include }) => JSON.stringify({ include, software: { components: { any: { b } } } }))
const leaf = fc.constantFrom(1, 2).map(d => JSON.stringify({ software: { components: { any: { d } } } }))

/** With nothing to tell. */
const soundFile: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'templates/t0.yaml': template,
  'templates/t1.yaml': template,
  'templates/t2.yaml': leaf,
  ...Object.fromEntries(machines.map((name, index) => [`profiles/${name}.yaml`, profile(index)])),
}
const soundSite = fc.record(soundFile)

/** Most leave nothing to tell. */
const edit: fc.Arbitrary<readonly Edit[]> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(soundSite, fc.subarray(Object.keys(soundFile), { minLength: 1, maxLength: 2 }))
      .map(([files, chosen]) => chosen.map((path): Edit => ({ kind: 'write', path, content: files[path] ?? '' }))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(randomSite, path)
      .map(([files, path]): readonly Edit[] => [{ kind: 'write', path, content: files[path] ?? '{}' }]),
  },
  { weight: 1, arbitrary: path.map((path): readonly Edit[] => [{ kind: 'touch', path }]) },
  { weight: 1, arbitrary: path.map((path): readonly Edit[] => [{ kind: 'remove', path }]) },
  { weight: 1, arbitrary: fc.tuple(path, path).map(([path, to]): readonly Edit[] => [{ kind: 'rename', path, to }]) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('variables.schema.json', 'xenclosure.yaml', ...Object.keys(policies))
      .map((path): readonly Edit[] => [{ kind: 'write', path, content: otherOf(path) }]),
  },
)

const otherOf = (path: string): string =>
  path.endsWith('json')
    ? '{"V0": {"doc": "", "perChild": true}, "V1": {"type": "integer", "default": 4, "doc": ""}}'
    : otherYaml(path)

const otherYaml = (path: string): string =>
  path === 'xenclosure.yaml'
    ? 'site: test\nvariables: { V1: 5 }'
    : 'x: { message: m, each: host, group: "1", holds: "size(machines) < 9" }'

const carryOut = (dir: string, edit: Edit): void => {
  const file = join(dir, edit.path)
  if (edit.kind === 'write') write(dir, edit.path, edit.content)
  else if (!existsSync(file)) return
  else if (edit.kind === 'touch') writeFileSync(file, readFileSync(file))
  else if (edit.kind === 'remove') rmSync(file)
  else renameSync(file, join(dir, edit.to))
}

const filesBelow = (dir: string): readonly (readonly [string, string])[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => [relative(dir, path), readFileSync(path, 'utf8')])

const contents = (dir: string): readonly (readonly [string, string])[] =>
  readdirSync(dir)
    .sort()
    .map(name => [name, readFileSync(join(dir, name), 'utf8')])

t.test('an edit compiled through the cache is the site compiled as a whole', async t => {
  const top = t.testdir()
  /** How often something came to pass, so that the edits are known to be of all sorts. */
  const seen = new Map<string, number>()
  const see = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1)
  }
  let number = 0
  await fc.assert(
    fc.asyncProperty(soundSite, fc.array(edit, { minLength: 1, maxLength: 6 }), async (files, edits) => {
      number += 1
      const [dir, out, cold] = ['site', 'out', 'cold'].map(name => join(top, `${number}`, name)) as [
        string,
        string,
        string,
      ]
      const site = {
        ...files,
        ...fixedFiles,
        ...policies,
        'xenclosure.yaml': 'site: test',
        'xenclosure.lock.yaml': lock,
      }
      for (const [path, content] of Object.entries(site)) write(dir, path, content)
      mkdirSync(out)
      // Half of them by one process that goes on.
      const memory = number % 2 === 0 ? emptyMemory() : undefined
      const store = openStore({ cache: join(top, 'cache'), site: dir, out, by: compiler })
      for (const some of [[], ...edits]) {
        const before = filesBelow(dir)
        for (const one of some) carryOut(dir, one)
        const { compiled, diagnostics } = compileSite(dir, components)
        const edited = await publishEdit(
          store,
          dir,
          {
            components: async () => components,
            dir: out,
            compiler,
            key: undefined,
            edition: () => async () => edition,
          },
          memory,
        )
        const isQuiet = compiled !== undefined && diagnostics.length === 0
        if (edited !== undefined && !isQuiet) return false
        if (edited !== undefined && edited !== 'refused') see(`${edited.written.length} written`)
        if (edited === undefined && isQuiet) {
          see('all')
          const listed = beforeReading(dir)
          const shared = await compileInShares(dir, components, { workers: () => 1, always: true, elsewhere: none })
          if (shared === undefined || listed === undefined) return false
          const publishing = store.begin()
          publish({ dir: out, site: 'test', documents: shared.documents, edition, compiler })
          const kept = keep(shared, listed, compiler)
          if (kept !== undefined) publishing.end(kept.site, kept.lines)
        }
        if (!isQuiet) {
          see('a mistake')
          if (some.length === 0) break
          // Whoever made a mistake takes it back.
          rmSync(dir, { recursive: true })
          for (const [path, content] of before) write(dir, path, content)
          continue
        }
        rmSync(cold, { recursive: true, force: true })
        mkdirSync(cold)
        publish({ dir: cold, site: 'test', documents: compiled.documents, edition, compiler })
        if (JSON.stringify(contents(cold)) !== JSON.stringify(contents(out))) return false
      }
      rmSync(join(top, `${number}`), { recursive: true })
      return true
    }),
    runs(30),
  )
  for (const what of ['a mistake', 'all', '0 written', '1 written', '2 written'])
    t.ok((seen.get(what) ?? 0) > 5, `${what}: ${seen.get(what)}`)
})

const lock = 'guests: { m2: m0, m3: m0 }'

const none = () => {
  throw new Error('one worker needs no other')
}
