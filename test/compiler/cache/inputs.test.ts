// The list of files as an edit finds it again, where it is known which have been saved: what find lists, to the byte.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import {
  changesBetween,
  listAgain,
  listInputs,
  settledListing,
  settledSince,
  shownPath,
} from '../../../src/compiler/cache/inputs.js'
import { packageRoot } from '../../../src/compiler/package-root.js'

const loadpath = ['.', 'templates', 'templates/site']

/** A file that was put in the place of another may stand elsewhere in its directory. */
const sorted = (listing: string): string => listing.split('\0').sort().join('\n')

const cases: readonly (readonly [string, readonly string[], (dir: string) => void, isKnown: boolean])[] = [
  ['nothing, though it was told', ['profiles/a.yaml'], () => undefined, true],
  ['a profile', ['profiles/a.yaml'], dir => writeFileSync(join(dir, 'profiles/a.yaml'), 'x: 1'), true],
  [
    'a template of several names',
    ['templates/site/b.yaml'],
    dir => writeFileSync(join(dir, 'templates/site/b.yaml'), 'x: 1'),
    true,
  ],
  [
    'a file that was put in the place of another',
    ['profiles/a.yaml', 'profiles/a.yaml.yaml'],
    dir => {
      writeFileSync(join(dir, 'profiles/a.yaml.yaml'), 'x: 1')
      renameSync(join(dir, 'profiles/a.yaml.yaml'), join(dir, 'profiles/a.yaml'))
    },
    true,
  ],
  ['what is not listed', ['profiles/a.txt'], dir => writeFileSync(join(dir, 'profiles/a.txt'), ''), true],
  ['JSON that is no schema', ['templates/a.json'], dir => writeFileSync(join(dir, 'templates/a.json'), ''), true],
  ['JSON among the profiles', ['profiles/b.json'], dir => writeFileSync(join(dir, 'profiles/b.json'), ''), false],
  [
    'a profile that is nearly called so',
    ['profiles/b.YAML'],
    dir => writeFileSync(join(dir, 'profiles/b.YAML'), ''),
    false,
  ],
  [
    'a policy beside the load path',
    ['policies/b.yaml'],
    dir => {
      mkdirSync(join(dir, 'policies'))
      writeFileSync(join(dir, 'policies/b.yaml'), '')
    },
    false,
  ],
  ['a file that has come', ['profiles/b.yaml'], dir => writeFileSync(join(dir, 'profiles/b.yaml'), ''), false],
  ['one that has gone', ['profiles/a.yaml'], dir => rmSync(join(dir, 'profiles/a.yaml')), false],
  [
    'a directory called as if it were a file',
    ['profiles/b.yaml'],
    dir => mkdirSync(join(dir, 'profiles/b.yaml')),
    false,
  ],
  [
    'a link in the place of a file',
    ['profiles/a.yaml'],
    dir => {
      rmSync(join(dir, 'profiles/a.yaml'))
      symlinkSync('../templates/a.yaml', join(dir, 'profiles/a.yaml'))
    },
    false,
  ],
]
t.test('of a file system that keeps whole seconds, a file counts as saved just now for longer', async t => {
  const listing = '7 1 1000.0000000000 ./a.yaml\0' + '8 1 1000.5000000000 ./b.yaml\0'
  t.equal(settledListing(listing, 1_001_500), '0 0 0 ./a.yaml\0' + '8 1 1000.5000000000 ./b.yaml\0')
  t.equal(settledListing(listing, 1_002_200), listing)
})

t.test('what is told to be a mistake by its name is listed, wherever that is', async t => {
  const files = [
    'profiles/a.JSON',
    'profiles/x/a.yml',
    'profiles/a.Yaml',
    'templates/policies/a.json',
    'policies/a.yaml',
  ]
  const dir = t.testdir({ profiles: { x: {} }, templates: { policies: {} }, policies: {} })
  const before = listInputs(dir, loadpath) ?? ''
  for (const file of files) writeFileSync(join(dir, file), '')
  const { come } = changesBetween(before, listInputs(dir, loadpath) ?? '')
  t.same([...new Set(come.map(shownPath))].sort(), [...files].sort())
})

t.test('a file that goes while all are listed, or a link to nowhere, is not known', async t => {
  const dir = t.testdir({ 'xenclosure.yaml': 'site: a', profiles: {} })
  symlinkSync('nowhere', join(dir, 'xenclosure.lock.yaml'))
  t.equal(listInputs(dir, []), undefined)
})

for (const [what, files, change, isKnown] of cases)
  t.test(`what has been saved is listed again as all is: ${what}`, async t => {
    const dir = t.testdir({
      'xenclosure.yaml': 'site: a',
      profiles: { 'a.yaml': '' },
      templates: { 'a.yaml': '', site: { 'b.yaml': '' } },
    })
    const before = listInputs(dir, loadpath) ?? ''
    t.match(before, 'a.yaml')
    change(dir)
    const again = listAgain(
      before,
      dir,
      loadpath,
      files.map(path => join(dir, path)),
    )
    if (isKnown) t.equal(sorted(again?.inputs ?? ''), sorted(listInputs(dir, loadpath) ?? ''))
    t.equal(again !== undefined, isKnown)
    t.equal(
      (again?.inputs ?? before) === before,
      what.startsWith('nothing') || ['what is not listed', 'JSON that is no schema'].includes(what) || !isKnown,
    )
  })

t.test('what has changed of the package itself is not known by its name', async t => {
  const dir = t.testdir({ profiles: {} })
  t.equal(listAgain('', dir, [], [join(packageRoot(), 'templates/x.yaml')]), undefined)
})

type Entry = { readonly path: string; readonly second: number }

const text = (entries: readonly Entry[]): string =>
  entries.map(({ path, second }) => `1 2 ${second}.0000000000 ${path}\0`).join('')

/** So many entries that a listing is compared in several pieces. */
const listings = fc
  .record({
    before: fc.uniqueArray(fc.tuple(fc.nat(2000), fc.nat(50)), {
      size: 'max',
      maxLength: 600,
      selector: ([name]) => name,
    }),
    edits: fc.array(fc.tuple(fc.nat(600), fc.constantFrom('touch', 'remove', 'add', 'move')), { maxLength: 4 }),
  })
  .map(({ before: known, edits }) => {
    const before = known.map(([name, second]) => ({ path: `./profiles/${name}.yaml`, second }))
    const now = [...before]
    edits.forEach(([place, edit], index) => {
      const at = place % (now.length + 1)
      const [entry] = edit === 'add' ? [] : now.splice(at, 1)
      if (edit === 'add') now.splice(at, 0, { path: `./profiles/new${index}.yaml`, second: 100 })
      if (edit === 'touch' && entry !== undefined) now.splice(at, 0, { ...entry, second: 100 + index })
      if (edit === 'move' && entry !== undefined) now.push(entry)
    })
    return { before, now }
  })

t.test('what has changed between two lists is what a map of them says', async () => {
  fc.assert(
    fc.property(listings, ({ before, now }) => {
      const [were, are] = [before, now].map(entries => new Map(entries.map(({ path, second }) => [path, second])))
      const paths = { before: before.map(({ path }) => path), now: now.map(({ path }) => path) }
      const found = changesBetween(text(before), text(now))
      t.same(
        { changed: [...found.changed].sort(), come: [...found.come].sort(), gone: [...found.gone].sort() },
        {
          changed: paths.now.filter(path => were?.has(path) && were.get(path) !== are?.get(path)).sort(),
          come: paths.now.filter(path => !were?.has(path)).sort(),
          gone: paths.before.filter(path => !are?.has(path)).sort(),
        },
      )
      // What was listed before is settled: only what was saved since may be saved once more.
      t.equal(settledSince(text(before), text(now), 101_000), settledListing(text(now), 101_000))
    }),
  )
})

t.test('a changed entry is found wherever in it the pieces meet that are compared', async t => {
  for (let shift = 0; shift < 50; shift += 1) {
    const others = Array.from({ length: 100 }, (_, index) => ({ path: `./profiles/m${1000 + index}.yaml`, second: 1 }))
    const all = (second: number): readonly Entry[] => [
      { path: `./${'y'.repeat(shift)}`, second: 1 },
      ...others,
      { path: './templates/edited.yaml', second },
      ...others.map(({ path }) => ({ path: path.replace('profiles', 'templates'), second: 1 })),
      { path: `./${'x'.repeat(shift)}`, second: 1 },
    ]
    const [before, now] = [text(all(11)), text(all(22))]
    t.same(changesBetween(before, now), { changed: ['./templates/edited.yaml'], come: [], gone: [] })
    t.equal(settledSince(before, now, 20_000), settledListing(now, 20_000))
  }
})
