// `rehearse` over a repository of git: as text, JSON and Markdown; what is none; a guest that moves.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { siteRepository } from '../fixtures/site-repository.js'
import { xenclosure, xenclosureProcess } from '../fixtures/xenclosure.js'
import { skipWithout } from '../oracles/require-tool.js'

const repository = (dir: string) => {
  const { site, ...rest } = siteRepository(dir)
  return { site, ...rest, rehearse: (...args: readonly string[]) => xenclosure('rehearse', '--site', site, ...args) }
}

t.test('what is allowed for nothing is told, without what waits for volumes: nobody allows these', async t => {
  const { stderr } = xenclosure('rehearse', 'labhost', '--blank', '--allow', 'restart:zz')
  t.equal(stderr, 'warning: nothing here needs --allow restart:zz [usage]\n')
})

t.test('a change of the working tree, by text, JSON and Markdown; nothing is written', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { git, edit, rehearse } = repository(t.testdir())
  t.match(rehearse(), { code: 0, stdout: /\n2 hosts: 0 with something to do, 2 with the same document\n$/ })
  edit('768 MiB', '512 MiB')
  t.match(rehearse('--allow', 'nonsense'), {
    code: 2,
    stdout: '',
    stderr: /expected what a report names: restart:GUEST/,
  })
  t.match(rehearse('--allow', 'restart:nosuch'), {
    code: 3,
    stderr: /^warning: nothing here needs --allow restart:nosuch .*\n {2}(did you mean|known:) .*restart:/,
  })
  t.equal(rehearse('--allow', 'restart:a').stderr, '')
  const { code, stdout, stderr } = rehearse('--time', 'boot=90s')
  t.equal(code, 3)
  t.equal(stderr, '')
  t.match(stdout, `the agents would do:\n  2 hosts (h1, h2), 3 guests:\n    ~ done     rewrite /etc/xen/GUEST.cfg\n`)
  t.match(stdout, /\n {2}boot: 90 s: a guest boots until its services answer \(--time\)\n/)
  const json = rehearse('h2', '--json')
  t.match(json.json(), {
    simulated: true,
    from: 'HEAD',
    hosts: [{ host: 'h2', actions: [{ id: 'xen/c/config', outcome: 'done' }, {}] }],
    same: [],
    moves: [],
  })
  t.match(rehearse('--markdown', '--from', 'HEAD~1', '--to', 'HEAD').stdout, /\*\*the agents would do\*\*\n\n- 2 hosts/)
  t.match(
    rehearse('--markdown', '--time', 'boot:a=90s').stdout,
    /\n\n\*\*times are assumed, none was measured on these hosts\*\*\n\n(- [a-z-]+: .*\n){6}- boot of a: 90 s \(--time\)\n$/,
  )
  t.equal(git('status', '--porcelain'), ' M site/templates/guest.yaml\n')
})

t.test('from blank hosts; no such host, revision, time', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { edit, rehearse, site } = repository(t.testdir())
  t.match(rehearse('--blank', 'h2'), { code: 3, stdout: /\+ done {5}start domain c\n/ })
  t.match(rehearse('h3'), { code: 2, stdout: '', stderr: /there is no host h3/ })
  t.match(rehearse('b'), { code: 2, stdout: '', stderr: /b is a guest of h1, .*\n {2}rehearse h1\n/ })
  t.match(rehearse('--from', 'nosuch').stderr, /\n {2}without a revision to begin with: --blank\n/)
  t.notMatch(rehearse('--to', 'nosuch').stderr, /--blank/, 'what to begin with is not what is wrong')
  t.match(rehearse('--from', 'nosuch'), { code: 2, stdout: '', stderr: /no revision nosuch: git knows/ })
  t.match(rehearse('--time', 'boot:nosuch=5min'), {
    code: 2,
    stdout: '',
    stderr: /--time boot:nosuch: boot is a guest's, and there is no such guest/,
  })
  t.match(
    rehearse('--time', 'boot:nosuch=5min').stderr,
    /\n {2}known: a, b, c\n/,
    'each once, though both editions have it',
  )
  t.match(rehearse('--time', 'host-boot:a=5min'), {
    code: 2,
    stderr: /host-boot is a host's, and there is no such host/,
  })
  t.match(rehearse('--time', 'boot:a=5min', '--time', 'host-boot:h1=5min'), { code: 0 })
  t.match(rehearse('--time', 'boot=soon'), {
    code: 2,
    stdout: '',
    stderr: /expected WHAT=TIME .*TIME a number with one of ms, s, min, h, d/,
  })
  writeFileSync(join(site, 'profiles/fs.yaml'), 'system: { network: { hostname: fs } }\n')
  t.match(rehearse(), { code: 0, stdout: /\nneither host nor guest, so no agent runs there: fs\n$/ })
  t.notMatch(rehearse('h1').stdout, /neither host nor guest/)
  edit('768 MiB', 'much')
  t.match(rehearse(), { code: 2, stdout: '', stderr: /templates\/guest.yaml:2:17: error: expected/ })
})

t.test('a guest that moves is released, and comes up on its new host', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { git, site, rehearse } = repository(t.testdir())
  const lock = 'guests:\n  a: h1\n  b: h1\n  c: h2\n'
  writeFileSync(join(site, 'xenclosure.lock.yaml'), lock)
  git('add', '-A')
  git('commit', '-qm', 'lock')
  const edit = (host: string, from: string, to: string): void => {
    const path = join(site, 'profiles', `${host}.yaml`)
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
  }
  edit('h1', 'children: [a, b]', 'children: [b]')
  edit('h2', 'children: [c]', 'children: [c, a]')
  const moved = rehearse('--json')
  t.equal(moved.code, 3)
  t.match(moved.json(), { moves: [{ guest: 'a', from: 'h1', to: 'h2', isOld: false, seconds: 1038, problems: [] }] })
  t.match(rehearse().stdout, '  a on h2:\n    from h1 to h2: 17 min 18 s (shutdown 30 s, copy 40 s, interval 15 min, ')
  t.equal(readFileSync(join(site, 'xenclosure.lock.yaml'), 'utf8'), lock)
})

t.test('a hundred hosts, half of them in another thread, are told as one', async t => {
  const names = Array.from({ length: 100 }, (_, index) => `host${index}`)
  const profiles = Object.fromEntries(names.map(name => [`${name}.yaml`, 'include: [xen/host]\n']))
  const site = t.testdir({ 'xenclosure.yaml': 'site: many\n', profiles })
  const { code, stdout } = xenclosureProcess('rehearse', '--site', site, '--blank')
  t.equal(code, 3)
  t.match(stdout, '\n100 hosts: 100 with something to do, 0 with the same document\n')
  t.match(stdout, /\n {2}100 hosts \(host0, host1, host10 and 97 more\):\n/)
})
