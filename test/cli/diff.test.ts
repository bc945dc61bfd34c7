// `diff` over a repository of git: the working tree, revisions, and what is none.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { diffMarkdown, diffText } from '../../src/cli/diff-text.js'
import { byReportsMarkdown, byReportsText } from '../../src/cli/rehearsal/by-reports-text.js'
import type { Json } from '../../src/model/json.js'
import { builtCommand } from '../fixtures/built-command.js'
import { siteRepository, writeFiles } from '../fixtures/site-repository.js'
import { xenclosure } from '../fixtures/xenclosure.js'
import { skipWithout } from '../oracles/require-tool.js'

const repository = (dir: string) => {
  const { site, ...rest } = siteRepository(dir)
  return { site, ...rest, diff: (...args: readonly string[]) => xenclosure('diff', '--site', site, ...args) }
}

t.test('the working tree, two revisions, JSON and Markdown; the repository stays as it is', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { git, edit, diff } = repository(t.testdir())
  t.match(diff(), { code: 0, stdout: 'the documents are the same\n', stderr: '' })
  edit('768 MiB', '512 MiB')
  const now = diff()
  t.equal(now.code, 0)
  t.equal(
    now.stdout,
    `templates/guest.yaml:2:17  ram: [{ size: 512 MiB }]
  a, b, c: /hardware/ram/0/size: 768 -> 512 (MiB)
  h1: /software/components/xen/domains/a/options/memory: 768 -> 512 (MiB)
  h1: /software/components/xen/domains/b/options/memory: 768 -> 512 (MiB)
  h2: /software/components/xen/domains/c/options/memory: 768 -> 512 (MiB)
`,
  )
  t.match(diff('HEAD~1', 'HEAD', '--json').json(), {
    added: [],
    removed: [],
    changes: [
      {
        machines: ['a', 'b', 'c'],
        pointer: '/hardware/ram/0/size',
        before: 1024,
        after: 768,
        unit: 'MiB',
        file: 'templates/guest.yaml',
        line: 2,
        column: 17,
      },
      {},
      {},
      {},
    ],
  })
  t.match(
    diff('HEAD~1', '--markdown').stdout,
    /^- a, b, c: `\/hardware\/ram\/0\/size`: `1024 -> 512 \(MiB\)`, `templates\/guest.yaml:2`\n/,
  )
  t.equal(git('status', '--porcelain'), ' M site/templates/guest.yaml\n')
})

type Place = readonly [machine: string, pointer: string, after: Json]

/** Changes of one line, each of one machine. */
const changesAt = (...places: readonly Place[]) => ({
  added: [],
  removed: [],
  changes: places.map(([machine, pointer, after]) => ({
    ...{ machines: [machine], pointer, before: 1, after, unit: 'MiB' },
    position: { file: 'f.yaml', line: 1, column: 2 },
  })),
})

t.test('the same change at many places that differ in one key is told once', t => {
  const none = { before: () => undefined, after: () => 'line' }
  const domain = (name: string) => `/software/components/xen/domains/${name}/options/memory`
  const told = (...places: readonly Place[]) => diffText(changesAt(...places), none)
  const many = ['g1', 'g2', 'g3', 'g4', 'g5'].map((name, index) => [`h${index % 2}`, domain(name), 2] as Place)
  t.equal(
    told(['a', '/x', 2], ...many, ['h0', domain('g6'), 3]),
    `f.yaml:1:2  line
  a: /x: 1 -> 2 (MiB)
  h0, h1: /software/components/xen/domains/*/options/memory: 1 -> 2 (MiB); * is g1, g2, g3 and 2 more
  h0: /software/components/xen/domains/g6/options/memory: 1 -> 3 (MiB)
`,
    'what is changed to something else stays by itself',
  )
  t.equal(told(...many.slice(0, 3)).match(/domains\/g/g)?.length, 3, 'a few are read one by one')
  t.match(
    diffMarkdown(changesAt(...many)),
    /^- h0, h1: `[^`]*\*[^`]*`: `1 -> 2 \(MiB\)`; `\*` is `g1, g2, g3 and 2 more`, `f.yaml:1`\n$/,
  )
  // Two keys of the paths differ: one of them is folded, the one that takes in more.
  const grid = [0, 1].flatMap(row => [0, 1, 2, 3, 4].map(column => ['h', `/${row}/${column}`, 2] as Place))
  t.match(told(...grid), /^ {2}h: \/0\/\*: .*\n {2}h: \/1\/\*: .*$/m)
  t.end()
})

t.test('the same where what was compiled is kept, whatever has been edited since', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { site, edit, diff } = repository(t.testdir())
  const out = join(site, '../out')
  const questions = [[], ['HEAD~1'], ['HEAD~1', 'HEAD'], ['HEAD', 'HEAD~1', '--json']]
  const answers = () => questions.map(args => diff(...args).stdout)
  edit('768 MiB', '512 MiB')
  const unkept = answers()
  t.match(unkept[0], /768 -> 512/)
  t.match(xenclosure('compile', '--site', site, '--out', out, '--serial', '1'), { code: 0 })
  t.same(answers(), unkept)
  edit('512 MiB', '256 MiB')
  t.match(diff().stdout, 'a, b, c: /hardware/ram/0/size: 768 -> 256 (MiB)')
  edit('256 MiB', 'much')
  t.match(diff(), { code: 2, stderr: /templates\/guest.yaml:2:17: error: expected/ })
  t.same(diff('HEAD~1', 'HEAD').stdout, unkept[2])
})

t.test('what the agents would do about it, where there are reports of the edition of before', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { site, edit, diff } = repository(t.testdir())
  const [out, reports] = [join(site, '../out'), join(site, '../reports')]
  mkdirSync(reports)
  const report = (host: string): void => {
    const system = `sim:${join(site, '..', host)}.sim?hostname=${host}`
    const ran = xenclosure('agent', 'run', '--document', join(out, `${host}.json`), '--system', system, '--json')
    writeFileSync(join(reports, `${host}.json`), ran.stdout)
  }
  xenclosure('compile', '--site', site, '--out', out, '--serial', '1')
  report('h1')
  edit('768 MiB', '1 GiB')
  xenclosure('compile', '--site', site, '--out', out, '--serial', '2')
  report('h2')
  edit('1 GiB', '512 MiB')
  const told = diff('--reports', reports)
  t.equal(told.code, 0)
  t.match(told.stdout, 'nothing is told of h2: the report there is of another edition than that of before\n')
  t.match(told.stdout, `\nthe agents would do:\n  a, b on h1:\n    ~ done     rewrite /etc/xen/GUEST.cfg\n`)
  t.match(told.stdout, '\nleft as it was before:\n  h1:\n    ~ pending  boot with what is declared\n')
  t.match(diff('--reports', reports, '--json').json(), {
    agents: { simulated: true, hosts: [{ host: 'h1' }], otherEdition: ['h2'] },
  })
  writeFileSync(join(reports, 'other.json'), '{}')
  t.match(diff('--reports', reports), { code: 2, stdout: '', stderr: /other.json: no report of an agent/ })
  symlinkSync('nowhere', join(reports, 'dangling.json'))
  t.match(diff('--reports', reports), { code: 2, stdout: '', stderr: /dangling.json: there is no such file/ })
})

t.test('reports of hosts that do not change tell nothing of those that do', async t => {
  const rehearsal = { hosts: [], same: [], gone: [], moves: [] }
  const nobody = '\nno host that changes has a report of the edition of before\n'
  t.equal(byReportsText({ rehearsal, otherEdition: [] }), nobody)
  t.equal(byReportsMarkdown({ rehearsal, otherEdition: [] }), nobody)
  t.equal(
    byReportsText({ rehearsal, otherEdition: ['h2'] }),
    `${nobody}nothing is told of h2: the report there is of another edition than that of before\n`,
  )
  t.match(
    byReportsMarkdown({ rehearsal, otherEdition: ['h2'] }),
    `${nobody}\nnothing is told of h2: `,
    'a paragraph each',
  )
})

t.test('no such revision, one that does not compile, none at all', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { git, edit, diff } = repository(t.testdir())
  t.match(diff('nosuch'), { code: 2, stdout: '', stderr: /no revision nosuch: git knows no commit of that name/ })
  t.match(diff('--output=x'), { code: 2, stdout: '', stderr: /unknown option/ })
  edit('768 MiB', 'much')
  git('commit', '-qam', 'three')
  t.match(diff('HEAD~1'), { code: 2, stdout: '', stderr: /templates\/guest.yaml:2:17: error: expected/ })
  edit('much', '768 MiB')
  t.match(diff(), {
    code: 2,
    stdout: '',
    stderr: /HEAD does not compile: 1 error, the first is templates\/guest.yaml:2: expected/,
  })
  t.match(diff('HEAD~1'), { code: 0, stdout: 'the documents are the same\n' })
  git('rm', '-rq', '--cached', 'site')
  git('commit', '-qm', 'four')
  t.match(diff(), { code: 2, stderr: /HEAD has no site\// })
  t.match(xenclosure('diff', '--site', '/'), { code: 2, stderr: /there is no xenclosure.yaml/ })
})

t.test('within a hook of a linked working tree, where git says GIT_DIR', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const { git, site } = repository(t.testdir())
  const [linked, out] = [join(site, '../linked'), join(site, '../out')]
  git('worktree', 'add', '-q', linked)
  const command = `'${process.execPath}' '${builtCommand}'`
  const hook = `#!/bin/sh -e
mkdir '${out}'
${command} diff HEAD~1 --site site >'${out}/diff'
${command} compile --site site --out '${out}'
`
  writeFileSync(join(site, '../.git/hooks/pre-commit'), hook, { mode: 0o755 })
  git('-C', linked, 'commit', '--allow-empty', '-m', 'three')
  t.match(readFileSync(join(out, 'diff'), 'utf8'), / {2}a, b, c: \/hardware\/ram\/0\/size: 1024 -> 768/)
  t.match(JSON.parse(readFileSync(join(out, 'a.seal'), 'utf8')), { serial: 2 })
})

t.test('templates that are a submodule, and one within it', async t => {
  if (skipWithout(t, 'git', 'apt-get install -y git')) return
  const dir = t.testdir()
  const [inner, outer, all] = [repository(join(dir, 'a')), repository(join(dir, 'b')), repository(join(dir, 'c'))]
  const add = (to: typeof all, what: typeof all, where: string) => {
    to.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', join(what.site, '..'), where)
    to.git('commit', '-qm', 'a submodule')
  }
  add(outer, inner, 'inner')
  add(all, outer, 'site/outer')
  all.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init', '--recursive')
  const guest = 'site/outer/inner/site/templates/guest.yaml'
  all.git('rm', '-q', 'site/templates/guest.yaml')
  const loadpath = 'loadpath: [templates, outer/inner/site/templates]'
  const conf = readFileSync(join(all.site, 'xenclosure.yaml'), 'utf8')
  writeFiles(all.site, { 'xenclosure.yaml': conf.replace(/loadpath: .*/, loadpath) })
  all.git('commit', '-qam', 'another load path')
  t.match(all.diff(), { code: 0, stdout: 'the documents are the same\n', stderr: '' })
  writeFileSync(join(all.site, '..', guest), readFileSync(join(all.site, '..', guest), 'utf8').replace('768', '512'))
  t.match(all.diff().stdout, 'a, b, c: /hardware/ram/0/size: 768 -> 512 (MiB)')
})

t.test('no key and no file name ends its line of Markdown', async t => {
  const change = { pointer: '/a\n\n# b', before: '`', after: 'c\n', unit: undefined, machines: ['m'] }
  const position = { file: 't\n.yaml', line: 1, column: 1 }
  const text = diffMarkdown({ added: [], removed: [], changes: [{ ...change, position }] })
  t.equal(text, '- m: `/a\\n\\n# b`: ``"`" -> "c\\n"``, `t\\n.yaml:1`\n')
})
