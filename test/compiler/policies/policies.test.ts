// A site's own policies: what breaks one is told at the line of the value, what is wrong with one at its own line.
import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import { findUnused } from '../../../src/compiler/inspect/unused.js'
import { soundnessOf } from '../../../src/compiler/judge/sound.js'
import { siteIn } from '../../fixtures/site-in.js'
import { a, b, type Files, h1, site } from '../../fixtures/two-hosts.js'

const file = 'templates/policies/site.yaml'
const dom0 = `dom0:
  each: host
  at: /software/components/grub/xen/options/dom0_mem
  holds: int(value.split("M")[0]) >= 1024
  message: dom0 of \${= machine.name } has \${value}
`
const small = { [h1]: `${site[h1]}`.replace('1024M,max', '512M,max') }

const compiled = (t: Test, policy: string, files: Files = {}) =>
  siteIn(t, { ...site, [file]: policy, ...files }, components)

t.test('a policy that holds says nothing, and its file is no unused template', async t => {
  const { found, result } = compiled(t, dom0)
  t.same(found, [])
  t.same(result.compiled && findUnused(result.compiled).filter(({ position }) => position?.file === file), [])
})

t.test('what breaks a policy: the line of the value, the message with values, no publication', async t => {
  const { result } = compiled(t, dom0, small)
  t.match(result.diagnostics, [
    {
      severity: 'error',
      code: 'policy',
      message: 'dom0: dom0 of h1 has 512M,max:1024M',
      machines: ['h1'],
      pointer: '/software/components/grub/xen/options/dom0_mem',
      position: { file: h1, line: 25, column: 35 },
    },
  ])
  t.same(soundnessOf(result), { sound: ['a', 'b', 'c', 'h2'], broken: ['h1'] })
})

t.test('a warning keeps nothing from being published', async t => {
  const { result } = compiled(t, `${dom0}  severity: warning\n  hint: more of it\n`, small)
  t.match(result.diagnostics, [{ severity: 'warning', code: 'policy', hint: 'more of it' }])
  t.same(soundnessOf(result)?.broken, [])
})

t.test('what policies can say', async t => {
  const policy = (keys: string): string => `p: { message: m, ${keys} }\n`
  const rows: readonly (readonly [string, string, Files, readonly string[]])[] = [
    ['of every machine', policy('holds: machine.name != "b"'), {}, [`policy ${b}:1:1`]],
    [
      'of hosts',
      policy('each: host, holds: "false"'),
      {},
      ['policy profiles/h1.yaml:1:1', 'policy profiles/h2.yaml:1:1'],
    ],
    ['of guests', policy('each: guest, holds: machine.name != "a"'), {}, [`policy ${a}:1:1`]],
    ['of every key of a map', policy('at: /hardware/harddisks/*/capacity, holds: key != "sdb"'), {}, []],
    [
      'of every value below a map',
      policy('at: /hardware/harddisks/*/capacity, each: guest, when: machine.name == "b", holds: value > 4096'),
      {},
      [`policy ${b}:4:23`],
    ],
    [
      'of a value that is missing: the place above it',
      policy(`at: /system/function, holds: "machine.name != 'b' || value != null"`),
      {},
      [`policy ${b}:9:3`],
    ],
    ['where a condition holds', policy('when: machine.name == "b", holds: "false"'), {}, [`policy ${b}:1:1`]],
    ['of the parent', policy('each: guest, holds: parent.name == "h1"'), {}, ['policy profiles/c.yaml:1:1']],
    ['of the children', policy('each: host, holds: size(children) == 2'), {}, ['policy profiles/h2.yaml:1:1']],
    [
      'of no two on one host',
      policy('each: guest, group: parent.name, at: /system/network/hostname, holds: size(machines) == 1'),
      {},
      [`policy ${a}:10:15`],
    ],
    ['of at least two hosts', policy('each: guest, group: "1", holds: size(parents) >= 2'), {}, []],
  ]
  for (const [what, text, files, expected] of rows) t.same(compiled(t, text, files).found, expected, what)
  const { result } = compiled(t, policy('each: guest, group: parent.name, holds: size(machines) == 1'))
  t.same(result.diagnostics[0]?.machines, ['a', 'b'], 'a group is told once, with all of its machines')
})

t.test('a machine with a mistake takes no part, and nobody is counted without it', async t => {
  const broken = { [b]: `${site[b]}`.replace('4 GiB', '4 G') }
  t.same(compiled(t, 'p: { message: m, holds: "false", group: "1" }\n', broken).found, [`quantity ${b}:4:23`])
})

t.test('wrong files of policies: each at its own place, with what was expected', async t => {
  const rows: readonly (readonly [string, string, string, string, RegExp?])[] = [
    ['an unknown key', 'each:', 'eahc:', 'key-unknown :2:3', /did you mean "each"/],
    ['a key that is missing', / {2}message.*\n/.exec(dom0)?.[0] ?? '', '', 'schema :2:3'],
    ['nobody knows of it', 'each: host', 'each: hosts', 'schema :2:9', /did you mean "host"/],
    ['a wrong type', 'holds: int', 'holds: [] # ', 'type :4:10'],
    ['CEL that is none', '>= 1024', '>=', 'expression :4:37', /expected an expression in CEL/],
    ['CEL that is no condition', ' >= 1024', '', 'expression :4:10', /compare it/],
    ['a name that means nothing', 'value.split', 'valeu.split', 'expression :4:14', /known: machine, value/],
    ['a key that a document lacks', 'int(value', 'machine.system.function == int(value', 'expression :4:25', /has\(/],
    ['a wrong type of a value', 'int(value.split("M")[0])', 'value', 'expression :4:10'],
    ['a name in the message', '${value}', '${valeu}', 'expression :5:12', /known/],
    ['a part of a block', 'holds: int', 'holds: |\n    // why\n    valeu == int', 'expression :6:5', /known/],
    ['a part of the message', '${= machine.name }', '${= machine.nam }', 'expression :5:32'],
    ['a path in the message', '${value}', '${/hardware}', 'expression :5:12', /names and CEL/],
    ['a message without its end', '${value}', '${value', 'expression :5:12'],
    ['no such path', 'xen/options', 'xne/options', 'policy :3:7', /did you mean "xen"/],
    ['no such part of a document', '/software', '/sofware', 'policy :3:7', /did you mean "software"/],
    ['a tag', 'each: host', 'each: !force host', 'tag-unknown :2:16'],
  ]
  for (const [what, from, to, expected, hint] of rows) {
    const { found, result } = compiled(
      t,
      dom0.replace(from, () => to),
      small,
    )
    t.same(found[0], expected.replace(' ', ` ${file}`), what)
    if (hint !== undefined) t.match(result.diagnostics[0]?.hint, hint, what)
    t.equal(soundnessOf(result), undefined, `${what}: no machine can be trusted`)
  }
  const nothing = 'p: { message: m, at: /system/function, holds: value > 1 }\n'
  t.match(compiled(t, nothing).result.diagnostics, [{ hint: /^value is null/ }])
  t.same(
    compiled(t, nothing.replace('/system/function', '/hardware/ram')).result.diagnostics.map(({ hint }) => hint),
    [undefined],
    'a list is not null',
  )
  const twice = compiled(t, dom0, { 'templates/policies/more/hosts.yaml': dom0 })
  t.same(twice.found, [`used-twice ${file}:1:1`])
})

t.test('a mistake of a file hides none of its others', async t => {
  const policies = `one:
  each: hots
  holds: 1 +
  mesage: m
two: 5
three:
  at: /hardwere
  when: 3
  holds: 'true'
  message: '\${x'
four:
  holds: 1 +
  message: m
`
  const { found } = compiled(t, policies, { 'templates/policies/too.yaml': 'two: { holds: "true", message: m }\n' })
  t.same(found, [
    `schema ${file}:2:3`,
    `schema ${file}:2:9`,
    `expression ${file}:3:13`,
    `key-unknown ${file}:4:3`,
    `type ${file}:5:6`,
    `policy ${file}:7:7`,
    `type ${file}:8:9`,
    `expression ${file}:10:12`,
    `expression ${file}:12:13`,
    'used-twice templates/policies/too.yaml:1:1',
  ])
})

t.test('a wrong policy does not keep the others of its file from being held against the machines', async t => {
  const { found } = compiled(t, `wrong: { message: m }\n${dom0}`, small)
  t.same(found, [`policy ${h1}:25:35`, `schema ${file}:1:8`])
})

t.test('a pattern that goes back and forth ends', async t => {
  const policy = `p: { message: m, holds: '"${'a'.repeat(40)}!".matches("^(a+)+$")' }\n`
  const { found, result } = compiled(t, policy)
  t.same(found, [`expression ${file}:1:25`])
  t.match(result.diagnostics[0]?.message, /comes to no end/)
})
