// Whatever is edited in a site: what is compiled of it through the cache is what is compiled of all of it, to the byte, and so is
// what there is to tell of it, mistakes among it.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { beforeReading, keep } from '../../../src/compiler/cache/keep.js'
import { keptParses } from '../../../src/compiler/cache/kept-parses.js'
import { enclosuresByKept } from '../../../src/compiler/cache/kept-picture.js'
import { linesOf } from '../../../src/compiler/cache/lines.js'
import { enclosureOf, machinesByKept } from '../../../src/compiler/cache/machines-by-kept.js'
import { emptyMemory, type Memory } from '../../../src/compiler/cache/memory.js'
import { publishEdit } from '../../../src/compiler/cache/publish-edit.js'
import { ifWhole } from '../../../src/compiler/cache/segment.js'
import { keptOfSite, openStore } from '../../../src/compiler/cache/store.js'
import { type CompiledSite, compileSite } from '../../../src/compiler/compile.js'
import { enclosures } from '../../../src/compiler/enclose/enclosures.js'
import { movesUnderWay, recordedHosts, unrecordedGuests } from '../../../src/compiler/enclose/moves.js'
import { explain } from '../../../src/compiler/inspect/explain.js'
import { capacitiesOf } from '../../../src/compiler/judge/check-site.js'
import { loadYaml } from '../../../src/compiler/parse/load.js'
import { collectProblems } from '../../../src/compiler/problems.js'
import { publish, recordHosts } from '../../../src/compiler/publish/publish.js'
import { compileInShares } from '../../../src/compiler/shares/compile-in-shares.js'
import { diagnosticsOf, type Warning } from '../../../src/compiler/shares/warnings.js'
import { printLock } from '../../../src/compiler/site/lock.js'
import { lockFile } from '../../../src/compiler/site/lock-file.js'
import { watchSite } from '../../../src/compiler/site/watch.js'
import { type Diagnostic, isError } from '../../../src/model/diagnostic.js'
import { findEnclosed } from '../../../src/model/enclosed.js'
import { digestOf } from '../../../src/model/seal.js'
import { machines } from '../../fixtures/enclosing-site.js'
import {
  carryOut,
  comeOrGo,
  type Edit,
  edit,
  filesForMoves,
  filesForOthers,
  filesOf,
  move,
  soundSite,
  write,
} from '../../fixtures/site-edits.js'
import { advising, editOfWarned, policiesOf, warned, withWarnings } from '../../fixtures/warning-site.js'
import { runs } from '../../property-runs.js'

t.setTimeout(600_000)

const edition = { serial: 1, commit: null, exact: true }
const compiler = 'test'
const components = [advising]

const filesBelow = (dir: string): readonly (readonly [string, string])[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => [relative(dir, path), readFileSync(path, 'utf8')])

const contents = (dir: string): readonly (readonly [string, string])[] =>
  readdirSync(dir)
    .sort()
    .map(name => [name, readFileSync(join(dir, name), 'utf8')])

const kinds: readonly {
  readonly of: string
  readonly sites?: fc.Arbitrary<Readonly<Record<string, string>>>
  readonly edits: fc.Arbitrary<readonly Edit[]>
  readonly more: Readonly<Record<string, string>>
  readonly times: number
  readonly comes: readonly string[]
}[] = [
  {
    of: 'files',
    edits: edit,
    more: {},
    times: 30,
    comes: ['a mistake', 'all', '0 written', '1 written', '2 written', 'pictured', 'asked', 'named'],
  },
  {
    of: 'files that come and go, with policies that count machines,',
    edits: fc.oneof({ weight: 3, arbitrary: comeOrGo }, { weight: 1, arbitrary: edit }),
    more: filesForOthers,
    times: 60,
    comes: ['a mistake told', 'all', '1 written', '2 written', '1 removed', '1 recorded', 'pictured', 'asked', 'named'],
  },
  {
    of: 'hosts and the lock file, while guests move,',
    edits: fc.oneof({ weight: 4, arbitrary: move }, { weight: 1, arbitrary: edit }),
    more: filesForMoves(),
    times: 60,
    comes: [
      'a mistake told',
      'all',
      '0 written',
      '1 written',
      '2 written',
      '3 written',
      '1 recorded',
      '0 moving',
      '1 moving',
    ].concat('2 moving', 'pictured', 'named'),
  },
  {
    of: 'sites with something to tell',
    sites: fc
      .tuple(soundSite, warned(['templates/t0.yaml', 'profiles/m0.yaml', 'profiles/m3.yaml']))
      .map(([files, some]) => withWarnings(files, some)),
    edits: editOfWarned(fc.oneof(comeOrGo, edit)),
    more: { ...filesForOthers, 'templates/policies/groups.yaml': '{}', 'templates/policies/warn.yaml': policiesOf() },
    times: 60,
    comes: [
      'a mistake told',
      'a mistake told beside a warning',
      'all',
      '1 written',
      '2 written',
      'pictured',
      'told',
      'several told',
      'told otherwise',
    ],
  },
]

const areTold = (warnings: readonly Warning[], diagnostics: readonly Diagnostic[]): boolean =>
  isDeepStrictEqual(diagnosticsOf(warnings), diagnostics)

/** As the command watches a site; here nobody else changes it. */
const watched = (t: Test, dir: string, see: (what: string) => void): Memory['watch'] => {
  const watch = watchSite(dir, '')
  t.teardown(watch.close)
  const isQuiet = async (): Promise<boolean> => {
    watch.follow()
    return true
  }
  const files = () => {
    const named = watch.files()
    if (named !== undefined) see('named')
    return named
  }
  return { files, follow: watch.follow, isQuiet }
}

/** Events of files are read between two rounds of the loop. */
const eventsRead = async (): Promise<void> => {
  await setImmediate()
  await setImmediate()
}

for (const { of, sites = soundSite, edits: someEdits, more, times, comes } of kinds)
  t.test(`an edit of ${of} compiled through the cache is the site compiled as a whole`, async t => {
    const top = t.testdir({ cache: {} })
    /** How often something came to pass, so that the edits are known to be of all sorts. */
    const seen = new Map<string, number>()
    const see = (what: string): void => {
      seen.set(what, (seen.get(what) ?? 0) + 1)
    }
    let [number, asked] = [0, 0]
    await fc.assert(
      fc.asyncProperty(sites, fc.array(someEdits, { minLength: 1, maxLength: 6 }), async (files, edits) => {
        number += 1
        const [dir, out, cold] = ['site', 'out', 'cold'].map(name => join(top, `${number}`, name)) as [
          string,
          string,
          string,
        ]
        for (const [path, content] of Object.entries({ ...filesOf(files), ...more })) write(dir, path, content)
        mkdirSync(out)
        // Half of them by one process that goes on, and is told which files have changed.
        const memory = number % 2 === 0 ? emptyMemory(watched(t, dir, see)) : undefined
        const store = openStore({ cache: join(top, 'cache'), site: dir, out, by: compiler })
        let told = ''
        for (const some of [[], ...edits]) {
          const before = filesBelow(dir)
          for (const one of some) carryOut(dir, one)
          await eventsRead()
          const { compiled, diagnostics } = compileSite(dir, components)
          const isSound = compiled !== undefined && !diagnostics.some(isError)
          const lock = lockOf(dir)
          const whole = compiled && recordingOf(compiled)
          const pictured = ifWhole(() => {
            const kept = keptOfSite(join(top, 'cache'), dir, () => true)
            return kept && enclosuresByKept(dir, components, kept)
          })
          if (pictured !== undefined) {
            if (!isSound || JSON.stringify(pictured.enclosed) !== JSON.stringify(enclosures(compiled))) return false
            const { parentage } = compiled.machines
            const capacities = capacitiesOf(compiled.rules.judged, compiled.documents, parentage)
            if ([...capacities].some(([host, its]) => !isDeepStrictEqual(pictured.capacities(host), its))) return false
            if (!areTold(pictured.warnings, diagnostics)) return false
            see('pictured')
          }
          asked += 1
          const name = machines[asked % machines.length] ?? ''
          const its = ifWhole(() => {
            const kept = keptOfSite(join(top, 'cache'), dir, () => true)
            return kept && machinesByKept(dir, components, kept, enclosureOf(name))
          })
          if (its !== undefined) {
            if (!isSound || !isAsInWhole(name, its.compiled, compiled)) return false
            if (!areTold(its.warnings, diagnostics)) return false
            see('asked')
          }
          const edited = await publishEdit(
            store,
            dir,
            {
              components: async () => components,
              dir: out,
              compiler,
              locked: false,
              key: undefined,
              edition: () => async () => edition,
            },
            memory,
          )
          if (edited !== undefined && typeof edited !== 'string' && 'wrong' in edited) {
            if (!isDeepStrictEqual(edited.wrong.diagnostics, diagnostics)) return false
            see('a mistake told')
            if (diagnostics.some(one => !isError(one))) see('a mistake told beside a warning')
          } else if (edited !== undefined && !isSound) return false
          else if (edited !== undefined && typeof edited !== 'string') {
            if (!areTold(edited.warnings, diagnostics)) return false
            if (diagnostics.length > 0) see('told')
            if (diagnostics.some(({ machines }) => machines.length > 1)) see('several told')
            if (edited.written.length > 0 && JSON.stringify(diagnostics) !== told) see('told otherwise')
            see(`${edited.written.length} written`)
            see(`${edited.removed.length} removed`)
            see(`${edited.recorded.length} recorded`)
            see(`${edited.moving.length} moving`)
            const lacking = whole === undefined ? [] : unrecordedGuests(whole.residences, whole.hosts)
            if (!isDeepStrictEqual(edited.moving, whole && movesUnderWay(whole.residences, whole.hosts))) return false
            if (!isDeepStrictEqual(edited.recorded, lacking)) return false
            if (lockOf(dir) !== (lacking.length === 0 ? lock : whole?.lock)) return false
          }
          if (edited === undefined && isSound) {
            see('all')
            const listed = beforeReading(dir)
            const shared = await compileInShares(dir, components, { workers: () => 1, always: true, elsewhere: none })
            if (shared === undefined || listed === undefined || !areTold(shared.warnings, diagnostics)) return false
            memory?.watch?.follow()
            const publishing = store.begin()
            publish({ dir: out, site: 'test', documents: shared.documents, edition, compiler })
            const { residences, parentage } = shared
            const isRecorded = unrecordedGuests(residences, parentage.hosts).length === 0
            if (!isRecorded) recordHosts(dir, recordedHosts(residences, parentage.hosts))
            const kept = keep(shared, listed, compiler, !isRecorded)
            if (kept !== undefined) publishing.end(kept.site, kept.lines)
          }
          if (!isSound) {
            see('a mistake')
            if (some.length === 0) break
            // Whoever made a mistake takes it back.
            rmSync(dir, { recursive: true })
            for (const [path, content] of before) write(dir, path, content)
            continue
          }
          told = JSON.stringify(diagnostics)
          if (!areWarningsKept(join(top, 'cache'), dir, diagnostics)) return false
          if (!areParsesKept(join(top, 'cache'), dir)) return false
          rmSync(cold, { recursive: true, force: true })
          mkdirSync(cold)
          publish({ dir: cold, site: 'test', documents: compiled.documents, edition, compiler })
          if (JSON.stringify(contents(cold)) !== JSON.stringify(contents(out))) return false
        }
        rmSync(join(top, `${number}`), { recursive: true })
        return true
      }),
      runs(times),
    )
    for (const what of comes) t.ok((seen.get(what) ?? 0) > 3, `${what}: ${seen.get(what)}`)
  })

/** Whether an enclosure, and where its machines have their values from, is what it is in the whole site. */
const isAsInWhole = (name: string, its: CompiledSite, whole: CompiledSite): boolean => {
  const [found, there] = [its, whole].map(compiled => findEnclosed(enclosures(compiled), name))
  if (found === undefined || !isDeepStrictEqual(found.machine, there?.machine)) return false
  if (found.parent?.name !== there?.parent?.name || found.parent?.type !== there?.parent?.type) return false
  const inOrder = [...whole.documents.keys()].filter(machine => its.documents.has(machine))
  return (
    isDeepStrictEqual([...its.documents.keys()], inOrder) &&
    inOrder.every(
      machine =>
        JSON.stringify(its.documents.get(machine)) === JSON.stringify(whole.documents.get(machine)) &&
        isDeepStrictEqual(explain(its, machine, '/hardware/ram'), explain(whole, machine, '/hardware/ram')),
    )
  )
}

const lockOf = (dir: string): string => readFileSync(join(dir, lockFile), 'utf8')

/** What a site compiled as a whole tells of where guests live. */
const recordingOf = ({ residences, machines }: CompiledSite) => {
  const { hosts } = machines.parentage
  return { residences, hosts, lock: printLock(recordedHosts(residences, hosts)) }
}

/** Whether it is kept what there was to tell. */
const areWarningsKept = (cache: string, dir: string, diagnostics: readonly Diagnostic[]): boolean => {
  const kept = keptOfSite(cache, dir, () => true)
  return kept === undefined || areTold(kept.warnings(), diagnostics)
}

/** Whether of every template that machines have it is kept what the file is parsed into. */
const areParsesKept = (cache: string, dir: string): boolean => {
  const kept = keptOfSite(cache, dir, () => true)
  if (kept === undefined) return true
  const templates = new Set(linesOf(kept.lines, 'template').map(([file]) => String(file)))
  const parses = keptParses(kept.lines)
  return [...templates]
    .filter(file => kept.madeFrom(file).length > 0)
    .every(file => {
      const text = readFileSync(join(dir, file), 'utf8')
      const root = loadYaml(file, text, collectProblems())
      return isDeepStrictEqual(parses.get(file), { digest: digestOf(text), file: { file, root } })
    })
}

const none = () => {
  throw new Error('one worker needs no other')
}
