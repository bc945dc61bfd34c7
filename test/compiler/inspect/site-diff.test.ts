// What differs between two editions of a site, each with the line that makes it so.
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import type { CompiledSite } from '../../../src/compiler/compile.js'
import { type Change, changesOf } from '../../../src/compiler/inspect/document-changes.js'
import { diffSites, type SiteDiff } from '../../../src/compiler/inspect/site-diff.js'
import { isMap, type Json, sameJson } from '../../../src/model/json.js'
import { siteIn } from '../../fixtures/site-in.js'
import { type Files, guest, site as twoHosts } from '../../fixtures/two-hosts.js'
import { runs } from '../../property-runs.js'

/** Also of keys that no profile can have: the empty one. */
const pathOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/** A value with a part of it set, or taken away. */
const put = (value: Json | undefined, path: readonly string[], part: Json | undefined): Json | undefined => {
  const [key, ...rest] = path
  if (key === undefined) return part
  if (Array.isArray(value))
    return value.map((item, index) => (`${index}` === key ? put(item, rest, part) : item) as Json)
  const entries = Object.entries(isMap(value) ? value : {}).filter(([name]) => name !== key)
  const below = put(isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined, rest, part)
  return Object.fromEntries(below === undefined ? entries : [...entries, [key, below]])
}

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>

t.test('the changes make the one of the other, and there are none between what is the same', async t => {
  const apply = (value: Json, changes: readonly Change[]) =>
    changes.reduce<Json | undefined>((so, { pointer, after }) => put(so, pathOf(pointer), after), value)
  fc.assert(
    fc.property(json, json, (before, after) => {
      const changed = apply(before, changesOf(before, after)) ?? null
      return sameJson(changed, after) && changesOf(after, structuredClone(after)).length === 0
    }),
    runs(1000),
  )
  const table: readonly (readonly [Json, Json, readonly string[]])[] = [
    [{ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3, d: 4 } }, ['/b/c', '/b/d']],
    [[1, 2], [1, 3], ['/1']],
    [[1, 2], [2], ['']],
    [{ a: [1] }, { a: { x: 1 } }, ['/a']],
    [{ 'a/b': 1 }, {}, ['/a~1b']],
  ]
  for (const [before, after, pointers] of table)
    t.same(
      changesOf(before, after).map(({ pointer }) => pointer),
      pointers,
      JSON.stringify([before, after]),
    )
})

const edition = (t: Test, files: Files): CompiledSite => {
  const { compiled, diagnostics } = siteIn(t, files, components).result
  if (compiled === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics))
  return compiled
}

const replaced = (files: Files, file: string, from: string, to: string): Files => {
  const text = files[file] ?? ''
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
  return { ...files, [file]: text.replace(from, () => to) }
}

const told = ({ changes }: SiteDiff): readonly string[] =>
  changes.map(({ machines, pointer, before, after, unit = '', position: { file, line } }) =>
    [`${machines}`, pointer, JSON.stringify(before), '->', JSON.stringify(after), unit, `${file}:${line}`].join(' '),
  )

t.test('a change of many machines is told once, at its line, with what hosts take over from their guests', async t => {
  const before = edition(t, twoHosts)
  t.same(diffSites(before, before), { added: [], removed: [], changes: [] })
  const after = edition(t, replaced(twoHosts, 'templates/guest.yaml', '1 GiB', '768 MiB'))
  t.same(told(diffSites(before, after)), [
    'a,b,c /hardware/ram/0/size 1024 -> 768 MiB templates/guest.yaml:2',
    'h1 /software/components/xen/domains/a/options/memory 1024 -> 768 MiB templates/guest.yaml:2',
    'h1 /software/components/xen/domains/b/options/memory 1024 -> 768 MiB templates/guest.yaml:2',
    'h2 /software/components/xen/domains/c/options/memory 1024 -> 768 MiB templates/guest.yaml:2',
  ])
})

t.test('machines that came and went; what is gone, at the line that it had', async t => {
  const before = edition(t, replaced(twoHosts, 'profiles/h1.yaml', 'vcpus: 1', 'cpu_weight: 9'))
  const { 'profiles/c.yaml': _, ...others } = twoHosts
  const otherGuest = replaced(others, 'profiles/h2.yaml', '[c]', '[d]')
  const otherOption = replaced(otherGuest, 'profiles/h1.yaml', 'vcpus: 1', 'cap: 50')
  const diff = diffSites(before, edition(t, { ...otherOption, 'profiles/d.yaml': guest('d', 4) }))
  t.same([diff.added, diff.removed], [['d'], ['c']])
  t.same(
    told(diff).filter(line => !line.startsWith('h2 ')),
    [
      'h1 /software/components/xen/domains/b/options/cap  -> 50  profiles/h1.yaml:32',
      'h1 /software/components/xen/domains/b/options/cpu_weight 9 ->   profiles/h1.yaml:32',
    ],
  )
})

t.test('what a host has of a guest that leaves or comes is told at the line that enclosed it, or does now', async t => {
  const listed = replaced(twoHosts, 'profiles/h1.yaml', '[a, b]', '\n      - b\n      - a')
  const recorded = { ...listed, 'xenclosure.lock.yaml': 'guests:\n  a: h1\n  b: h1\n  c: h2\n' }
  const before = edition(t, recorded)
  const left = replaced(recorded, 'profiles/h1.yaml', '      - a\n', '')
  const placesOf = (from: CompiledSite, to: CompiledSite) =>
    diffSites(from, to).changes.map(({ machines, pointer, position: { file, line } }) => [
      `${machines} ${pointer.replace('/software/components/', '')}`,
      `${file}:${line}`,
    ])
  t.same(placesOf(before, edition(t, left)), [
    ['h1 /system/enclosure/children', 'profiles/h1.yaml:15'],
    ['h1 lvm/groups/vg_guests/volumes/a', 'profiles/h1.yaml:16'],
    ['h1 xen/domains/a', 'profiles/h1.yaml:16'],
  ])
  const moved = replaced(left, 'profiles/h2.yaml', '[c]', '\n      - c\n      - a')
  t.same(placesOf(before, edition(t, moved)), [
    ['h1 /system/enclosure/children', 'profiles/h1.yaml:15'],
    ['h1 lvm/groups/vg_guests/volumes/a', 'profiles/h1.yaml:16'],
    ['h1 xen/domains/a', 'profiles/h1.yaml:16'],
    ['h2 /system/enclosure/children', 'profiles/h2.yaml:15'],
    ['h2 lvm/groups/vg_guests/volumes/a', 'profiles/h2.yaml:16'],
    ['h2 xen/domains/a', 'profiles/h2.yaml:16'],
    ['h1 xen/movedTo', 'profiles/h2.yaml:16'],
  ])
  const released = replaced(moved, 'xenclosure.lock.yaml', 'a: h1', 'a: h2')
  t.same(
    placesOf(edition(t, moved), edition(t, released)),
    [
      ['h2 lvm/groups/vg_guests/volumes/a/awaitsRelease', 'xenclosure.lock.yaml:2'],
      ['h2 xen/domains/a/movedFrom', 'xenclosure.lock.yaml:2'],
      ['h1 xen/movedTo', 'xenclosure.lock.yaml:2'],
    ],
    'who is enclosed where it was has the line that it had',
  )
})

t.test(
  'what a host had of a guest that is no more, and has of a new one, is told at the lines that enclose them',
  async t => {
    const before = edition(t, twoHosts)
    const { 'profiles/c.yaml': _, ...others } = replaced(twoHosts, 'profiles/h2.yaml', '[c]', '[d]')
    const diff = diffSites(before, edition(t, { ...others, 'profiles/d.yaml': guest('d', 4) }))
    t.same([diff.added, diff.removed], [['d'], ['c']])
    t.same([...new Set(diff.changes.map(({ position: { file, line } }) => `${file}:${line}`))], ['profiles/h2.yaml:14'])
  },
)
