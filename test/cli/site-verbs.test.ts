import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import t, { type Test } from 'tap'
import { createProgram } from '../../src/cli/program.js'
import { builtCommand } from '../fixtures/built-command.js'
import { builtAgent, xenclosure, xenclosureProcess } from '../fixtures/xenclosure.js'

const copyOfExample = (t: Test): string => {
  const site = t.testdir()
  for (const part of ['xenclosure.yaml', 'profiles', 'templates']) cpSync(part, join(site, part), { recursive: true })
  return site
}

const contents = (dir: string): readonly (readonly [string, string])[] =>
  readdirSync(dir).map(file => [file, readFileSync(join(dir, file), 'utf8')])

t.test('every verb has its help', async t => {
  const { code, stdout } = xenclosureProcess('--help')
  t.equal(code, 0)
  const verbs = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, verb]) => verb ?? '').filter(verb => verb !== 'help')
  t.same(verbs, [
    ...['init', 'check', 'compile', 'test', 'show', 'explain', 'uses', 'diff', 'rehearse', 'tree', 'parent'],
    ...['children', 'render', 'plan', 'apply', 'kickstart', 'netboot', 'dhcp', 'serve', 'reinstall'],
    ...['intervene', 'release', 'fmt', 'schema', 'completion', 'keys', 'agent'],
  ])
  for (const verb of verbs) {
    const help = xenclosure(verb, '--help')
    t.equal(help.code, 0, verb)
    t.match(help.stdout, `Usage: xenclosure ${verb}`)
    t.notMatch(help.stdout, /default: (false|\[\])/, 'what says nothing')
  }
})

t.test('help VERB is what VERB --help is, and of what is no verb an error', t => {
  for (const verb of [['check'], ['agent'], ['agent', 'run'], ['keys', 'new']]) {
    const help = xenclosure('help', ...verb)
    t.match(help, { code: 0, stderr: '', stdout: `Usage: xenclosure ${verb.join(' ')} [` })
    t.equal(help.stdout, xenclosure(...verb, '--help').stdout)
  }
  t.equal(xenclosure('agent', 'help', 'run').stdout, xenclosure('agent', 'run', '--help').stdout)
  for (const words of [['help'], ['help', 'help']])
    t.match(xenclosure(...words), { code: 0, stdout: 'Usage: xenclosure [options] [command]' })
  for (const [wrong, hint, ...words] of [
    ['chek', 'Did you mean check?', 'help', 'chek'],
    ['run', 'what there is, says --help', 'help', 'run'],
    ['rnu', 'Did you mean run?', 'help', 'agent', 'rnu'],
    ['rnu', 'Did you mean run?', 'agent', 'help', 'rnu'],
  ] as const)
    t.match(xenclosure(...words), {
      code: 2,
      stdout: '',
      stderr: `error: unknown command '${wrong}' [usage]\n  ${hint}\n`,
    })
  t.match(xenclosure('help', 'chek', '--json').lines(), [{ code: 'usage', message: "unknown command 'chek'" }])
  t.match(builtAgent('help', 'rnu'), {
    code: 2,
    stdout: '',
    stderr: "error: unknown command 'rnu'\n(Did you mean run?)\n",
  })
  t.match(builtAgent('help', 'run'), { code: 0, stdout: 'Usage: xenclosure-agent run [' })
  t.end()
})

t.test('wrong usage is exit 2, on stderr, as JSON where that is asked for', async t => {
  for (const args of [
    ['bogus'],
    ['compile'],
    ['show'],
    ['show', 'nobody'],
    ['show', 'ce', '/no/such'],
    ['check', '--site', '/'],
    ['check', '--site', 'no/such/directory'],
    ['compile', '--out', 'out', '--sign', 'README.md'],
    ['compile', '--out', 'out', '--serial', '0x10'],
    ['intervene', 'down', 'ce'],
    ['plan', 'gridhost', 'ce'],
    ['intervene', 'down', 'gridhost', '--limit', 'nobody=3min'],
  ]) {
    const ran = xenclosure(...args)
    t.equal(ran.code, 2, args.join(' '))
    t.equal(ran.stdout, '')
    t.match(ran.stderr, /error: /)
  }
  const ran = xenclosure('show', 'gridgates', '--json')
  t.equal(ran.code, 2)
  t.match(ran.lines(), [{ severity: 'error', code: 'usage', hint: 'did you mean "gridgate"?' }])
  t.match(xenclosure('show', 'nobody').stderr, /\n {2}known: .*\bce, /)
  t.match(xenclosure('plan', 'ce').stderr, /ce is a guest of gridhost, .*\n.*gridhost carries out: name that/)
  t.match(xenclosure('complie').stderr, /unknown command 'complie' \[usage\]\n {2}Did you mean compile\?\n/)
  t.match(xenclosureProcess('bogus'), { code: 2, stdout: '', stderr: /what there is, says --help/ })
  t.match(xenclosure('show', '--json').lines(), [
    { severity: 'error', code: 'usage', message: /missing required argument/ },
  ])
})

t.test('what a variable of the shell that is not set leaves empty is refused, whatever takes it', async t => {
  const program = await createProgram()
  const below = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(below)]
  for (const command of below(program)) {
    const taking = command.options.filter(option => option.required || option.optional)
    const named = command.registeredArguments.filter(({ defaultValue }) => defaultValue !== '')
    for (const one of [...taking, ...named])
      t.throws(() => one.parseArg?.('', undefined), /it is empty/, `${command.name()} ${one.name()}`)
  }
  for (const args of [
    ['show', ''],
    ['diff', ''],
    ['diff', 'HEAD', ''],
    ['rehearse', 'gridhost', ''],
    ['check', '--site', ''],
    ['compile', '--out', ''],
    ['diff', '--reports', ''],
    ['fmt', '--check', 'profiles/guests/ce.yaml', ''],
  ]) {
    const ran = xenclosure(...args)
    t.match(ran, { code: 2, stdout: '' }, args.join(' '))
    t.match(ran.stderr, /^error: .* is invalid.*\. it is empty, as an unset variable of the shell is \[usage\]\n$/)
  }
  const agent = builtAgent('status', '--state', '')
  t.match(agent, { code: 2, stdout: '', stderr: /--state <dir>' argument '' is invalid. it is empty/ })
  t.equal(xenclosure('show', 'ce', '').code, 0, 'the path of a whole document')
  t.equal(
    xenclosure('fmt', '--check', 'profiles/guests/ce.yaml', 'profiles/guests/se.yaml').code,
    0,
    'what is not empty',
  )
})

t.test('a file that the command line names and that is none: said with the file and the remedy', async t => {
  const dir = t.testdir({ text: 'mine' })
  const sign = ['compile', '--out', join(dir, 'out'), '--sign']
  const report = ['release', 'ce', '--report']
  const keys = ['keys', 'new']
  const table: readonly (readonly [readonly string[], string, string])[] = [
    [sign, join(dir, 'none'), 'there is no such file; xenclosure keys new FILE makes a pair'],
    [sign, join(dir, 'text', 'below'), 'there is no such file; xenclosure keys new FILE makes a pair'],
    [sign, dir, 'this is a directory, not a file; xenclosure keys new FILE makes a pair'],
    [sign, join(dir, 'text'), 'not a private ed25519 key (PEM); xenclosure keys new FILE makes a pair'],
    [keys, join(dir, 'none', 'key'), `there is no directory ${join(dir, 'none')}; make it, or name another file`],
    [keys, join(dir, 'text', 'key'), `there is no directory ${join(dir, 'text')}; make it, or name another file`],
    [keys, dir, 'this is a directory; name a file in it'],
    [report, join(dir, 'none'), 'there is no such file; xenclosure agent run --json prints a report'],
    [report, dir, 'this is a directory, not a file; xenclosure agent run --json prints a report'],
    [report, join(dir, 'text'), 'not JSON; xenclosure agent run --json prints a report'],
  ]
  for (const [args, file, message] of table) {
    const ran = xenclosure(...args, file)
    t.match(ran, { code: 2, stdout: '' }, `${args[0]} ${message}`)
    t.match(ran.stderr, `${file}: ${message} [usage]\n`)
    t.notMatch(ran.stderr, /E[A-Z]{4,}|\n +at /)
  }
  t.notOk(existsSync(join(dir, 'out')), 'nothing is written')
})

t.test('a reader that goes away is no failure', async t => {
  const { status, stderr } = spawnSync(
    'bash',
    ['-o', 'pipefail', '-c', `"$0" "${builtCommand}" schema | head -c 1`, process.execPath],
    {
      encoding: 'utf8',
    },
  )
  t.same({ status, stderr }, { status: 0, stderr: '' })
})

t.test('a site with mistakes: all of them located, exit 2, the last good output untouched', async t => {
  const site = copyOfExample(t)
  const out = join(site, 'out')
  t.equal(xenclosure('compile', '--site', site, '--out', out, '--serial', '1').code, 0)
  const before = contents(out)
  const edit = (file: string, from: string, to: string) => {
    const text = readFileSync(join(site, file), 'utf8')
    writeFileSync(join(site, file), text.replace(from, to))
  }
  edit('profiles/hosts/gridhost.yaml', 'cpu_weight: 128', 'cpu_wieght: 128')
  edit('profiles/guests/ce.yaml', 'CORES: 2', 'CORES: two')
  edit('profiles/guests/mon.yaml', 'machine-types/monitoring_box', 'machine-types/monitoring')
  edit('profiles/hosts/labhost.yaml', 'children: [lab-pv, lab-pvh]', 'children: [lab-pv, lab-hvm]')
  const ran = xenclosure('compile', '--site', site, '--out', out, '--json')
  t.equal(ran.code, 2)
  t.equal(ran.stdout, '')
  t.match(ran.lines(), [
    {
      severity: 'error',
      code: 'type',
      pointer: '/hardware/cpu/0/cores',
      file: 'profiles/guests/ce.yaml',
      line: 5,
      column: 46,
    },
    {
      severity: 'error',
      code: 'include-missing',
      file: 'profiles/guests/mon.yaml',
      line: 4,
      column: 5,
      machines: ['mon'],
    },
    {
      severity: 'error',
      code: 'key-unknown',
      file: 'profiles/hosts/gridhost.yaml',
      line: 42,
      column: 39,
      machines: ['gridhost'],
    },
    {
      severity: 'error',
      code: 'child-unknown',
      file: 'profiles/hosts/labhost.yaml',
      line: 25,
      column: 24,
      machines: ['labhost'],
    },
  ])
  t.same(contents(out), before)
  const forPeople = xenclosure('check', '--site', site)
  t.equal(forPeople.code, 2)
  t.match(forPeople.stderr, 'profiles/hosts/gridhost.yaml:42:39: error: unknown key cpu_wieght [key-unknown]')
  t.match(forPeople.stderr, '4 errors, 0 warnings')
})

t.test('compile says what it wrote, and writes nothing the second time', async t => {
  const site = copyOfExample(t)
  const out = join(site, 'out')
  const compile = () => xenclosureProcess('compile', '--site', site, '--out', out)
  t.match(compile(), { code: 0, stdout: /25 documents written, 0 unchanged/ })
  t.match(compile(), { code: 0, stdout: /0 documents written, 25 unchanged/ })
  const unnumbered = xenclosure('compile', '--site', site, '--out', out, '--sign', makeKey(site))
  t.equal(unnumbered.code, 2, 'a signed edition needs a number')
  t.match(unnumbered.stderr, '--serial')
  t.equal(xenclosure('compile', '--site', site, '--out', out, '--sign', join(site, 'key'), '--serial', '5').code, 0)
})

const makeKey = (site: string): string => {
  const key = join(site, 'key')
  if (xenclosure('keys', 'new', key).code !== 0) throw new Error('no key')
  return key
}

t.test('what the file system refuses is exit 1, in a sentence', async t => {
  const site = copyOfExample(t)
  mkdirSync(join(site, 'out/ce.json'), { recursive: true })
  const ran = xenclosureProcess('compile', '--site', site, '--out', join(site, 'out'), '--serial', '1')
  t.equal(ran.code, 1)
  t.match(ran.stderr, /error: E[A-Z]+: /)
  t.notMatch(ran.stderr, / at /)
})

t.test('--keep-going publishes the sound machines and marks the last good documents of the others', async t => {
  const site = copyOfExample(t)
  const out = join(site, 'out')
  const compile = () => xenclosure('compile', '--site', site, '--out', out, '--serial', '1', '--keep-going', '--json')
  t.equal(compile().code, 0, 'nothing is wrong yet')
  const lastGood = readFileSync(join(out, 'gridhost.json'), 'utf8')
  const edit = (file: string, from: string, to: string) =>
    writeFileSync(join(site, file), readFileSync(join(site, file), 'utf8').replace(from, to))
  edit('profiles/guests/mon.yaml', 'machine-types/monitoring_box', 'machine-types/monitoring')
  edit('profiles/guests/lab-pv.yaml', 'hostname: lab-pv', 'hostname: lab-pv1')
  const ran = compile()
  t.equal(ran.code, 1)
  t.match(ran.lines(), [{ code: 'include-missing', machines: ['mon'] }])
  t.match(ran.json(), { broken: ['gridhost', 'mon'], written: ['lab-pv'], removed: [] })
  t.equal(readFileSync(join(out, 'gridhost.json'), 'utf8'), lastGood)
  const { machines } = JSON.parse(readFileSync(join(out, 'index.json'), 'utf8'))
  t.same(
    Object.keys(machines).filter(name => machines[name].stale),
    ['gridhost', 'mon'],
  )
  t.equal(Object.keys(machines).length, 25)
})

t.test('a key is never overwritten', async t => {
  const site = t.testdir()
  makeKey(site)
  const before = readFileSync(join(site, 'key'), 'utf8')
  t.equal(xenclosure('keys', 'new', join(site, 'key')).code, 2)
  t.equal(readFileSync(join(site, 'key'), 'utf8'), before)
  writeFileSync(join(site, 'other.pub'), 'mine')
  const half = xenclosure('keys', 'new', join(site, 'other'), '--json')
  t.match(half, { code: 2, stderr: /"message":".*other\.pub is there already"/ })
  t.notOk(existsSync(join(site, 'other')), 'and no half of a pair is left')
  const file = join(site, 'third')
  t.same(xenclosure('keys', 'new', file, '--json').json(), { private: file, public: `${file}.pub` })
})

t.test('a directory that cannot be is a mistake in the command, and nothing is written', async t => {
  const dir = t.testdir({ file: 'mine' })
  const below = join(dir, 'file', 'out')
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [['init', join(dir, 'file')], /cannot be a directory: .*file is a file/],
    [['init', below], /cannot be a directory: .*file is a file/],
    [['compile', '--out', join(dir, 'file')], /cannot be a directory/],
    [['compile', '--out', below], /cannot be a directory/],
    [['render', 'gridhost', '--out', below], /cannot be a directory/],
    ...(existsSync('/proc/self')
      ? [
          [['init', '/proc/x'], /cannot be made: ENOENT/] as const,
          [['compile', '--out', '/proc/x'], /cannot be made: ENOENT/] as const,
        ]
      : []),
  ]
  for (const [args, message] of table) t.match(xenclosure(...args), { code: 2, stderr: message }, args.join(' '))
  t.equal(readFileSync(join(dir, 'file'), 'utf8'), 'mine')
})

t.test('documents are not written among what they are made of', async t => {
  const dir = t.testdir()
  const site = join(dir, 'a')
  t.equal(xenclosure('init', site).code, 0)
  mkdirSync(join(site, 'templates'))
  for (const [out, sources] of [
    ['profiles', 'profiles'],
    ['profiles/new/out', 'profiles'],
    ['templates/out', 'templates'],
  ] as const)
    for (const more of [[], ['--watch'], ['--keep-going'], ['--no-cache', 'guest1']]) {
      const ran = xenclosure('compile', '--site', site, '--out', join(site, out), ...more)
      t.match(ran, { code: 2, stdout: '' }, `${out} ${more}`)
      t.match(ran.stderr, `is in ${sources}/, which holds the site's sources [usage]`)
    }
  t.same(readdirSync(join(site, 'profiles')).sort(), ['guests', 'hosts'])
  t.same(readdirSync(join(site, 'templates')), [])
  t.equal(xenclosure('compile', '--site', site, '--out', join(site, 'profiles.out')).code, 0)
  writeFileSync(join(site, 'xenclosure.yaml'), 'site: a\nloadpath: [.]\n')
  t.equal(xenclosure('compile', '--site', site, '--out', join(site, 'out')).code, 0, 'all of it is the load path')
})

t.test('--allow takes what a report may name', async t => {
  for (const verb of ['plan', 'apply'])
    t.match(xenclosure(verb, 'gridhost', '--allow', 'nonsense'), { code: 2, stderr: /expected what a report names/ })
})

t.test('show, explain and tree answer in JSON', async t => {
  t.same(xenclosure('show', 'ce', '/hardware/ram', '--json').json(), [{ size: 4096 }])
  t.same(xenclosure('show', 'ce', '/name').json(), 'ce')
  t.match(xenclosure('explain', 'gridhost', '/software/components/xen/domains/se/options/memory', '--json').json(), {
    value: 6144,
    story: [
      { verdict: 'overridden', file: 'profiles/guests/se.yaml', line: 5, pulled: 'se:/hardware/ram/0/size' },
      { verdict: 'set by', file: 'profiles/hosts/gridhost.yaml', line: 41, written: '6 GiB' },
    ],
  })
  t.match(
    xenclosure('explain', 'gridhost', '/software/components/grub/root_device').stdout,
    /variable XEN_BOOT_DEVICE = "\/dev\/sda2"\n +set by +profiles\/hosts\/gridhost.yaml:11:20 +\/dev\/sda2\n/,
  )
  t.match(xenclosure('explain', 'se', '/hardware/ram/0/size', '--json').json(), {
    names: [{ kind: 'parameter', name: 'RAM', value: '4 GiB', file: 'profiles/guests/se.yaml', line: 5 }],
  })
  t.match(xenclosure('tree', '--json').json(), {
    name: 'grid-ireland',
    type: 'site',
    children: [
      {
        name: 'chassis1',
        type: 'blade',
        children: [
          { name: 'blade01', type: 'hypervisor', children: [{ name: 'wn02', type: 'guest', children: [] }, {}] },
          { name: 'blade02', children: [{ name: 'wn04' }, { name: 'wn05' }] },
        ],
      },
      { name: 'farmhost', children: [{ name: 'build-el7' }, { name: 'build-el8' }, { name: 'build-f43' }] },
      {
        name: 'gridhost',
        type: 'hypervisor',
        children: [{ name: 'gridgate', type: 'guest', children: [] }, {}, {}, {}, {}],
      },
      { name: 'labhost', children: [{ name: 'lab-pv' }, { name: 'lab-pvh' }] },
      { name: 'servhost', children: [{ name: 'ui' }, { name: 'voms' }, { name: 'voms-preprod' }, { name: 'repo' }] },
    ],
  })
})
