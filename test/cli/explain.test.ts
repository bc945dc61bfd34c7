// `explain` and the diagnostics as people read them: the examples of docs/explain.md, and what must not reach a terminal.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { components } from '../../components/index.js'
import { explanationText } from '../../src/cli/explanation-text.js'
import { compileSite } from '../../src/compiler/compile.js'
import { explain, explainVariable } from '../../src/compiler/inspect/explain.js'
import { anything, siteIn } from '../fixtures/site-in.js'
import { xenclosure } from '../fixtures/xenclosure.js'

const copyOfExample = (t: Test): string => {
  const site = t.testdir()
  for (const part of ['xenclosure.yaml', 'profiles', 'templates']) cpSync(part, join(site, part), { recursive: true })
  return site
}

const page = readFileSync('docs/explain.md', 'utf8')

t.test('docs/explain.md shows what the command says', async t => {
  const { compiled } = compileSite('.', components)
  if (compiled === undefined) throw new Error('no site')
  const examples = [...page.matchAll(/^\$ xenclosure explain (\S+) (--variable )?(\S+)\n([^$`]*(?:\$\{[^$`]*)*)/gm)]
  t.equal(examples.length, 3)
  for (const [, machine = '', variable, what = '', expected] of examples) {
    const found = variable === undefined ? explain(compiled, machine, what) : explainVariable(compiled, machine, what)
    t.equal(found && explanationText(found, compiled.site.sourceLine), expected, `${machine} ${what}`)
  }
})

t.test('docs/explain.md shows how a mistake is told', async t => {
  const site = copyOfExample(t)
  const file = 'templates/hardware/xen-guest.yaml'
  writeFileSync(join(site, file), `${readFileSync(file, 'utf8')}  colour: red\n`)
  const [, expected = ''] = /```text\n(templates\S+: error: [\s\S]*?)```/.exec(page) ?? []
  const { code, stderr } = xenclosure('check', '--site', site)
  t.equal(code, 2)
  t.equal(stderr, `${expected}1 error, 0 warnings\n`)
})

t.test('the command: a value, a variable, what was removed, and what is not there', async t => {
  const site = copyOfExample(t)
  const ce = join(site, 'profiles/guests/ce.yaml')
  writeFileSync(ce, `${readFileSync(ce, 'utf8')}    domainname: !remove\n`)
  const run = (...args: readonly string[]) => xenclosure('explain', ...args, '--site', site)

  const removed = run('ce', '/system/network/domainname')
  t.equal(removed.code, 0)
  t.equal(
    removed.stdout,
    `ce:/system/network/domainname has no value
  removed by  profiles/guests/ce.yaml:11:5                    !remove
  overridden  templates/site/grid-ireland/defaults.yaml:9:17  \${SITE_DOMAIN} (forgotten by !remove of profiles/guests/ce.yaml:11)
`,
  )
  t.match(run('gridhost', '--variable', 'XEN_VIF_BRIDGE', '/wn01', '--json').json(), {
    machine: 'gridhost',
    variable: 'XEN_VIF_BRIDGE',
    pointer: '/wn01',
    value: 'xenbr1',
    story: [{ verdict: 'set by', file: 'profiles/hosts/gridhost.yaml', line: 17, column: 11 }],
  })
  for (const [args, message, hint] of [
    [['ce', '/hardware/rom'], 'ce has no value at /hardware/rom', '/hardware has no rom: did you mean "ram"?'],
    [['ce', '--variable', 'XEN_RAN'], 'there is no variable XEN_RAN', 'did you mean "XEN_RAM"?'],
    [
      ['ce', '--variable', 'XEN_RAM'],
      'nothing sets the variable XEN_RAM of ce',
      'The memory, in MiB, of guests whose hardware has none.',
    ],
  ] as const) {
    const ran = run(...args, '--json')
    t.equal(ran.code, 2)
    t.match(ran.lines(), [{ code: 'usage', message, hint }])
  }
})

t.test('a machine that there is not is told, and not what is wrong with others', async t => {
  const broken = { 'profiles/ce.yaml': 'hardware: { model: x, colour: red }\n', 'profiles/se.yaml': '' }
  const { dir } = siteIn(t, broken)
  for (const verb of ['show', 'explain']) {
    const { code, stderr } = xenclosure(verb, 'cf', '--site', dir)
    t.equal(code, 2)
    t.equal(stderr, 'error: there is no machine cf [usage]\n  did you mean "ce"?\n', verb)
  }
  writeFileSync(join(dir, 'profiles/c f.yaml'), '')
  t.match(xenclosure('show', 'cf', '--site', dir).stderr, /c f cannot be the name of a machine/)
})

t.test('of a large value: what it consists of, file by file', async t => {
  const { compiled } = compileSite('.', components)
  const text = (path: string) => {
    const found = compiled && explain(compiled, 'gridhost', path)
    return found && compiled && explanationText(found, compiled.site.sourceLine)
  }
  t.equal(
    text('/software/components/xen/domains/se'),
    `gridhost:/software/components/xen/domains/se = a map of 5 keys: options, disks, vifs, address, order
  set by  profiles/hosts/gridhost.yaml:41:13  options, order
  set by  profiles/hosts/gridhost.yaml:30:30  options, disks, vifs, address, pulled from se
`,
  )
  t.equal(
    text('/system/enclosure/children'),
    `gridhost:/system/enclosure/children = ["gridgate","ce","se","mon","wn01"]
  set by  profiles/hosts/gridhost.yaml:30:15  [gridgate, ce, se, mon, wn01]
`,
  )
})

t.test('the text of what a list above held, of a default, a fallback, and of what was told before', async t => {
  const { result } = siteIn(t, {
    ...anything,
    'variables.schema.json': JSON.stringify({ A: { doc: 'a' } }),
    'templates/base.yaml': 'software: { components: { any: { x: [1, 2] } } }\n',
    'templates/para.yaml':
      'parameters: { P: { default: 5 } }\nsoftware: { components: { any: { p: "${P}", f: "${NONE:-no}", a: "${A}${B:-}${A}" } } }\n',
    'profiles/m.yaml':
      'include: [base, para]\nvariables: { A: "\\u001b[2J" }\nsoftware: { components: { any: { x: !force [3] } } }\n',
  })
  const { compiled } = result
  if (compiled === undefined) throw new Error('no site')
  const text = (path: string) => {
    const found = explain(compiled, 'm', `/software/components/any/${path}`)
    return found && explanationText(found, compiled.site.sourceLine)
  }
  t.equal(
    text('x/0'),
    `m:/software/components/any/x/0 = 3
  set by        profiles/m.yaml:3:45      !force 3
  above it, at /software/components/any/x
    overridden  templates/base.yaml:1:37  [1, 2] } } } (replaced by the list of profiles/m.yaml:3: the schema has no x-merge here)
`,
  )
  t.match(text('p'), '  default in  templates/para.yaml:1:29  5\n')
  t.match(text('f'), '    fallback "no": there is no NONE\n')
  t.match(text('a'), 'A = "\\u001b[2J"', 'a control character stays escaped')
})

t.test('what a profile holds cannot take over the terminal, and a mistake is seen in the longest line', async t => {
  const site = t.testdir({
    'xenclosure.yaml': 'site: test\n',
    profiles: {
      'a.yaml': `include: [x]\nhardware: { "\\e]0;x\\a": 1, ${'y'.repeat(50_000)}: 1 } # a line without end\n`,
      'b.yaml': 'include: [x]\n',
    },
    templates: { 'x.yaml': 'system:\n\t# tab\n  "東京": 1\n' },
  })
  const { code, stderr } = xenclosure('check', '--site', site)
  t.equal(code, 2)
  t.notMatch(stderr, /(?!\n)\p{Cc}/u)
  t.ok(
    stderr.split('\n').every(line => line.length < 1100),
    'no line without end',
  )
  t.match(stderr, 'profiles/a.yaml:2:13: error: a key is a word: not nothing, and without control characters [type]')
  t.match(stderr, '\n    "東京": 1\n    ^\n  for a and 1 more, through profiles/a.yaml:1\n')
  const json = xenclosure('check', '--site', site, '--json')
  t.notMatch(json.stderr, /(?!\n)\p{Cc}/u)
  t.match(
    json.lines().filter(line => line.file === 'templates/x.yaml'),
    [{ machines: ['a', 'b'], includes: [{ file: 'profiles/a.yaml', line: 1, column: 11 }], line: 3, column: 3 }],
  )
})
