// A short run of the fuzzer with the same cases every time. See README.md.
import t from 'tap'
import { createExaminer } from './examiner.js'
import type { FuzzCase } from './fuzz-case.js'
import { caseOf } from './generate.js'
import { minimise } from './minimise.js'
import { randomOf } from './random.js'

const seeds = Array.from({ length: 600 }, (_, index) => index)

t.test('600 mutated sites, files and texts: nothing but diagnostics comes out', { timeout: 600_000 }, async t => {
  const examiner = createExaminer(t.testdir(), { seconds: 60, megabytes: 1024 })
  t.teardown(examiner.close)
  const kinds = new Map<string, number>()
  for (const seed of seeds) {
    const of = caseOf(seed)
    kinds.set(of.kind, (kinds.get(of.kind) ?? 0) + 1)
    const { findings } = await examiner.examine({ seed, of })
    if (findings.length > 0) t.fail(`seed ${seed}, ${of.kind}`, { findings })
  }
  for (const kind of ['site', 'merge', 'yaml', 'text']) t.ok((kinds.get(kind) ?? 0) >= 25, `${kinds.get(kind)} ${kind}`)
})

t.test('a seed makes the same case every time', async t => {
  for (const seed of seeds.slice(0, 50)) t.same(caseOf(seed), caseOf(seed), `seed ${seed}`)
  const [one, other] = [randomOf(1), randomOf(2)]
  t.not(one.below(2 ** 32), other.below(2 ** 32))
})

t.test('a failing case is made as small as it can be', async t => {
  const isBad = (of: FuzzCase) =>
    Promise.resolve('files' in of && of.files.some(({ content }) => content.includes('bad')))
  const files = ['a: 1\nb: 2\n', 'c: 3\nd: bad\ne: 5\n'].map((content, index) => {
    return { path: `${index}.yaml`, form: 'utf8', content } as const
  })
  t.same(await minimise({ kind: 'merge', files }, isBad), {
    kind: 'merge',
    files: [{ path: '1.yaml', form: 'utf8', content: 'bad' }],
  })
})

t.test('what hangs or dies is told, and the next case gets a new process', { timeout: 300_000 }, async t => {
  const examiner = createExaminer(t.testdir(), { seconds: 0.001, megabytes: 512 })
  t.teardown(examiner.close)
  const given = { seed: 1, of: { kind: 'text', text: 'a' } } as const
  t.match((await examiner.examine(given)).findings, [/^hangs/])
  t.match((await examiner.examine(given)).findings, [/^hangs/])
})
