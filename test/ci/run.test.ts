// What .ci/run makes of the parts that it runs, with an npm and an apt-get that only say what the real ones would.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { skipWithout } from '../oracles/require-tool.js'

type Said = { readonly tests?: string; readonly check?: string; readonly lab?: string }

/** Each part is a shell script. */
const runCi = (t: Test, { tests = 'true', check = 'true', lab = 'true' }: Said) => {
  const npm = `#!/bin/sh\ncase "$*" in\ncit) ${tests} ;;\n'run check') ${check} ;;\n'run lab'*) ${lab} ;;\nesac\n`
  const dir = t.testdir({ '.ci': {}, bin: { npm, 'apt-get': '#!/bin/sh\n' } })
  copyFileSync(join(packageRoot(), '.ci/run'), join(dir, '.ci/run'))
  for (const file of ['.ci/run', 'bin/npm', 'bin/apt-get']) chmodSync(join(dir, file), 0o755)
  const env = { ...process.env, PATH: `${join(dir, 'bin')}:${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync(join(dir, '.ci/run'), { encoding: 'utf8', env })
  t.equal(stderr, '')
  return { status, stdout, lines: stdout.trimEnd().split('\n') }
}

t.test('the tests of all parts are added up, those of each run of tap in one part too', async t => {
  if (skipWithout(t, '/bin/bash', 'apt-get install -y bash')) return
  const lab = "printf '# { total: 4, pass: 4 }\\n    # { total: 9, pass: 9 }\\n# { total: 12, pass: 12 }\\n'"
  const { status, stdout, lines } = runCi(t, { tests: "echo '# { total: 100, pass: 100 }'", lab })
  t.equal(lines.at(-1), '116 passed, 0 failed')
  t.equal(status, 0)
  for (const part of ['tools', 'tests', 'check', 'demonstration', 'lab']) t.match(stdout, `==> ${part}: done after`)
})

t.test('what failed, was skipped or ended badly counts as failed, and the parts behind it run', async t => {
  if (skipWithout(t, '/bin/bash', 'apt-get install -y bash')) return
  const tests =
    "printf 'not ok 1 - it adds\\n# { total: 5, pass: 2, fail: 1, todo: 1, skip: 1 }\\n# { total: 1, fail: 1 }\\n'; exit 1"
  const { status, lines } = runCi(t, { tests, check: 'echo bad format; exit 1', lab: "echo '# { total: 1, pass: 1 }'" })
  t.equal(lines.at(-1), '3 passed, 5 failed')
  t.equal(status, 1)
  const told = lines.slice(lines.indexOf('==> failed in tests:'))
  t.match(told, ['==> failed in tests:', 'not ok 1 - it adds'])
  t.ok(told.includes('bad format'))
})

t.test('what the lab leaves out is named once more at the end', async t => {
  if (skipWithout(t, '/bin/bash', 'apt-get install -y bash')) return
  const said = 'lab: left out, for the time is over: fill, install'
  const { status, lines } = runCi(t, { lab: `echo '${said}' >&2; echo '# { total: 1, pass: 1 }'` })
  t.same(lines.slice(-2), [said, '1 passed, 0 failed'])
  t.equal(status, 0)
})
