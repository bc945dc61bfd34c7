// The decision table of grub: the cases stand in the order of components/grub/README.md.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Actual } from '../../../components/grub/actual.js'
import { grub } from '../../../components/grub/component.js'
import type { GRUB } from '../../../components/grub/desired.js'
import { fragmentPath, printFragment } from '../../../components/grub/fragment.js'
import { parseGrubConfig } from '../../../components/grub/grub-config.js'
import { carryOut } from '../../../src/agent/op.js'
import type { Action } from '../../../src/model/action.js'
import { faulty, Killed } from '../../../src/system/faulty.js'
import { openSimulated } from '../../../src/system/simulated/open-simulated.js'
import type { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'

const real = readFileSync(join(import.meta.dirname, 'grub.cfg'), 'utf8')
const byTitle = real.replace('set default="${saved_entry}"', 'set default="Debian GNU/Linux, with Xen hypervisor"')

const declared: GRUB = {
  default: 'xen',
  timeout: 1,
  root_device: '/dev/vda1',
  xen: { options: { dom0_mem: '1024M,max:1024M' } },
  linux: { options: { 'net.ifnames': 0 } },
}

/** A host that is as declared. */
const settled = (desired: GRUB = declared): Actual => ({
  isDebianWay: true,
  isReplacedUnderXen: true,
  fragment: printFragment(desired, true),
  config: parseGrubConfig(byTitle),
  running: {
    xen: ['placeholder', 'dom0_mem=512M', 'dom0_mem=1024M,max:1024M'],
    linux: ['root=/dev/vda1', 'ro', 'net.ifnames=0', 'quiet'],
  },
})

/** `from` is replaced wherever it stands in grub.cfg. */
const withConfig = (from: string, to: string): Actual => ({
  ...settled(),
  config: parseGrubConfig(byTitle.replaceAll(from, to)),
})

const title = 'Debian GNU/Linux, with Xen hypervisor'
const update = ['update-grub', 'grub-script-check /boot/grub/grub.cfg']
const rewrite = [`write ${fragmentPath}`, ...update, `write ${fragmentPath}`]

const printOps = ({ ops }: Action): readonly string[] =>
  ops.map(op => {
    if (op.op === 'exec') return op.argv.join(' ')
    return 'path' in op ? `${op.op} ${op.path}` : op.op
  })

type Case = {
  readonly name: string
  readonly desired?: GRUB
  readonly actual: Actual
  readonly expected: readonly (readonly [id: string, reasons: readonly string[], ops: readonly string[]])[]
}

const cases: readonly Case[] = [
  {
    name: 'not configured as in Debian',
    actual: { ...settled(), isDebianWay: false },
    expected: [['grub/config', [], []]],
  },
  {
    name: 'no fragment yet',
    actual: { ...settled(), fragment: null },
    expected: [['grub/config', [`${fragmentPath} is not there`], rewrite]],
  },
  {
    name: 'another fragment, or one that is not in grub.cfg yet',
    actual: { ...settled(), fragment: `${settled().fragment}# Not in grub.cfg yet.\n` },
    expected: [['grub/config', [`${fragmentPath} is not what is declared`], rewrite]],
  },
  {
    name: 'an empty grub.cfg',
    actual: { ...settled(), config: parseGrubConfig('') },
    expected: [['grub/config', ['/boot/grub/grub.cfg is missing, empty or cut off'], update]],
  },
  {
    name: 'a grub.cfg that is cut off',
    actual: { ...settled(), config: parseGrubConfig(byTitle.slice(0, -200)) },
    expected: [['grub/config', ['/boot/grub/grub.cfg is missing, empty or cut off'], update]],
  },
  {
    name: 'another default entry',
    actual: withConfig(`default="${title}"`, 'default="0"'),
    expected: [['grub/config', ['the default entry is Debian GNU/Linux, declared xen'], update]],
  },
  {
    name: 'a default entry that is not in the menu',
    actual: withConfig(`default="${title}"`, 'default="Debian"'),
    expected: [['grub/config', ['the default entry is none of the menu, declared xen'], update]],
  },
  {
    name: 'another timeout',
    actual: withConfig('set timeout=1\n', 'set timeout=7\n'),
    expected: [['grub/config', ['the timeout is 7, declared 1'], update]],
  },
  {
    name: 'no entry for Xen',
    desired: { xen: { options: { ucode: 'scan' } } },
    actual: {
      ...settled({ xen: { options: { ucode: 'scan' } } }),
      config: parseGrubConfig(byTitle.replaceAll('multiboot2', 'chainloader')),
      running: { xen: ['ucode=scan'], linux: [] },
    },
    expected: [['grub/config', ['no entry starts Xen'], update]],
  },
  {
    name: 'an option of Xen with another value',
    actual: withConfig('dom0_mem=1024M,max:1024M', 'dom0_mem=512M'),
    expected: [['grub/config', [`${title}: dom0_mem: has 512M, declared 1024M,max:1024M`], update]],
  },
  {
    name: 'an option of Linux that no entry has',
    actual: withConfig('net.ifnames=0 ', ''),
    expected: [
      ['grub/config', [title, 'Debian GNU/Linux'].map(name => `${name}: net.ifnames: has none, declared 0`), update],
    ],
  },
  {
    name: 'another root device',
    actual: withConfig('root=/dev/vda1 ', 'root=UUID=1 '),
    expected: [
      ['grub/config', [title, 'Debian GNU/Linux'].map(name => `${name}: root: has UUID=1, declared /dev/vda1`), update],
    ],
  },
  {
    name: 'booted without Xen',
    actual: { ...settled(), running: { xen: null, linux: settled().running.linux } },
    expected: [['grub/reboot', ['running linux, declared xen'], []]],
  },
  {
    name: 'booted with other options',
    actual: { ...settled(), running: { xen: ['dom0_mem=512M'], linux: ['root=/dev/vda1'] } },
    expected: [
      [
        'grub/reboot',
        ['dom0_mem: running 512M, declared 1024M,max:1024M', 'net.ifnames: running none, declared 0'],
        [],
      ],
    ],
  },
  { name: 'booted with what is declared, and more', actual: settled(), expected: [] },
]

for (const { name, desired = declared, actual, expected } of cases) {
  t.test(name, async t => {
    t.same(
      grub.plan(desired, actual).map(action => [action.id, action.reasons, printOps(action)]),
      expected,
    )
  })
}

t.test('only what waits for a reboot, and what no consent helps, is marked so', async t => {
  const plans = cases.flatMap(({ desired = declared, actual }) => grub.plan(desired, actual))
  for (const { id, waitsFor, consent } of plans) {
    t.equal(waitsFor, id === 'grub/reboot' ? 'reboot' : undefined)
    t.equal(consent, undefined)
  }
  t.match(grub.plan(declared, { ...settled(), isDebianWay: false })[0]?.rejected, /update-grub/)
})

t.test('the last occurrences of an option count', async t => {
  const consoles = (...words: string[]): readonly string[] => {
    const desired: GRUB = { linux: { options: { console: ['hvc0', 'tty0'], quiet: true } } }
    const running = { xen: [], linux: [...words, 'quiet'] }
    return grub.plan(desired, { ...settled(desired), config: parseGrubConfig('\n'), running }).flatMap(a => a.reasons)
  }
  t.same(consoles('console=ttyS0', 'console=hvc0', 'console=tty0'), [])
  t.same(consoles('console=tty0', 'console=hvc0'), ['console: running tty0 hvc0, declared hvc0 tty0'])
})

const simulated = (dir: string): SimulatedSystem => openSimulated(`${dir}/host.json?ram=8GiB`)
const wanted: GRUB = { ...declared, linux: { options: { max_loop: 64 } } }

const planOn = async (system: SimulatedSystem, desired: GRUB): Promise<readonly Action[]> =>
  grub.plan(desired, await grub.observe(system, desired, ''))

const applyOn = async (system: SimulatedSystem, desired: GRUB, killAfter?: number): Promise<void> => {
  const mortal = killAfter === undefined ? system : faulty(system, { killAfter })
  for (const { ops } of await planOn(system, desired)) for (const op of ops) await carryOut(mortal, op)
}

t.test('a simulated host converges, and needs a reboot to run it', async t => {
  const system = simulated(t.testdir())
  await applyOn(system, wanted)
  t.same(
    (await planOn(system, wanted)).map(({ id }) => id),
    ['grub/reboot'],
  )
  system.reboot()
  t.same(await planOn(system, wanted), [])
})

t.test(
  'a run that is killed after any operation is completed by the next one, when options come and when they go',
  async t => {
    const less: GRUB = { default: 'xen' }
    for (const [from, to] of [
      [less, wanted],
      [wanted, less],
    ] as const) {
      const whole = simulated(t.testdir())
      await applyOn(whole, from)
      await applyOn(whole, to)
      for (const killAfter of [1, 2, 3]) {
        const system = simulated(t.testdir())
        await applyOn(system, from)
        await t.rejects(applyOn(system, to, killAfter), Killed)
        await applyOn(system, to)
        t.same(system.state.files, whole.state.files, `killed after ${killAfter}`)
      }
    }
  },
)

t.test('dom0_mem without max is worth a word', async t => {
  const cases: readonly (readonly [NonNullable<NonNullable<GRUB['xen']>['options']>, number])[] = [
    [{}, 0],
    [{ dom0_mem: '1024M,max:1024M' }, 0],
    [{ dom0_mem: 'max:1G' }, 0],
    [{ dom0_mem: '1024M' }, 1],
    [{ dom0_mem: 1048576 }, 1],
    [{ dom0_mem: '1024M,min:512M' }, 1],
    [{ dom0_mem: ['1024M', '1024M,max:1024M'] }, 0],
    [{ dom0_mem: ['max:1G', '1024M'] }, 1],
  ]
  for (const [options, expected] of cases)
    t.equal(grub.check?.({ xen: { options } }).length, expected, JSON.stringify(options))
})
