// What is kept of a compilation of all machines while files come, go and are saved: nothing, where what was read is not what was listed.
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import { beforeReading, keep } from '../../../src/compiler/cache/keep.js'
import { compileInShares } from '../../../src/compiler/shares/compile-in-shares.js'
import { lockFile } from '../../../src/compiler/site/lock-file.js'
import { write } from '../../fixtures/site-edits.js'
import { guest, site } from '../../fixtures/two-hosts.js'

/** What is kept where `meanwhile` happens when the files have been listed, and `later` when all is compiled. */
const keptWhere = async (
  t: Test,
  meanwhile: (dir: string) => void,
  {
    later = () => undefined,
    isRecorded = false,
    files = {},
  }: {
    later?: (dir: string) => void
    isRecorded?: boolean
    files?: Readonly<Record<string, string>>
  } = {},
) => {
  const dir = t.testdir()
  for (const [path, content] of Object.entries({ ...site, ...files })) write(dir, path, content)
  write(dir, 'profiles/free.yaml', guest('free', 9))
  const listed = beforeReading(dir)
  meanwhile(dir)
  const none = () => undefined as never
  const compiled = await compileInShares(dir, components, { workers: () => 1, always: true, elsewhere: none })
  later(dir)
  return compiled && listed && keep(compiled, listed, 'test', isRecorded)
}

t.test('nothing happens', async t => {
  const kept = await keptWhere(t, () => undefined)
  t.equal(kept?.site.machines, 6)
})

t.test('a profile is away when the profiles are looked for', async t => {
  t.equal(await keptWhere(t, dir => rmSync(join(dir, 'profiles/free.yaml'))), undefined)
})

t.test('a template is there when it is looked for, and was not before', async t => {
  const dir = 'templates/site'
  const conf = site['xenclosure.yaml']?.replace('[templates]', `[${dir}, templates]`) ?? ''
  const put = (top: string): void => {
    write(top, 'xenclosure.yaml', conf)
    write(top, `${dir}/guest.yaml`, site['templates/guest.yaml'] ?? '')
  }
  t.equal(await keptWhere(t, put), undefined)
})

t.test('a template that is meant in the place of another is away when it is looked for', async t => {
  const [shadow, aside] = ['templates/near/guest.yaml', 'aside.yaml']
  const files = {
    'xenclosure.yaml': site['xenclosure.yaml']?.replace('[templates]', '[templates/near, templates]') ?? '',
    [shadow]: site['templates/guest.yaml'] ?? '',
  }
  const away = (dir: string): void => renameSync(join(dir, shadow), join(dir, aside))
  const back = (dir: string): void => renameSync(join(dir, aside), join(dir, shadow))
  t.ok(await keptWhere(t, () => undefined, { files }))
  t.equal(await keptWhere(t, away, { files, later: back }), undefined)
})

t.test('one that was read is saved once more: what is kept is of what was read', async t => {
  const save = (dir: string): void => write(dir, 'templates/guest.yaml', `# later\n${site['templates/guest.yaml']}`)
  t.ok(await keptWhere(t, () => undefined, { later: save }))
})

t.test('a lock file that was written is looked at again, for somebody may have saved another one', async t => {
  const kept = await keptWhere(t, () => undefined, {
    later: dir => write(dir, lockFile, 'guests: { a: h2 }\n'),
    isRecorded: true,
  })
  t.match(kept?.site.inputs, `\0${'0 0 0'} ./${lockFile}\0`)
})
