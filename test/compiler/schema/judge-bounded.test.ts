// Judging by schemas that may come to no end: which need a limit of time, and what becomes of the others when it runs out.
import t from 'tap'
import { isOnePass, judgeBounded, judgeTogether, judgeUnbounded } from '../../../src/compiler/schema/judge-bounded.js'
import { createAjv } from '../../../src/model/ajv.js'
import type { JsonMap } from '../../../src/model/json.js'

/** Ajv, on a machine that has something else to do at first. */
const slowly = () => {
  const ajv = createAjv({ validateSchema: false })
  return (schema: JsonMap) => {
    const begun = performance.now()
    while (performance.now() - begun < 1100);
    return ajv.compile(schema)
  }
}

t.test('a schema is compiled outside of the limit of time', t => {
  const schema = { type: 'object', properties: { at: { type: 'string', format: 'hostname' } } }
  const said = (judging: ReturnType<typeof judgeBounded>) =>
    [{ at: 'web' }, { at: 1 }].map(value => judging.alone(value).map(({ pointer }) => pointer))
  t.same(said(judgeBounded(schema, slowly())), [[], ['/at']], 'alone')
  const [theirs, ours] = [judgeBounded(schema, slowly()), judgeUnbounded(schema, slowly())]
  const groups = [{ at: 'web' }, { at: 1 }].map(value => [[theirs, value] as const, [ours, value] as const])
  const found = judgeTogether(groups).map(group => group.map(findings => findings.map(({ pointer }) => pointer)))
  t.same(
    found,
    [
      [[], []],
      [['/at'], ['/at']],
    ],
    'together, whoever has set the limit',
  )
  t.end()
})

t.test('null, where a schema takes it', t => {
  t.same(judgeUnbounded({}, slowly()).alone(null), [])
  t.end()
})

t.test('a pattern goes over a text once, or may go back and forth', async t => {
  const once = ['^/', '^[a-z0-9.-]+$', '^a{2,}$', '^\\d{1,3}x$', '^.*?x$', '^[^()|]*\\(ok\\)$', '^[\\]+]b*$']
  for (const pattern of once) t.ok(isOnePass(pattern), `once: ${pattern}`)
  const perhapsMore = [
    'a+$',
    '^(a+)+$',
    '^a*a*$',
    '^a|b+$',
    '^[a-z]+[a-z]*$',
    '^(?=a)',
    '^[a',
    '^x{1,}y+$',
    '^\\d{1,3}x?$',
  ]
  for (const pattern of perhapsMore) t.notOk(isOnePass(pattern), `perhaps more: ${pattern}`)
  t.notOk(isOnePass(`^${'a?'.repeat(30)}${'a'.repeat(30)}$`), 'twice as long with each a?')
  t.notOk(isOnePass('^a{0,999}a{0,999}a{0,999}b$'), 'limits multiply')
})

t.test('where the limit of many runs out, only what comes to no end is to blame', async t => {
  const judging = (schema: JsonMap) => judgeBounded(schema, one => createAjv().compile(one))
  const backAndForth = judging({ type: 'string', pattern: '^(a+)+$' })
  const shortNames = judging({ type: 'string', pattern: '^[a-z]+-?[a-z]*$', maxLength: 5 })
  const endless = `${'a'.repeat(40)}!`
  const found = judgeTogether([
    [
      [shortNames, 'ok'],
      [shortNames, 'too-long'],
    ],
    [
      [backAndForth, 'aaa'],
      [backAndForth, endless],
      [shortNames, 'too-long'],
    ],
    [
      [backAndForth, 'aab'],
      [shortNames, 'fine'],
    ],
  ])
  const says = (group: number, value: number): readonly string[] =>
    found[group]?.[value]?.map(({ message }) => message) ?? ['nothing was found out']
  t.same(says(0, 0), [])
  t.match(says(0, 1), [/5/])
  t.same(says(1, 0), [])
  t.match(says(1, 1), [/comes to no end/])
  t.match(says(1, 2), [/5/])
  t.same(says(2, 1), [])
})
