// The list of files as an edit finds it again, where it is known which have been saved: what find lists, to the byte.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { listAgain, listInputs } from '../../../src/compiler/cache/inputs.js'
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
  ['what is not listed', ['profiles/a.json'], dir => writeFileSync(join(dir, 'profiles/a.json'), ''), true],
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
      what.startsWith('nothing') || what === 'what is not listed' || !isKnown,
    )
  })

t.test('what has changed of the package itself is not known by its name', async t => {
  const dir = t.testdir({ profiles: {} })
  t.equal(listAgain('', dir, [], [join(packageRoot(), 'templates/x.yaml')]), undefined)
})
