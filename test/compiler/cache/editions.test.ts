// Editions of a site that are compared by what is kept of it: the difference is that of the two compiled as a whole, and where one
// has anything to tell, it is left to that.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { compileEditions } from '../../../src/compiler/cache/compile-editions.js'
import { beforeReading, keep } from '../../../src/compiler/cache/keep.js'
import { keptOfSite, openStore } from '../../../src/compiler/cache/store.js'
import { type CompiledSite, type CompileResult, compileSite } from '../../../src/compiler/compile.js'
import { diffSites, type SiteDiff } from '../../../src/compiler/inspect/site-diff.js'
import { compileInShares } from '../../../src/compiler/shares/compile-in-shares.js'
import { printLock } from '../../../src/compiler/site/lock.js'
import { findRevision, withRevision } from '../../../src/compiler/site/revision.js'
import { movingLedger } from '../../fixtures/enclosing-site.js'
import {
  carryOut,
  edit,
  filesForMoves,
  filesOf,
  move,
  moveInPlace,
  soundSite,
  write,
} from '../../fixtures/site-edits.js'
import { skipWithout } from '../../oracles/require-tool.js'
import { runs } from '../../property-runs.js'

t.setTimeout(600_000)

const components = [movingLedger]
const by = 'test'

/** From one to the other: names that git knows, or the files as they are. */
type Revisions = readonly [string, string]

const none = () => {
  throw new Error('one worker needs no other')
}

/** What is told of two editions, with the lines that are shown. */
const differenceOf = (before: CompiledSite, after: CompiledSite) => {
  const { changes, ...others } = diffSites(before, after)
  const shown = changes.map(change => {
    const { site } = change.after === undefined ? before : after
    return { ...change, source: site.sourceLine(change.position.file, change.position.line) }
  })
  return { ...others, changes: shown }
}

/** A site in a repository of its own; `site` may be below its top. */
const begin = (top: string, files: Readonly<Record<string, string>>, below = 'site') => {
  const [dir, cache] = [join(top, below), join(top, 'cache')]
  const git = (...args: readonly string[]): void => {
    const config = ['user.name=somebody', 'user.email=somebody@example.org', 'protocol.file.allow=always']
    const { status, stderr } = spawnSync('git', ['-C', dir, ...config.flatMap(one => ['-c', one]), ...args], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  }
  const commit = (): void => void [git('add', '-A', '.'), git('commit', '-q', '--allow-empty', '-m', 'an edit')]
  mkdirSync(cache, { recursive: true })
  for (const [path, content] of Object.entries({ ...filesOf({}), ...files })) write(dir, path, content)
  git('init', '-q', top)
  commit()
  /** What is to be kept of the site as it is; false where it has anything to tell. */
  const keepIt = async (): Promise<boolean> => {
    const before = beforeReading(dir)
    const shared = await compileInShares(dir, components, { workers: () => 1, always: true, elsewhere: none })
    const kept = shared && before && keep(shared, before, by, false)
    if (kept === undefined) return false
    openStore({ cache, site: dir, out: undefined, by }).begin().end(kept.site, kept.lines)
    return true
  }
  const wholly = (revision: string): CompileResult =>
    revision === 'files'
      ? compileSite(dir, components)
      : withRevision(dir, findRevision(dir, revision), site => compileSite(site, components))
  /** The difference by what is kept, where it tells one, and how many machines were compiled for it. */
  const quickly = async (revisions: Revisions) => {
    const kept = keptOfSite(cache, dir, its => its === by)
    const asked = revisions.map(name => (name === 'files' ? name : findRevision(dir, name)))
    const [before, after] = (kept && (await compileEditions(dir, components, kept, asked))) ?? []
    return before && after && { diff: differenceOf(before, after), compiled: after.documents.size }
  }
  /** The difference of the two as a whole; undefined where one has anything to tell. */
  const slowly = (revisions: Revisions): SiteDiff | undefined => {
    const [before, after] = revisions.map(wholly)
    const isQuiet = [before, after].every(result => result?.diagnostics.length === 0)
    return isQuiet && before?.compiled && after?.compiled ? differenceOf(before.compiled, after.compiled) : undefined
  }
  return { dir, git, commit, keepIt, quickly, slowly }
}

const moving = fc.oneof(
  { weight: 8, arbitrary: moveInPlace },
  { weight: 1, arbitrary: move },
  { weight: 1, arbitrary: edit },
)
/** Editions of which a policy counts machines are compiled as a whole. */
const withoutGroups = { 'templates/policies/groups.yaml': '{}' }
const kinds = [
  {
    of: 'files',
    edits: fc.tuple(edit, edit, edit),
    more: {},
    comes: ['a mistake', 'not known', 'different', 'the same'],
  },
  {
    of: 'hosts and the lock file, while guests move,',
    edits: fc.tuple(moving, moving, moving),
    more: { ...filesForMoves(), ...withoutGroups },
    comes: ['not known', 'different'],
  },
]
for (const { of, edits, more, comes } of kinds)
  t.test(`the difference between edits of ${of} by what is kept is that of two compilations of the whole`, async t => {
    if (skipWithout(t, 'git', 'apt-get install -y git')) return
    const top = t.testdir()
    /** How often something came to pass, so that the edits are known to be of all sorts. */
    const seen = new Map<string, number>()
    const see = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)
    let number = 0
    await fc.assert(
      fc.asyncProperty(soundSite, edits, fc.integer({ min: 0, max: 3 }), async (files, edits, keptAfter) => {
        number += 1
        const place = join(top, `${number}`)
        const { dir, commit, keepIt, quickly, slowly } = begin(place, { ...files, ...more })
        let isKept = keptAfter === 0 && (await keepIt())
        for (const [index, some] of edits.entries()) {
          for (const one of some) carryOut(dir, one)
          if (index < 2) commit()
          if (keptAfter === index + 1) isKept = await keepIt()
        }
        for (const revisions of isKept ? comparisons : []) {
          const [quick, slow] = [await quickly(revisions), slowly(revisions)]
          if (quick === undefined) see(slow === undefined ? 'a mistake' : 'not known')
          else see(quick.diff.changes.length > 0 ? 'different' : 'the same')
          if (quick !== undefined && JSON.stringify(quick.diff) !== JSON.stringify(slow)) return false
        }
        rmSync(place, { recursive: true })
        return true
      }),
      runs(24),
    )
    for (const what of comes) t.ok((seen.get(what) ?? 0) > 5, `${what}: ${seen.get(what)}`)
  })

const comparisons = [
  ['HEAD', 'files'],
  ['HEAD~1', 'files'],
  ['HEAD~1', 'HEAD'],
  ['HEAD', 'HEAD~2'],
] as const

const profile = (size: number): string => JSON.stringify({ include: ['t0'], hardware: { ram: [{ size }] } })
const plain = {
  'templates/t0.yaml': '{}',
  'templates/t1.yaml': '{}',
  ...Object.fromEntries(['m0', 'm1', 'm4'].map(name => [`profiles/${name}.yaml`, profile(1)])),
  'profiles/m2.yaml': profile(2),
}

t.test('an edit of one machine compiles that machine', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { dir, commit, keepIt, quickly, slowly } = begin(t.testdir(), plain)
  t.equal(await keepIt(), true)
  t.match(await quickly(['HEAD', 'files']), { compiled: 0, diff: { changes: [] } })
  write(dir, 'profiles/m1.yaml', profile(3))
  const changed = { pointer: '/hardware/ram/0/size', before: 1, after: 3, machines: ['m1'] }
  t.match(await quickly(['HEAD', 'files']), { compiled: 1, diff: { changes: [changed] } })
  commit()
  t.match(await quickly(['HEAD~1', 'HEAD']), { compiled: 1, diff: { changes: [changed] } })
  write(dir, 'README.md', 'beside the site')
  write(dir, 'templates/motd.hbs', 'no YAML')
  commit()
  t.same((await quickly(['HEAD~2', 'files']))?.diff, slowly(['HEAD~2', 'files']))
  write(dir, 'profiles/m4.yaml', profile(5))
  t.match(await quickly(['HEAD~2', 'HEAD']), { diff: { changes: [changed] } }, 'what is not committed is in neither')
})

t.test('machines are told in the order of their profiles, whichever edition has them otherwise', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { dir, commit, keepIt, quickly, slowly } = begin(t.testdir(), plain)
  write(dir, 'profiles/m2.yaml', profile(4))
  commit()
  t.equal(await keepIt(), true)
  write(dir, 'profiles/m4.yaml', profile(5))
  const diff = (await quickly(['files', 'HEAD~1']))?.diff
  t.match(diff?.changes, [{ machines: ['m2'] }, { machines: ['m4'] }])
  t.same(diff, slowly(['files', 'HEAD~1']))
})

t.test('while a guest moves, its hosts are compiled where the editions differ about it', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const lock = (hosts: Readonly<Record<string, string>>): string => printLock(new Map(Object.entries(hosts)))
  const host = (children: readonly string[]): string =>
    JSON.stringify({ hardware: { ram: [{ size: 3 }] }, system: { enclosure: { type: 'hypervisor', children } } })
  const { dir, commit, keepIt, quickly, slowly } = begin(t.testdir(), {
    ...plain,
    'profiles/m0.yaml': host([]),
    'profiles/m1.yaml': host(['m2']),
    'profiles/m3.yaml': profile(3),
    'xenclosure.lock.yaml': lock({ m2: 'm0' }),
  })
  const compares = async (compiled: number, ...revisions: Revisions): Promise<void> => {
    const quick = await quickly(revisions)
    t.equal(quick?.compiled, compiled, `${revisions}`)
    t.same(quick?.diff, slowly(revisions), `${revisions}: the difference`)
  }
  t.equal(await keepIt(), true)
  await compares(0, 'HEAD', 'files')
  write(dir, 'profiles/m4.yaml', profile(5))
  await compares(1, 'HEAD', 'files')
  commit()
  write(dir, 'xenclosure.lock.yaml', lock({ m2: 'm1' }))
  // Its hosts and, for a policy looks at it, the guest.
  await compares(4, 'HEAD', 'files')
  commit()
  await compares(4, 'HEAD~1', 'HEAD')
  await compares(4, 'HEAD~2', 'files')
  t.equal(await keepIt(), true)
  await compares(3, 'HEAD~1', 'files')
  write(dir, 'xenclosure.lock.yaml', lock({ m2: 'm1', m4: 'm0' }))
  await compares(0, 'HEAD', 'files')
})

t.test('the repository is only read, also where files were saved as they had been', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const top = t.testdir()
  const { dir, keepIt, quickly } = begin(top, plain)
  t.equal(await keepIt(), true)
  const before = readFileSync(join(top, '.git/index'))
  utimesSync(join(dir, 'profiles/m1.yaml'), 1, 1)
  t.match(await quickly(['HEAD', 'files']), { compiled: 0, diff: { changes: [] } })
  t.ok(before.equals(readFileSync(join(top, '.git/index'))), 'the index of the repository is as it was')
})

/** What git has otherwise than the files: each is noticed, or changes nothing. */
const strange: readonly (readonly [string, (site: ReturnType<typeof begin>) => void])[] = [
  ['a profile that git does not track', ({ dir }) => write(dir, 'profiles/m9.yaml', profile(1))],
  [
    'one that it ignores',
    ({ dir }) => {
      write(dir, '.gitignore', 'm9.yaml')
      write(dir, 'profiles/m9.yaml', profile(1))
    },
  ],
  ['one that is taken out of the index', ({ git }) => git('rm', '-q', '--cached', 'profiles/m1.yaml')],
  [
    'one at which git was told not to look',
    ({ dir, git }) => {
      git('update-index', '--assume-unchanged', 'profiles/m1.yaml')
      write(dir, 'profiles/m1.yaml', profile(3))
    },
  ],
  [
    'a link in the revision',
    ({ dir, commit }) => {
      rmSync(join(dir, 'profiles/m1.yaml'))
      symlinkSync('m2.yaml', join(dir, 'profiles/m1.yaml'))
      commit()
      rmSync(join(dir, 'profiles/m1.yaml'))
      write(dir, 'profiles/m1.yaml', profile(1))
    },
  ],
  ['a link in the files', ({ dir }) => symlinkSync('m2.yaml', join(dir, 'profiles/m9.yaml'))],
  ['another mode', ({ dir }) => chmodSync(join(dir, 'profiles/m1.yaml'), 0o755)],
  ['no lock file', ({ dir }) => rmSync(join(dir, 'xenclosure.lock.yaml'))],
  ['a lock file of which git does not know', ({ git }) => git('rm', '-q', '--cached', 'xenclosure.lock.yaml')],
  ['a lock file with another host', ({ dir }) => write(dir, 'xenclosure.lock.yaml', 'guests: { m2: m1 }')],
  ['another load path', ({ dir }) => write(dir, 'xenclosure.yaml', 'site: test\nloadpath: [templates, profiles]')],
  [
    'lines that end otherwise',
    ({ dir, git }) => {
      git('config', 'core.autocrlf', 'true')
      write(dir, 'profiles/m1.yaml', `${profile(3)}\r\n`)
    },
  ],
  ['a name with a space and a letter of another script', ({ dir }) => write(dir, 'templates/t ü.yaml', '{}')],
  [
    'templates of a submodule',
    ({ dir, git, commit }) => {
      const other = join(dir, '../other')
      mkdirSync(other)
      git('init', '-q', other)
      writeFileSync(join(other, 't2.yaml'), JSON.stringify({ hardware: { ram: [{ size: 7 }] } }))
      git('-C', other, 'add', '-A')
      git('-C', other, 'commit', '-qm', 'templates')
      git('submodule', '--quiet', 'add', other, 'templates/other')
      write(dir, 'profiles/m1.yaml', JSON.stringify({ include: ['other/t2'] }))
      commit()
      write(dir, 'templates/other/t2.yaml', JSON.stringify({ hardware: { ram: [{ size: 8 }] } }))
    },
  ],
]
for (const [what, change] of strange) {
  t.test(what, async t => {
    if (skipWithout(t, 'git', 'apt-get install -y git')) return
    const it = begin(t.testdir(), plain)
    t.equal(await it.keepIt(), true)
    change(it)
    const isKeptAgain = readFileSync(join(it.dir, 'profiles/m1.yaml'), 'utf8').includes('other/t2')
    if (isKeptAgain) await it.keepIt()
    for (const revisions of [
      ['HEAD', 'files'],
      ['HEAD~0', 'HEAD'],
    ] as const) {
      const quick = await it.quickly(revisions)
      if (quick !== undefined) t.same(quick.diff, it.slowly(revisions), `${revisions}`)
      else t.pass(`${revisions}: left to two compilations of the whole`)
    }
  })
}
