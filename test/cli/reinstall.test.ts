// `reinstall` as it was built, up to its first step: nothing answers here, and nothing is touched.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { runCommand } from '../fixtures/killed-command.js'
import { lockingTest } from '../fixtures/locking-test.js'
import { makeKey, skipWithoutSshd, startSshd } from '../fixtures/sshd.js'
import { xenclosure } from '../fixtures/xenclosure.js'

const bench = (t: Test) => {
  const dir = t.testdir({ tftp: {} })
  const [config, tftp] = [join(dir, 'config'), join(dir, 'tftp')]
  writeFileSync(config, 'Host *\nHostName 127.0.0.1\nPort 1\n')
  const reinstall = (...args: readonly string[]) => xenclosure('reinstall', ...args, '--ssh-config', config)
  return { tftp, reinstall, written: () => readdirSync(tftp) }
}

t.test('a plan says in which order, what is lost and what stays', async t => {
  const { tftp, reinstall, written } = bench(t)
  const { stdout, code } = reinstall('farmhost', '--netboot', tftp, '--plan')
  t.equal(code, 0)
  const lines = stdout.split('\n')
  t.match(lines[0], /^a new order, \d{8}T\d{6}Z-[0-9a-f]{8}, not gone on with after \S+Z$/)
  t.strictSame(lines.slice(1, 7), [
    'farmhost: guests down',
    'farmhost: install, after farmhost: guests down',
    '  by its provisioner: divided anew: sda; not touched: sdb',
    'farmhost: installed, after farmhost: install',
    'farmhost: guests up, after farmhost: installed',
    'build-el7: install, after farmhost: guests up',
  ])
  t.match(stdout, /^farmhost: whether anything is in use is not known: farmhost .*connection refused/m)
  const planned = reinstall('farmhost', '--only', 'build-el8', '--netboot', tftp, '--plan', '--json').json()
  t.match(planned, { isNew: true, steps: [{ id: 'build-el8: install', after: [] }, { id: 'build-el8: installed' }] })
  t.same(written(), [])
})

lockingTest('nothing is begun while nobody knows what is in use, until that is said', async t => {
  const { tftp, reinstall, written } = bench(t)
  const refused = reinstall('build-el8', '--netboot', tftp)
  t.equal(refused.code, 3)
  t.match(refused.stderr, /nothing was done: farmhost: whether anything is in use is not known/)
  t.same(written(), [])
  const forced = reinstall('build-el8', '--netboot', tftp, '--force-running')
  t.equal(forced.code, 1)
  t.match(forced.stdout, /^failed +build-el8: install: farmhost .*connection refused/m)
  t.match(forced.stdout, /^not begun build-el8: installed: waits for build-el8: install$/m)
  t.match(forced.stdout, /^reinstall build-el8: 0 done, 1 failed, 1 not begun; called again, it goes on where it is$/m)
  const again = reinstall('build-el8', '--netboot', tftp, '--plan')
  t.match(again.stdout, /^the order of \S+, \S+, is gone on with until \S+Z\n/)
})

t.test('a host that answers and does not let us in is not dead, and --force-running is not for it', async t => {
  if (skipWithoutSshd(t)) return
  const dir = t.testdir({ tftp: {}, sshd: {} })
  const sshd = await startSshd(t, { directory: join(dir, 'sshd') })
  const identity = [`IdentityFile ${makeKey(dir, 'stranger')}`, 'IdentityAgent none']
  const config = sshd.config('farmhost', { identity })
  const refused = await runCommand([
    ...['reinstall', 'farmhost', '--site', packageRoot(), '--netboot', join(dir, 'tftp'), '--force-running'],
    ...['--ssh-config', config],
  ])
  t.equal(refused.code, 3)
  t.match(
    refused.stderr,
    /nothing was done: farmhost: whether anything is in use is not known: farmhost .*: it accepts none of our keys(.|\n)*so its guests may run: see to it that you are let in, or switch it off yourself/,
  )
  t.same(readdirSync(join(dir, 'tftp')), [])
})

t.test('what could not be installed is told at its line, and what is asked for wrongly by its name', async t => {
  const { tftp, reinstall, written } = bench(t)
  const unsound = reinstall('gridhost', '--netboot', tftp)
  t.equal(unsound.code, 2)
  t.match(unsound.stderr, /^profiles\/hosts\/gridhost.yaml:\d+:\d+: error: gridhost has no \/system\/netboot/m)
  t.match(unsound.stderr, /never asks its provisioner what it boots/)
  t.match(reinstall('farmhost', '--only', 'build-el9', '--netboot', tftp), {
    code: 2,
    stderr: /farmhost does not enclose build-el9(.|\n)*did you mean "build-el/,
  })
  t.match(reinstall('farmhost'), { code: 2, stderr: /--netboot DIR/ })
  t.match(reinstall('farmhost', '--limit', 'soon'), { code: 2, stderr: /--limit/ })
  t.same(written(), [])
})

lockingTest('an order that is too old, or was overtaken, is not gone on with, and the plan says so before', async t => {
  const { tftp, reinstall } = bench(t)
  const both = ['farmhost', '--only', 'farmhost', '--only', 'build-el8', '--netboot', tftp] as const
  t.equal(reinstall(...both, '--force-running', '--limit', '1s').code, 1, 'the host is ordered, and nothing answers')
  const entry = join(tftp, 'boot/grub/grub.cfg-01-ac-1f-6b-20-00-30')
  const ordered = readFileSync(entry, 'utf8').replace(/# order \d{8}T\d{6}Z/, '# order 20251101T100000Z')
  writeFileSync(entry, ordered)
  const refuses = (why: RegExp): void => {
    t.match(reinstall(...both), { code: 3, stderr: new RegExp(`nothing was done: ${why.source}(.|\n)*--again`) })
    t.equal(readFileSync(entry, 'utf8'), ordered)
  }
  refuses(/the order of 2025-11-01T10:00:00Z was to be gone on with until 2025-11-02T10:00:00Z/)
  t.match(reinstall(...both, '--plan'), { code: 0, stdout: /^nothing would be done: the order of 2025.* until 2025/m })
  const longer = reinstall(...both, '--within', '90000h', '--plan').stdout
  t.match(longer, /^the order of 2025-11-01T10:00:00Z, \S+, is gone on with until 20/)
  t.notMatch(longer, 'nothing would be done')
  t.equal(reinstall('build-el8', '--netboot', tftp, '--force-running').code, 1, 'another order for one of them')
  const overtaken = /build-el8 had another order since that of 2025-11-01T10:00:00Z/
  refuses(overtaken)
  t.match(reinstall(...both, '--plan', '--json').json(), { stopped: overtaken })
})
