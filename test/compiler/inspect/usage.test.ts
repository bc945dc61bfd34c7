import t from 'tap'
import { components } from '../../../components/index.js'
import { compileSite } from '../../../src/compiler/compile.js'
import { findUnused } from '../../../src/compiler/inspect/unused.js'
import { usesOf } from '../../../src/compiler/inspect/usage.js'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { anything, siteIn } from '../../fixtures/site-in.js'

const any = (body: string) => `software: { components: { any: { ${body} } } }\n`
const files = {
  ...anything,
  'xenclosure.yaml': 'site: test\nvariables: { SITE: x, DEEP: "${SITE}" }\n',
  'templates/variables.schema.json': `{
  "SITE": { "doc": "" }, "DEEP": { "doc": "" }, "TURN": { "doc": "" }, "WAY": { "doc": "" },
  "IDLE": { "doc": "" },
  "LONE": { "doc": "" }
}`,
  'templates/base.yaml': `parameters: { P: {} }\nvariables: { LONE: 1 }\n${any('x: "${DEEP} ${P}", y: "${= LONE + 1 }", z: !literal "${IDLE}"')}`,
  'templates/idle.yaml': any('x: 1'),
  'templates/way-1.yaml': any('w: 1'),
  'profiles/a.yaml': `include:\n  - { template: base, with: { P: "\${DEEP}" } }\n  - { template: base, with: { P: "2" }, when: TURN }\n  - way-\${WAY}\nvariables: { TURN: true, WAY: 1 }\n`,
  'profiles/b.yaml': `variables: { LONE: 3, XEN_VG: vg }\n${any('x: "${SITE}"')}`,
}

t.test('who uses a template or a variable', async t => {
  const { result } = siteIn(t, files)
  const { compiled } = result
  t.same(result.diagnostics, [])
  if (compiled === undefined) return
  const uses = (name: string) =>
    usesOf(compiled, name).map(
      ({ how, position, machines }) => `${how} ${position?.file}:${position?.line} ${machines.join(' ')}`,
    )
  t.same(uses('base'), ['included profiles/a.yaml:2 a', 'included profiles/a.yaml:3 a'])
  t.same(uses('idle'), [])
  t.same(uses('SITE'), ['read profiles/b.yaml:2 b', 'set xenclosure.yaml:2 a b', 'read xenclosure.yaml:2 a b'])
  t.same(uses('DEEP'), ['read profiles/a.yaml:2 a', 'read templates/base.yaml:3 a', 'set xenclosure.yaml:2 a b'])
  t.same(uses('TURN'), ['read profiles/a.yaml:3 a', 'set profiles/a.yaml:5 a'], 'a condition reads')
  t.same(uses('WAY'), ['read profiles/a.yaml:4 a', 'set profiles/a.yaml:5 a'], 'the name of a template reads')
  t.same(uses('P'), [], 'a parameter is no variable')
  t.same(uses('IDLE'), [], '!literal text reads nothing')
})

t.test('what nobody would miss', async t => {
  const { compiled } = siteIn(t, files).result
  const unused = compiled === undefined ? [] : findUnused(compiled)
  t.same(
    unused.map(({ message, position }) => `${position?.file}:${position?.line}:${position?.column} ${message}`),
    [
      'profiles/b.yaml:1:14 no machine that this file is part of reads the variable LONE',
      'profiles/b.yaml:1:23 no machine that this file is part of reads the variable XEN_VG',
      'templates/idle.yaml:1:1 no machine includes this template',
      'templates/variables.schema.json:3:3 nothing reads the variable IDLE',
    ],
  )
  t.match(unused, [{ severity: 'warning', code: 'unused' }, {}, {}, {}])
})

t.test('a guest that the lock file records and that has no profile, told with what forgets it', async t => {
  const lock = 'guests:\n  a: h1\n  gone: h2\n'
  const { result } = siteIn(t, { 'profiles/a.yaml': '', 'xenclosure.lock.yaml': lock })
  t.same(result.diagnostics, [], 'it is no mistake: it may run there yet')
  t.match(result.compiled && findUnused(result.compiled), [
    {
      severity: 'warning',
      code: 'unused',
      message: 'gone is recorded on h2, and has no profile',
      position: { file: 'xenclosure.lock.yaml', line: 3, column: 9 },
      hint: 'when it has left h2: xenclosure release gone',
    },
  ])
})

t.test("the example has nothing unused; components' questions count", async t => {
  const { compiled } = compileSite(packageRoot(), components)
  if (compiled === undefined) throw new Error('the example does not compile')
  t.same(findUnused(compiled), [])
  t.match(usesOf(compiled, 'XEN_RAM'), [{ how: 'set' }, { how: 'asked for', machines: ['gridhost'] }])
})
