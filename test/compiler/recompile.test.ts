// Whatever a profile says instead, and whoever reads or encloses its machine: what comes of compiling what that concerns is
// what comes of compiling the whole site.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { type CompileResult, compileSite, isSound } from '../../src/compiler/compile.js'
import { collectProblems } from '../../src/compiler/problems.js'
import { createRecompiler } from '../../src/compiler/recompile.js'
import { openNearestSite } from '../../src/compiler/site/site.js'
import { isError } from '../../src/model/diagnostic.js'
import { calmSite, fixedFiles, ledger, machines, randomSite } from '../fixtures/enclosing-site.js'
import { runs } from '../property-runs.js'

const policies = `
ram: { message: m, at: /hardware/ram/0/size, holds: value != 2 || machine.name != "m4" }
parent: { message: m, holds: "parent == null || !has(parent.hardware) || parent.hardware.ram[0].size < 2" }
few: { message: m, each: guest, group: "1", holds: size(machines) < 3 }
`

const write = (dir: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(dir, dirname(path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
}

/** What is wrong, and what the documents are where nothing is. */
const outcome = (result: CompileResult): string => {
  const errors = result.diagnostics.filter(isError)
  const documents = Object.fromEntries(result.compiled?.documents ?? [])
  return JSON.stringify(errors.length > 0 ? errors : machines.map(name => documents[name]), null, 1)
}

t.setTimeout(600_000)

t.test('what one profile says instead', t => {
  const dir = t.testdir()
  const fixed = { ...fixedFiles, 'xenclosure.yaml': 'site: test', 'templates/policies/any.yaml': policies }
  /** How often something was told, so that the sites are known to be of all sorts. */
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(
      calmSite,
      fc.array(fc.tuple(randomSite, fc.constantFrom(...machines)), { minLength: 4, maxLength: 4 }),
      (files, changes) => {
        write(dir, { ...fixed, ...files })
        const before = compileSite(dir, [ledger])
        if (before.compiled === undefined || !isSound(before)) return
        const recompile = createRecompiler(before.compiled, [ledger])
        for (const [others, machine] of changes) {
          const profile = `profiles/${machine}.yaml`
          write(dir, { ...files, [profile]: others[profile] ?? '' })
          const unreadable = collectProblems()
          const site = openNearestSite(dir, unreadable)
          if (site === undefined) throw new Error('no site')
          const [some, all] = [recompile(site, machine), compileSite(dir, [ledger])]
          // A file that is no YAML is told of by whoever reads it.
          if (unreadable.list().length > 0) continue
          for (const code of new Set(all.diagnostics.map(({ code }) => code))) seen.set(code, (seen.get(code) ?? 0) + 1)
          if (isSound(all)) seen.set('nothing', (seen.get('nothing') ?? 0) + 1)
          if (outcome(some) !== outcome(all)) throw new Error(`part\n${outcome(some)}\nall\n${outcome(all)}`)
        }
      },
    ),
    runs(100),
  )
  for (const code of ['nothing', 'policy', 'used-twice', 'cycle', 'enclosure', 'reference-missing'])
    t.ok((seen.get(code) ?? 0) > 1, `among the changes were some with ${code}: ${seen.get(code)}`)
  t.end()
})
