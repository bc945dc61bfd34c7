// One site, one result, however many compile it. The threads themselves are in test/cli/workers.test.ts.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { compileSite } from '../../../src/compiler/compile.js'
import { removeStaging, stagedFile } from '../../../src/compiler/publish/staging.js'
import { compileInShares } from '../../../src/compiler/shares/compile-in-shares.js'
import { type AsyncShare, openTask, type Task } from '../../../src/compiler/shares/share-thread.js'
import { diagnosticsOf } from '../../../src/compiler/shares/warnings.js'
import { isError } from '../../../src/model/diagnostic.js'
import type { Document } from '../../../src/model/document.js'
import { canonicalJson } from '../../../src/model/json.js'
import { digestOf } from '../../../src/model/seal.js'
import { fixedFiles, ledger, randomSite } from '../../fixtures/enclosing-site.js'
import { writeAnew } from '../../fixtures/write-anew.js'
import { runs } from '../../property-runs.js'

t.setTimeout(600_000)

/** What was written, by path: of two sites that follow each other most files are the same. */
const written = new Map<string, string>()

const write = (dir: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name)
    if (written.get(path) === content) continue
    mkdirSync(dirname(path), { recursive: true })
    writeAnew(path, content)
    written.set(path, content)
  }
}

const remove = (path: string): void => {
  rmSync(path, { force: true })
  written.delete(path)
}

/** As a thread compiles it, which opens the site itself and is told of other machines by messages. */
const elsewhere = (task: Task): AsyncShare => {
  const share = openTask(task, [ledger])
  return {
    survey: async () => structuredClone(share?.survey(task.machines)),
    compile: async (names, all) => structuredClone(share?.compile(names, structuredClone(all))),
    close: async () => undefined,
  }
}

/** That breaks now and then. */
const policy = 'ram: { message: m, at: /hardware/ram/0/size, holds: value != 2 || machine.name != "m4" }'

const text = (documents: ReadonlyMap<string, Document>): readonly string[] =>
  [...documents].map(([name, document]) => `${name} ${JSON.stringify(document)}`)

t.test('the documents are the same with any number of workers; where there is a mistake, there are none', async t => {
  const dir = t.testdir()
  write(dir, { ...fixedFiles, 'xenclosure.yaml': 'site: test', 'templates/policies/any.yaml': policy })
  /** How often a diagnostic was among those of a site, so that the sites are known to be of all sorts. */
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(randomSite, fc.integer({ min: 2, max: 5 }), async (files, workers) => {
      write(dir, files)
      const { compiled, diagnostics } = compileSite(dir, [ledger])
      const shared = await compileInShares(dir, [ledger], { workers: () => workers, elsewhere })
      for (const code of new Set(diagnostics.map(({ code }) => code))) seen.set(code, (seen.get(code) ?? 0) + 1)
      if (diagnostics.some(isError)) return shared === undefined
      if (!isDeepStrictEqual(diagnosticsOf(shared?.warnings ?? []), diagnostics)) return false
      seen.set('nothing', (seen.get('nothing') ?? 0) + 1)
      const [alone, together] = [compiled?.documents ?? new Map(), shared?.documents ?? new Map()]
      return String(text(alone)) === String(text(together))
    }),
    runs(1000),
  )
  for (const code of ['nothing', 'cycle', 'reference-ancestor', 'reference-missing', 'used-twice', 'syntax', 'policy'])
    t.ok((seen.get(code) ?? 0) > 10, `among the sites were some with ${code}: ${seen.get(code)}`)
})

t.test('nor on the parts in which one worker compiles them; those of a large site wait in files', async t => {
  const [dir, out] = [join(t.testdir(), 'site'), join(t.testdir(), 'out')]
  const options = { workers: () => 1, elsewhere, out, wholeUpTo: 0 }
  let staged = 0
  await fc.assert(
    fc.asyncProperty(randomSite, fc.integer({ min: 1, max: 3 }), fc.boolean(), async (files, partSize, hasPolicy) => {
      write(dir, { ...fixedFiles, 'xenclosure.yaml': 'site: test', ...files })
      if (hasPolicy) write(dir, { 'templates/policies/any.yaml': policy })
      else remove(join(dir, 'templates/policies/any.yaml'))
      const { compiled, diagnostics } = compileSite(dir, [ledger])
      const shared = await compileInShares(dir, [ledger], { ...options, partSize })
      const waiting = shared?.staged
      const made = (waiting?.documents ?? []).map(one => [
        one,
        readFileSync(stagedFile(waiting?.dir ?? '', one), 'utf8'),
      ])
      if (waiting !== undefined) removeStaging(waiting)
      t.notOk(existsSync(out), 'nothing is left')
      if (diagnostics.some(isError)) return shared === undefined
      staged += 1
      const expected = [...(compiled?.documents ?? [])].map(([name, document]) => {
        const bytes = canonicalJson(document)
        return [{ name, sha256: digestOf(bytes) }, bytes]
      })
      return shared?.documents.size === 0 && isDeepStrictEqual(made, expected)
    }),
    runs(500),
  )
  t.ok(staged > 50, `${staged} sites were sound`)
})

t.test('a policy that counts machines gets the documents of all', async t => {
  const [dir, out] = [join(t.testdir(), 'site'), join(t.testdir(), 'out')]
  const counting = (most: number) =>
    `few: { message: m, at: /hardware/model, group: value, holds: size(machines) <= ${most} }`
  const profiles = { 'profiles/a.yaml': 'hardware: { model: x }\n', 'profiles/b.yaml': 'hardware: { model: x }\n' }
  const compile = (most: number) => {
    write(dir, { 'xenclosure.yaml': 'site: test', 'templates/policies/any.yaml': counting(most), ...profiles })
    return compileInShares(dir, [ledger], { workers: () => 1, elsewhere, out, wholeUpTo: 0, partSize: 1 })
  }
  t.equal(await compile(1), undefined, 'it is broken by two machines of different parts')
  const sound = await compile(2)
  t.same([sound?.staged, [...(sound?.documents.keys() ?? [])]], [undefined, ['a', 'b']])
  t.notOk(existsSync(out))
})

t.test('nor do they depend on the names of the machines, which say who is compiled first', async t => {
  const [dir, otherDir] = [join(t.testdir(), 'a'), join(t.testdir(), 'b')]
  for (const one of [dir, otherDir]) write(one, { ...fixedFiles, 'xenclosure.yaml': 'site: test' })
  const renamed = (words: string): string => words.replace(/\bm([0-4])\b/g, (_, digit) => `m${4 - Number(digit)}`)
  /** The documents by machine; nothing of a site with mistakes. */
  const compiled = (where: string): string => {
    const { compiled, diagnostics } = compileSite(where, [ledger])
    return JSON.stringify(diagnostics.length > 0 ? {} : Object.fromEntries(compiled?.documents ?? []))
  }
  fc.assert(
    fc.property(randomSite, files => {
      write(dir, files)
      write(otherDir, Object.fromEntries(Object.entries(files).map(([path, it]) => [renamed(path), renamed(it)])))
      const inOrder = (documents: string): string => canonicalJson(JSON.parse(documents))
      return inOrder(renamed(compiled(dir))) === inOrder(compiled(otherDir))
    }),
    runs(1000),
  )
})

t.test('what was forgotten of a machine that another one needs is read again', async t => {
  const dir = t.testdir()
  const machines = Array.from({ length: 300 }, (_, number) => number)
  const profile = (number: number) =>
    `hardware: { model: "${number}" }\nsystem: { function: "\${m${(number * 7 + 150) % 300}:/hardware/model}" }\n`
  const profiles = machines.map(number => [`profiles/m${number}.yaml`, profile(number)])
  write(dir, { 'xenclosure.yaml': 'site: test', ...Object.fromEntries(profiles) })
  const { compiled } = compileSite(dir, [ledger])
  const shared = await compileInShares(dir, [ledger], { workers: () => 1, elsewhere, always: true })
  t.strictSame(text(shared?.documents ?? new Map()), text(compiled?.documents ?? new Map()))
  t.equal(shared?.documents.size, 300)
})
