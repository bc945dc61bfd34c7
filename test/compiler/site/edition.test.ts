// The place of a site in git's history: the same whichever of its files is looked at first.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { editionOf } from '../../../src/compiler/site/edition.js'
import { gitEnvironment } from '../../../src/compiler/site/git.js'

const cases: readonly (readonly [string, (dir: string) => void, isCommit: boolean])[] = [
  ['as it was committed', () => undefined, true],
  ['with a file that has changed', dir => writeFileSync(join(dir, 'a.yaml'), 'x: 1'), false],
  ['with another file', dir => writeFileSync(join(dir, 'b[a].yaml'), 'x: 1'), false],
  ['with a file that git does not know', dir => writeFileSync(join(dir, 'new.yaml'), ''), false],
  ['with a file that git was told not to look at', dir => writeFileSync(join(dir, 'ignored.yaml'), ''), true],
]
for (const [what, change, isCommit] of cases)
  t.test(`the edition of a site ${what}`, async t => {
    const dir = t.testdir({ '.gitignore': 'ignored.yaml\n', 'xenclosure.yaml': '', 'a.yaml': '', 'b[a].yaml': '' })
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', dir, ...args], { env: gitEnvironment(), encoding: 'utf8' }).trim()
    git('init', '--quiet')
    git('add', '--all')
    git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message', 'one')
    const commit = git('rev-parse', 'HEAD')
    change(dir)
    const expected = { serial: 1, commit: isCommit ? commit : null, exact: isCommit }
    for (const edited of [undefined, 'a.yaml', 'b[a].yaml', 'new.yaml', 'ignored.yaml', 'missing.yaml']) {
      t.same(await editionOf(dir, undefined, edited), expected, `${edited}`)
      t.same(await editionOf(dir, 7, edited), { ...expected, serial: 7, exact: true }, `${edited}`)
    }
  })

t.test('the edition of a site that git does not have', async t => {
  const dir = t.testdir({ '.git': '', 'xenclosure.yaml': '' })
  for (const edited of [undefined, 'a.yaml'])
    t.same(await editionOf(dir, undefined, edited), { serial: 0, commit: null, exact: false })
})
