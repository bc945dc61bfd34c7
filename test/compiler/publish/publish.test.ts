import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { OtherSitePublished, type Published, prepareDirectory, publish } from '../../../src/compiler/publish/publish.js'
import { openStaging, removeStaging, stage, stagingIn } from '../../../src/compiler/publish/staging.js'
import type { Document } from '../../../src/model/document.js'
import { digestOf, generateKeys, isSignedBy, parseSeal } from '../../../src/model/seal.js'

const publishing = (
  dir: string,
  machines: Readonly<Record<string, string>>,
  serial: number,
  more: { key?: string; only?: readonly string[] } = {},
): Published => {
  const documents = new Map(
    Object.entries(machines).map(([name, model]): [string, Document] => [name, { name, hardware: { model } }]),
  )
  return publish({
    dir,
    site: 'test',
    documents,
    edition: { serial, commit: `c${serial}`, exact: true },
    compiler: '1.2.3',
    ...more,
  })
}
const read = (dir: string, file: string) => readFileSync(join(dir, file), 'utf8')
const seal = (dir: string, name: string) => parseSeal(read(dir, `${name}.seal`))

t.test('a document, its seal, and the index', async t => {
  const dir = t.testdir()
  t.same(publishing(dir, { a: 'x', b: 'y' }, 7), { written: ['a', 'b'], unchanged: [], removed: [] })
  t.equal(read(dir, 'a.json'), '{"hardware":{"model":"x"},"name":"a"}\n')
  t.same(seal(dir, 'a'), {
    name: 'a',
    sha256: digestOf(read(dir, 'a.json')),
    serial: 7,
    commit: 'c7',
    compiler: '1.2.3',
  })
  t.same(JSON.parse(read(dir, 'index.json')), {
    site: 'test',
    machines: { a: { sha256: digestOf(read(dir, 'a.json')) }, b: { sha256: digestOf(read(dir, 'b.json')) } },
  })
  t.same(
    readdirSync(dir).filter(file => file.endsWith('.tmp')),
    [],
    'and nothing else',
  )
})

t.test('documents that wait in files are put in place as others are', async t => {
  const dir = t.testdir()
  publishing(dir, { a: 'x', b: 'y' }, 1)
  const before = statSync(join(dir, 'a.json')).mtimeMs
  const place = openStaging(dir, [])
  const documents = stage(
    place.dir,
    [
      ['a', 'x'],
      ['b', 'z'],
      ['c', 'z'],
    ].map(([name = '', model = '']) => ({ name, hardware: { model } })),
  )
  const staged = { ...place, documents }
  const edition = { serial: 2, commit: 'c2', exact: true }
  const published = publish({ dir, site: 'test', documents: new Map(), staged, edition, compiler: '1.2.3' })
  t.same(published, { written: ['b', 'c'], unchanged: ['a'], removed: [] })
  t.equal(statSync(join(dir, 'a.json')).mtimeMs, before)
  t.equal(read(dir, 'b.json'), '{"hardware":{"model":"z"},"name":"b"}\n')
  t.same(
    ['a', 'b', 'c'].map(name => seal(dir, name)?.serial),
    [1, 2, 2],
  )
  t.same(
    ['a', 'b', 'c'].map(name => seal(dir, name)?.sha256 === digestOf(read(dir, `${name}.json`))),
    [true, true, true],
  )
  t.same(Object.keys(JSON.parse(read(dir, 'index.json')).machines), ['a', 'b', 'c'])
  t.same(readdirSync(dir).length, 7, 'nothing but documents, seals and the index')
})

t.test('nor does it matter what the umask gives away: nobody else may write them', async t => {
  const dir = t.testdir()
  const umask = process.umask(0o002)
  t.teardown(() => process.umask(umask))
  const again = (): Published => {
    const place = openStaging(dir, [])
    const staged = { ...place, documents: stage(place.dir, [{ name: 'a' }]) }
    const edition = { serial: 1, commit: 'c1', exact: true }
    return publish({ dir, site: 'test', documents: new Map(), staged, edition, compiler: '1.2.3' })
  }
  again()
  t.equal(statSync(join(dir, 'a.json')).mode & 0o777, 0o644)
  t.same(again().unchanged, ['a'])
})

t.test(
  'where nothing comes of what was staged, only directories stay that were there, or have something in them',
  async t => {
    const dir = t.testdir()
    const [above, out] = [join(dir, 'above'), join(dir, 'above/out')]
    const stageThere = () => {
      const place = openStaging(out, prepareDirectory(out, 'test'))
      stage(place.dir, [{ name: 'a' }])
      return place
    }
    removeStaging(stageThere())
    t.notOk(existsSync(above))
    mkdirSync(above)
    removeStaging(stageThere())
    t.same(readdirSync(dir, { recursive: true }), ['above'])
    const place = stageThere()
    writeFileSync(join(out, 'theirs'), '')
    removeStaging(place)
    t.same(readdirSync(out), ['theirs'])
  },
)

t.test(
  'what a killed compiler has staged is removed by the next that stages; what another one stages just now is not',
  async t => {
    const dir = t.testdir()
    const dead = spawnSync(process.execPath, ['--eval', '0']).pid
    const left = (pid: number) => join(dir, `.staged.${hostname()}.${pid}.tmp`)
    for (const pid of [dead, process.ppid]) {
      mkdirSync(left(pid))
      writeFileSync(join(left(pid), 'a.json'), '{}')
    }
    openStaging(dir, [])
    t.same([existsSync(left(dead)), existsSync(left(process.ppid)), existsSync(stagingIn(dir))], [false, true, true])
  },
)

t.test('what has not changed is not touched and keeps the seal of its own edition', async t => {
  const dir = t.testdir()
  publishing(dir, { a: 'x', b: 'y' }, 1)
  const before = statSync(join(dir, 'a.json')).mtimeMs
  t.same(publishing(dir, { a: 'x', b: 'z' }, 2), { written: ['b'], unchanged: ['a'], removed: [] })
  t.equal(statSync(join(dir, 'a.json')).mtimeMs, before)
  t.same([seal(dir, 'a')?.serial, seal(dir, 'b')?.serial], [1, 2])
})

t.test(
  'what a killed compiler was about to put in place is removed; what another one writes just now is not',
  async t => {
    const dir = t.testdir()
    const { pid } = spawnSync('true') // gone
    const here = hostname()
    const gone = [
      `a.json.${here}.${pid}.tmp`,
      `index.json.${here}.${pid}.tmp`,
      'a.json.elsewhere.12.tmp',
      'a.seal.3.tmp',
    ]
    const stays = [`a.json.${here}.${process.ppid}.tmp`, 'b.seal.elsewhere.12.tmp', `notes.${here}.${pid}.tmp`]
    for (const name of [...gone, ...stays]) writeFileSync(join(dir, name), '')
    const twoHoursAgo = Date.now() / 1000 - 7200
    for (const name of ['a.json.elsewhere.12.tmp', 'a.seal.3.tmp'])
      utimesSync(join(dir, name), twoHoursAgo, twoHoursAgo)
    publishing(dir, { a: 'x' }, 1)
    t.same(readdirSync(dir).sort(), [...stays, 'a.json', 'a.seal', 'index.json'].sort())
  },
)

t.test('a run that was cut between a document and its seal is completed by the next', async t => {
  const dir = t.testdir()
  publishing(dir, { a: 'x' }, 1)
  writeFileSync(join(dir, 'a.json'), '{"hardware":{"model":"new"},"name":"a"}\n')
  t.same(publishing(dir, { a: 'new' }, 2).written, ['a'])
  t.same(seal(dir, 'a')?.sha256, digestOf(read(dir, 'a.json')))
})

t.test('a machine that left the site leaves the directory, and nothing that is not ours does', async t => {
  const dir = t.testdir({ 'README.txt': 'mine' })
  publishing(dir, { a: 'x', b: 'y' }, 1)
  t.same(publishing(dir, { a: 'x' }, 2).removed, ['b'])
  t.same(readdirSync(dir).sort(), ['README.txt', 'a.json', 'a.seal', 'index.json'])
})

t.test('an index that is not ours removes nothing but machines', async t => {
  for (const index of ['', 'null', '{"machines": {"../mine": {}, "package": 5}}']) {
    const dir = t.testdir({ 'mine.json': 'mine', out: { 'index.json': index, 'package.json': 'mine' } })
    t.same(publishing(join(dir, 'out'), { a: 'x' }, 1).removed, [], index)
    t.ok(existsSync(join(dir, 'mine.json')) && existsSync(join(dir, 'out/package.json')))
  }
})

t.test('some machines only: the index keeps the others', async t => {
  const dir = t.testdir()
  publishing(dir, { a: 'x', b: 'y' }, 1)
  t.same(publishing(dir, { a: 'n', b: 'n' }, 2, { only: ['b'] }), { written: ['b'], unchanged: [], removed: [] })
  t.match(read(dir, 'a.json'), '"x"')
  t.same(Object.keys(JSON.parse(read(dir, 'index.json')).machines), ['a', 'b'])
  t.ok(existsSync(join(dir, 'a.seal')))
})

t.test('signed by the key, and signed again only when it has to be', async t => {
  const dir = t.testdir()
  const { privateKey, publicKey } = generateKeys()
  publishing(dir, { a: 'x' }, 1)
  t.same(publishing(dir, { a: 'x' }, 2, { key: privateKey }).written, ['a'], 'an unsigned seal is replaced')
  const signed = seal(dir, 'a')
  t.ok(signed && isSignedBy(signed, publicKey))
  t.same(publishing(dir, { a: 'x' }, 3, { key: privateKey }).unchanged, ['a'])
  t.same(publishing(dir, { a: 'x' }, 3, { key: generateKeys().privateKey }).written, ['a'], "another key's is, too")
})

t.test('the directory of another site is left alone', async t => {
  const dir = t.testdir()
  publishing(dir, { a: 'x' }, 1)
  const documents = new Map([['z', { name: 'z' }]])
  const edition = { serial: 1, commit: null, exact: true }
  t.throws(() => publish({ dir, site: 'other', documents, edition, compiler: '1.2.3' }), OtherSitePublished)
  t.same(readdirSync(dir).sort(), ['a.json', 'a.seal', 'index.json'])
})
