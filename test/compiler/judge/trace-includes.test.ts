import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import { soundnessOf } from '../../../src/compiler/judge/sound.js'
import { anything, siteIn } from '../../fixtures/site-in.js'
import { site as twoHosts } from '../../fixtures/two-hosts.js'

type Files = Readonly<Record<string, string>>

/** Every diagnostic: code and place, its machines, and the way to it. */
const traced = (t: Test, files: Files): readonly (readonly string[])[] =>
  siteIn(t, files, components).result.diagnostics.map(({ code, position, machines, includes = [] }) => [
    `${code} ${position?.file}:${position?.line}`,
    machines.join(' '),
    ...includes.map(({ file, line, column }) => `${file}:${line}:${column}`),
  ])

t.test('a mistake in a template names its machines, and the includes that lead the first one there', async t => {
  const wrong = 'hardware: { colour: red }\n'
  const table: readonly (readonly [say: string, files: Files, ...expected: (readonly string[])[]])[] = [
    ['in the profile itself', { 'profiles/b.yaml': wrong }, ['key-unknown profiles/b.yaml:1', 'b']],
    [
      'one include',
      { 'profiles/b.yaml': 'include: [x]\n', 'profiles/a.yaml': '\ninclude:\n  - x\n', 'templates/x.yaml': wrong },
      ['key-unknown templates/x.yaml:1', 'a b', 'profiles/a.yaml:3:5'],
    ],
    [
      'a way, with parameters on it',
      {
        'profiles/a.yaml': 'include: [x/y]\n',
        'templates/x/y.yaml': 'include:\n  - { template: z, with: { P: 1 } }\n',
        'templates/z.yaml': `parameters: { P: { default: 1 } }\n${wrong}`,
      },
      ['key-unknown templates/z.yaml:2', 'a', 'profiles/a.yaml:1:11', 'templates/x/y.yaml:2:17'],
    ],
    [
      'a diamond: the place that counts is the first',
      {
        'profiles/a.yaml': 'include: [x, y]\n',
        'templates/x.yaml': 'include: [z]\n',
        'templates/y.yaml': 'include: [z]\n',
        'templates/z.yaml': wrong,
      },
      ['key-unknown templates/z.yaml:1', 'a', 'profiles/a.yaml:1:11', 'templates/x.yaml:1:11'],
    ],
    [
      'a shadowed template',
      {
        'xenclosure.yaml': 'site: test\nloadpath: [templates/own, templates]\n',
        'profiles/a.yaml': 'include: [x]\n',
        'templates/own/x.yaml': 'include: [x]\n',
        'templates/x.yaml': wrong,
      },
      ['key-unknown templates/x.yaml:1', 'a', 'profiles/a.yaml:1:11', 'templates/own/x.yaml:1:11'],
    ],
    [
      'a template that is missing, asked for by a template',
      { 'profiles/a.yaml': 'include: [x]\n', 'templates/x.yaml': 'include: [nowhere]\n' },
      ['include-missing templates/x.yaml:1', 'a', 'profiles/a.yaml:1:11'],
    ],
    [
      'templates that include each other',
      {
        'profiles/a.yaml': 'include: [x]\n',
        'templates/x.yaml': 'include: [y]\n',
        'templates/y.yaml': 'include: [x]\n',
      },
      ['cycle templates/y.yaml:1', 'a', 'profiles/a.yaml:1:11', 'templates/x.yaml:1:11'],
    ],
    [
      'a template that is no YAML: all machines that include it',
      {
        'profiles/b.yaml': 'include: [x]\n',
        'profiles/a.yaml': 'include: [x]\n',
        'profiles/c.yaml': '',
        'templates/x.yaml': 'hardware: [\n',
      },
      ['syntax templates/x.yaml:2', 'a b', 'profiles/a.yaml:1:11'],
    ],
    ['a profile that is no YAML', { 'profiles/a.yaml': 'x: [\n' }, ['syntax profiles/a.yaml:2', 'a']],
    ['a file of no machine', { 'xenclosure.yaml': 'site: test\nsiet: x\n' }, ['key-unknown xenclosure.yaml:2', '']],
  ]
  for (const [say, files, ...expected] of table) t.same(traced(t, { ...anything, ...files }), expected, say)
})

t.test('a mistake of hosts in a file of their guests names the includes of the first guest', async t => {
  const disk = 'hardware:\n  harddisks:\n    xvdb: {}\n'
  const files = {
    ...twoHosts,
    'profiles/b.yaml': (twoHosts['profiles/b.yaml'] ?? '').replace('[guest]', '[guest, disk]'),
    'profiles/c.yaml': (twoHosts['profiles/c.yaml'] ?? '').replace('[guest]', '[disk, guest]'),
    'profiles/a.yaml': `# a\n${twoHosts['profiles/a.yaml']}`.replace('[guest]', '[guest, disk]'),
    'templates/disk.yaml': disk,
  }
  t.same(
    traced(t, files).filter(([place]) => place === 'enclosure templates/disk.yaml:3'),
    [['enclosure templates/disk.yaml:3', 'h1 h2', 'profiles/a.yaml:2:18']],
  )
})

t.test('with --keep-going, a template that is no YAML breaks the machines that include it and no other', async t => {
  const { result } = siteIn(t, {
    'profiles/a.yaml': 'include: [x]\n',
    'profiles/b.yaml': '',
    'templates/x.yaml': 'hardware: [\n',
  })
  t.same(soundnessOf(result), { sound: ['b'], broken: ['a'] })
})
