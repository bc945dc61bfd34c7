import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t, { type Test } from 'tap'
import { type SiteWatch, watchSite } from '../../../src/compiler/site/watch.js'

const watched = (t: Test): { readonly dir: string; readonly watch: SiteWatch; readonly stop: AbortController } => {
  const dir = t.testdir({
    'xenclosure.yaml': 'site: a',
    shared: t.fixture('symlink', 'profiles'),
    profiles: { hosts: { 'a.yaml': '' }, 'example.org': { 'c.yaml': '' } },
    out: { 'a.json': '' },
    '.git': { 'b.yaml': '' },
  })
  const watch = watchSite(dir, join(dir, 'out'))
  const stop = new AbortController()
  watch.follow()
  t.teardown(() => watch.close())
  return { dir, watch, stop }
}

const changes: readonly (readonly [string, (dir: string) => void])[] = [
  ['a file is saved', dir => writeFileSync(join(dir, 'xenclosure.yaml'), 'site: b')],
  ['a file below is saved', dir => writeFileSync(join(dir, 'profiles/hosts/a.yaml'), 'x: 1')],
  ['a file is added', dir => writeFileSync(join(dir, 'profiles/b.yaml'), '')],
  ['a file is deleted', dir => rmSync(join(dir, 'profiles/hosts/a.yaml'))],
  ['a directory is deleted', dir => rmSync(join(dir, 'profiles/hosts'), { recursive: true })],
  ['a directory is added', dir => mkdirSync(join(dir, 'templates'))],
  [
    'a directory with a dot in its name is deleted',
    dir => rmSync(join(dir, 'profiles/example.org'), { recursive: true }),
  ],
  ['one is added', dir => mkdirSync(join(dir, 'profiles/example.net'))],
  ['one is renamed', dir => renameSync(join(dir, 'profiles/example.org'), join(dir, 'profiles/example.net'))],
  ['a link to a directory is deleted', dir => rmSync(join(dir, 'shared'))],
  ['a link is added that leads nowhere', dir => symlinkSync('nowhere', join(dir, 'profiles/nowhere'))],
  ['a link is added that leads to itself', dir => symlinkSync('round', join(dir, 'profiles/round'))],
  [
    'an editor writes beside the file, and renames',
    dir => {
      writeFileSync(join(dir, 'profiles/hosts/.a.yaml.swp'), 'x: 2')
      renameSync(join(dir, 'profiles/hosts/.a.yaml.swp'), join(dir, 'profiles/hosts/a.yaml'))
    },
  ],
]
for (const [what, change] of changes) {
  t.test(what, async t => {
    const { dir, watch, stop } = watched(t)
    const changed = watch.changed(stop.signal)
    change(dir)
    t.equal(await changed, true)
  })
}

t.test('it is over when nothing happens, also where garbage is collected meanwhile', async t => {
  const { dir, watch, stop } = watched(t)
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const collecting = setInterval(collect, 5)
  t.teardown(() => clearInterval(collecting))
  for (let save = 0; save < 5; save += 1) {
    const changed = watch.changed(stop.signal)
    writeFileSync(join(dir, 'xenclosure.yaml'), `site: s${save}`)
    t.equal(await changed, true)
  }
})

t.test('what is saved before it is asked is not lost, and a directory that came is followed', async t => {
  const { dir, watch, stop } = watched(t)
  mkdirSync(join(dir, 'templates/site'), { recursive: true })
  t.equal(await watch.changed(stop.signal), true)
  watch.follow()
  writeFileSync(join(dir, 'templates/site/a.yaml'), '')
  t.equal(await watch.changed(stop.signal), true)
})

t.test('a directory that was put in the place of another is followed', async t => {
  const { dir, watch, stop } = watched(t)
  mkdirSync(join(dir, '.new'))
  writeFileSync(join(dir, '.new/b.yaml'), '')
  rmSync(join(dir, 'profiles/hosts'), { recursive: true })
  renameSync(join(dir, '.new'), join(dir, 'profiles/hosts'))
  t.equal(await watch.changed(stop.signal), true)
  watch.follow()
  writeFileSync(join(dir, 'profiles/hosts/b.yaml'), 'x: 1')
  t.equal(await watch.changed(stop.signal), true)
})

const named: readonly (readonly [string, readonly string[] | undefined, (dir: string) => void])[] = [
  ['a file that is saved', ['profiles/hosts/a.yaml'], dir => writeFileSync(join(dir, 'profiles/hosts/a.yaml'), 'x: 1')],
  [
    'one that is put in the place of another, beside drafts of an editor',
    ['profiles/hosts/a.yaml'],
    dir => {
      writeFileSync(join(dir, 'profiles/hosts/4913'), '')
      rmSync(join(dir, 'profiles/hosts/4913'))
      writeFileSync(join(dir, 'profiles/hosts/.a.yaml.swp'), 'x: 2')
      renameSync(join(dir, 'profiles/hosts/.a.yaml.swp'), join(dir, 'profiles/hosts/a.yaml'))
    },
  ],
  ['a directory that comes', undefined, dir => mkdirSync(join(dir, 'profiles/more'))],
  ['one that goes', undefined, dir => rmSync(join(dir, 'profiles/hosts'), { recursive: true })],
  ['the site that goes', undefined, dir => rmSync(dir, { recursive: true })],
  ['a link that comes', undefined, dir => symlinkSync('profiles', join(dir, 'other'))],
  [
    'more than the kernel may have told of',
    undefined,
    dir => {
      for (let save = 0; save < 600; save += 1)
        for (const name of ['a', 'b']) writeFileSync(join(dir, `.${name}`), `${save}`)
      writeFileSync(join(dir, 'profiles/hosts/a.yaml'), 'x: 1')
    },
  ],
]
for (const [what, files, change] of named)
  t.test(`what has changed is named, where files alone have: ${what}`, async t => {
    const { dir, watch, stop } = watched(t)
    const changed = watch.changed(stop.signal)
    change(dir)
    t.equal(await changed, true)
    const found = watch.files()
    t.same(
      found && [...found],
      files?.map(path => join(dir, path)),
    )
  })

t.test('it is quiet when nothing else was saved, also while the thread was busy', async t => {
  const { dir, watch, stop } = watched(t)
  const busy = (milliseconds: number): void => {
    for (const start = performance.now(); performance.now() - start < milliseconds; );
  }
  const save = (content: string): void => writeFileSync(join(dir, 'profiles/hosts/a.yaml'), content)
  save('x:')
  t.equal(await watch.changed(stop.signal), true)
  busy(60)
  save('x: 1')
  t.equal(await watch.isQuiet(), false)
  t.equal(await watch.changed(stop.signal), true)
  t.equal(watch.files()?.size, 1)
  const start = performance.now()
  t.equal(await watch.isQuiet(), true)
  t.ok(performance.now() - start < 1000)
  t.equal(watch.files()?.size, 0)
})

t.test('nothing else wakes it: documents, git, drafts; and it ends when it is told to', async t => {
  const { dir, watch, stop } = watched(t)
  mkdirSync(join(dir, 'node_modules'))
  t.equal(await watch.changed(stop.signal), true)
  watch.follow()
  const changed = watch.changed(stop.signal)
  const marker = watchSite(join(dir, 'node_modules'), '')
  marker.follow()
  t.teardown(() => marker.close())
  symlinkSync('me@here.1:2', join(dir, 'profiles/.#b.yaml'))
  for (const path of ['out/b.json', '.git/c.yaml', 'profiles/hosts/a.yaml~', 'profiles/4913.tmp', 'profiles/.b.yaml'])
    writeFileSync(join(dir, path), '')
  // What came before it has been looked at when this one has: events come in their order.
  writeFileSync(join(dir, 'node_modules/marker.yaml'), '')
  t.equal(await marker.changed(stop.signal), true)
  stop.abort()
  t.equal(await changed, false)
})

t.test('so many events that others may have been lost are a change, whatever they tell of', async t => {
  const { dir, watch, stop } = watched(t)
  const changed = watch.changed(stop.signal)
  for (let draft = 0; draft < 1001; draft += 1) writeFileSync(join(dir, `profiles/.${draft}.yaml`), '')
  t.equal(await changed, true)
  t.equal(watch.files(), undefined)
})

t.test('a hidden directory of the load path is another one when that has its name', async t => {
  const { dir, watch, stop } = watched(t)
  const hidden = join(dir, '.templates')
  mkdirSync(hidden)
  watch.follow([hidden])
  renameSync(hidden, join(dir, '.before'))
  t.equal(await watch.changed(stop.signal), true)
  t.equal(watch.files(), undefined)
})
