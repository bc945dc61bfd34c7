// The decision table of grub: the cases stand in the order of components/grub/README.md.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Actual } from '../../../components/grub/actual.js'
import { grub } from '../../../components/grub/component.js'
import type { GRUB } from '../../../components/grub/desired.js'
import { bootDigest, printFragment } from '../../../components/grub/fragment.js'
import { type MenuItem, parseGrubConfig } from '../../../components/grub/grub-config.js'
import { printScript } from '../../../components/grub/last-good.js'
import { debian } from '../../../components/grub/way.js'
import type { Action } from '../../../src/model/action.js'

const real = readFileSync(join(import.meta.dirname, 'grub.cfg'), 'utf8')
const title = 'Debian GNU/Linux, with Xen hypervisor'
const byTitle = real.replace('set default="${saved_entry}"', `set default="${title}"`)
const config = parseGrubConfig(byTitle)
const entry = config.items.find(item => item.title === title) as MenuItem

const declared: GRUB = {
  default: 'xen',
  timeout: 1,
  root_device: '/dev/vda1',
  xen: { options: { dom0_mem: '1024M,max:1024M' } },
  linux: { options: { 'net.ifnames': 0 } },
}
const digest = bootDigest(declared)

const words = (line: string): readonly string[] => line.split(' ')
const xenLine = 'placeholder com1=115200,8n1 console=com1 dom0_mem=1024M,max:1024M spec-ctrl=no'
const linuxLine = 'placeholder root=/dev/vda1 ro net.ifnames=0 mitigations=off console=hvc0 quiet'

/** A host that is as declared, and was booted so. */
const settled = (desired: GRUB = declared): Actual => ({
  way: debian,
  isReplacedUnderXen: true,
  missingFiles: [],
  defaults: printFragment(desired, debian, true),
  config,
  environment: { saved: null, next: null },
  script: printScript({ entry, goodFor: bootDigest(desired) }, null, debian),
  obstacle: null,
  memory: '/memory',
  trial: null,
  boot: 'boot-2',
  running: {
    xen: { version: '4.17', words: words(xenLine) },
    linux: { release: '6.1.0-56-amd64', words: words(linuxLine) },
    trial: null,
  },
})

/** `from` is replaced wherever it stands in grub.cfg. */
const withConfig = (from: string, to: string): Actual => ({
  ...settled(),
  config: parseGrubConfig(byTitle.replaceAll(from, to)),
})

const running = (xen: string | null, linux = linuxLine): Actual['running'] => ({
  xen: xen === null ? null : { version: '4.17', words: words(xen) },
  linux: { release: '6.1.0-56-amd64', words: words(linux) },
  trial: null,
})

/** What is declared stands in the menu, is not the last good entry, and this boot is that of before. */
const onTrial = (part: Partial<Actual> = {}): Actual => ({
  ...settled(),
  script: printScript({ entry, goodFor: null }, digest, debian),
  environment: { saved: null, next: 'xenclosure-trial' },
  trial: { digest, boot: 'boot-2' },
  running: running(xenLine.replace('1024M,max:1024M', '512M')),
  ...part,
})

const { defaults } = debian
const settings = `write ${defaults}`
const script = 'write /etc/grub.d/50_xenclosure'
const update = ['update-grub', 'grub-script-check /boot/grub/grub.cfg']
const prepared = ['write /memory/trial.json', 'grub-editenv /boot/grub/grubenv set next_entry=xenclosure-trial']
const cancelled = 'grub-editenv /boot/grub/grubenv unset next_entry'

const different = 'dom0_mem: running 512M, declared 1024M,max:1024M'
const staysDefault = `${title} stays the default until what is declared has been tried`
const comesBack = 'a boot that fails comes back with the last good entry'
const trial = [
  'grub/trial',
  [`it has not been booted yet; where it does not boot, the host comes back with ${title}`],
  prepared,
] as const
const tried = [`it was to be tried at a reboot, and the host came back with ${title}`, different]
const reboot = ['grub/reboot', [different, comesBack], []] as const

const printOps = ({ ops }: Action): readonly string[] =>
  ops.map(op => {
    if (op.op === 'exec') return op.argv.join(' ')
    return 'path' in op ? `${op.op} ${op.path}` : op.op
  })

type Case = {
  readonly name: string
  readonly desired?: GRUB
  readonly actual: Actual
  readonly rejected?: RegExp
  readonly expected?: readonly (readonly [id: string, reasons: readonly string[], ops: readonly string[]])[]
}

const files = { kernel: 'vmlinuz-6.1.0-56-amd64', hypervisor: 'xen-4.17-amd64.gz' }
const other: GRUB = { ...declared, default: { entry: 'Haiku' } }
const deeper: GRUB = { ...declared, default: { entry: 'Others>Haiku' } }

const cases: readonly Case[] = [
  {
    name: 'configured in no way that is known',
    actual: { ...settled(), way: null },
    rejected: /update-grub nor grub2-mkconfig/,
  },
  {
    name: 'a declared kernel that is not in /boot',
    desired: { ...declared, default: files },
    actual: { ...settled(), missingFiles: [files.kernel] },
    rejected: /^vmlinuz-6.1.0-56-amd64 is not in \/boot/,
  },
  {
    name: 'a declared entry that the menu has not',
    desired: other,
    actual: { ...settled(other), config: parseGrubConfig(byTitle.replace(`default="${title}"`, 'default="Haiku"')) },
    rejected: /^no entry of the menu is Haiku; it has: Debian GNU\/Linux; Advanced/,
  },
  {
    name: 'options for Xen, and no entry for it',
    actual: withConfig('multiboot2', 'chainloader'),
    rejected: /no entry of the menu starts it/,
  },
  {
    name: "a declared entry of a script of the administrator's own, without the declared options",
    desired: other,
    actual: {
      ...settled(other),
      config: parseGrubConfig(
        byTitle
          .replace(`default="${title}"`, 'default="Haiku"')
          .replace('### END /etc/grub.d/40_custom', "menuentry 'Haiku' {\n\tlinux /boot/vmlinuz quiet\n}\n$&"),
      ),
    },
    rejected: /^Haiku, of \/etc\/grub\.d\/40_custom, has not what is declared, .* helps: root: has none, declared/,
  },
  {
    name: 'the same, in a submenu of that script',
    desired: deeper,
    actual: {
      ...settled(deeper),
      config: parseGrubConfig(
        byTitle
          .replace(`default="${title}"`, 'default="Others>Haiku"')
          .replace(
            '### END /etc/grub.d/40_custom',
            "submenu 'Others' {\nmenuentry 'Haiku' {\n\tlinux /boot/vmlinuz quiet\n}\n}\n$&",
          ),
      ),
    },
    rejected: /^Haiku, of \/etc\/grub\.d\/40_custom, has not what is declared/,
  },
  {
    name: 'no settings yet, and this boot is as declared',
    actual: { ...settled(), defaults: null, script: null },
    expected: [
      [
        'grub/config',
        [`${defaults} has nothing of what is declared`, `the host has booted well with ${title}, which is kept`],
        [script, settings, ...update, settings],
      ],
    ],
  },
  {
    name: 'no settings yet, and the menu is another one',
    actual: {
      ...withConfig('dom0_mem=1024M,max:1024M', 'dom0_mem=512M'),
      ...{ defaults: null, script: null, running: running(xenLine.replace('1024M,max:1024M', '512M')) },
    },
    expected: [
      [
        'grub/config',
        [
          `${defaults} has nothing of what is declared`,
          staysDefault,
          `${title}: dom0_mem: has 512M, declared 1024M,max:1024M`,
        ],
        [script, settings, ...update, settings],
      ],
      trial,
      reboot,
    ],
  },
  {
    name: 'other settings, or some that are not in grub.cfg yet',
    actual: { ...settled(), defaults: `${settled().defaults}# Not in grub.cfg yet.\n` },
    expected: [['grub/config', [`${defaults} has not what is declared`], [settings, ...update, settings]]],
  },
  {
    name: 'other settings, while others were to be tried, and what is declared now is known to be good',
    actual: {
      ...settled(),
      defaults: 'GRUB_TIMEOUT="1"\n',
      environment: { saved: null, next: 'xenclosure-trial' },
      trial: { digest: 'another', boot: 'boot-2' },
    },
    expected: [
      [
        'grub/config',
        [`${defaults} has not what is declared`],
        [cancelled, settings, ...update, 'remove /memory/trial.json', settings],
      ],
    ],
  },
  {
    name: 'booted with what was to be tried',
    actual: onTrial({
      boot: 'boot-3',
      environment: { saved: null, next: null },
      running: { ...running(xenLine), trial: digest },
    }),
    expected: [
      [
        'grub/config',
        [`the host has booted well with ${title}, which is kept`],
        [settings, script, ...update, 'remove /memory/trial.json', settings],
      ],
    ],
  },
  {
    name: 'booted well with another kernel than the one that is kept',
    actual: {
      ...settled(),
      script: (settled().script ?? '').replaceAll('6.1.0-56', '6.1.0-55'),
    },
    expected: [
      ['grub/config', [`/etc/grub.d/50_xenclosure does not keep ${title}`], [settings, script, ...update, settings]],
    ],
  },
  {
    name: 'killed before the menu was made with the entry that is kept',
    actual: { ...settled(), defaults: `${settled().defaults}# The last good entry is not in grub.cfg yet.\n` },
    expected: [['grub/config', ['/boot/grub/grub.cfg was not made anew'], [settings, ...update, settings]]],
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
    name: 'a trial is prepared, and nothing is to be tried',
    actual: { ...settled(), environment: { saved: null, next: 'xenclosure-trial' } },
    expected: [['grub/config', ['/boot/grub/grubenv names a trial, and nothing is to be tried'], [cancelled]]],
  },
  {
    name: 'a trial is to be prepared',
    actual: onTrial({ trial: null, environment: { saved: null, next: null } }),
    expected: [trial, reboot],
  },
  {
    name: 'a trial was recorded, and GRUB was not told',
    actual: onTrial({ environment: { saved: null, next: null } }),
    expected: [trial, reboot],
  },
  {
    name: 'a trial failed',
    actual: onTrial({ boot: 'boot-3', environment: { saved: null, next: null } }),
    expected: [['grub/trial', tried, prepared]],
  },
  {
    name: 'a trial of something else failed',
    actual: onTrial({
      boot: 'boot-3',
      environment: { saved: null, next: null },
      trial: { digest: 'another', boot: 'boot-2' },
    }),
    expected: [trial, reboot],
  },
  {
    name: 'a trial is prepared, and the host still runs what it did',
    actual: onTrial(),
    expected: [reboot],
  },
  {
    name: 'the administrator has GRUB boot another entry next',
    actual: onTrial({ environment: { saved: null, next: '0' } }),
    expected: [reboot],
  },
  {
    name: 'booted with other options, where GRUB can try nothing',
    actual: onTrial({
      obstacle: "GRUB can't write its environment on LVM",
      script: printScript({ entry, goodFor: null }, null, debian),
      environment: { saved: null, next: null },
      trial: null,
    }),
    expected: [
      [
        'grub/reboot',
        [different, "a boot that fails does not come back by itself: GRUB can't write its environment on LVM"],
        [],
      ],
    ],
  },
  {
    name: 'booted without Xen',
    actual: { ...settled(), running: running(null, linuxLine.replace('placeholder', 'BOOT_IMAGE=/boot/vmlinuz')) },
    expected: [['grub/reboot', ['running linux, declared xen'], []]],
  },
  {
    name: 'booted with another kernel than the declared one',
    desired: { ...declared, default: files },
    actual: {
      ...settled({ ...declared, default: files }),
      running: { ...running(xenLine), linux: { release: '6.1.0-55-amd64', words: words(linuxLine) } },
    },
    expected: [['grub/reboot', ['running Linux 6.1.0-55-amd64, declared 6.1.0-56-amd64'], []]],
  },
  { name: 'booted with what is declared, and more', actual: settled(), expected: [] },
]

for (const { name, desired = declared, actual, rejected, expected = [] } of cases) {
  t.test(name, async t => {
    const actions = grub.plan(desired, actual)
    if (rejected !== undefined) return t.match(actions, [{ id: 'grub/config', rejected, ops: [] }])
    return t.strictSame(
      actions.map(action => [action.id, action.reasons, printOps(action)]),
      expected,
    )
  })
}

t.test("an entry of the distribution's own scripts that is out of date is made anew", async t => {
  for (const script of ['10_linux', '20_linux_xen', '10_linux_zfs']) {
    const outdated = byTitle
      .replace(`default="${title}"`, 'default="Haiku"')
      .replace('### BEGIN /etc/grub.d/40_custom', `### BEGIN /etc/grub.d/${script}`)
      .replace(
        '### END /etc/grub.d/40_custom',
        `menuentry 'Haiku' {\n\tlinux /boot/vmlinuz quiet\n}\n### END /etc/grub.d/${script}`,
      )
    const [planned] = grub.plan(other, { ...settled(other), config: parseGrubConfig(outdated) })
    t.same([planned?.id, planned?.rejected], ['grub/config', undefined], script)
  }
})

t.test('only a reboot is waited for, and only a failed trial needs consent', async t => {
  const plans = cases.flatMap(({ desired = declared, actual }) => grub.plan(desired, actual))
  for (const { id, waitsFor, consent, reasons } of plans) {
    t.equal(waitsFor, id === 'grub/reboot' ? 'reboot' : undefined)
    t.equal(consent, id === 'grub/trial' && reasons[0]?.startsWith('it was to be tried') ? 'retry:grub' : undefined)
  }
})

t.test('that what was to be tried has booted, or has not, is routine, and nothing else is', async t => {
  for (const { name, desired = declared, actual } of cases) {
    const [config] = grub.plan(desired, actual).filter(({ id }) => id === 'grub/config')
    t.equal(config?.routine, name === 'booted with what was to be tried' ? true : undefined, name)
    const [trial] = grub.plan(desired, actual).filter(({ id }) => id === 'grub/trial')
    t.equal(trial?.routine, trial?.consent === undefined ? undefined : true, name)
  }
})

t.test('the last occurrences of an option count', async t => {
  const consoles = (line: string): readonly string[] => {
    const desired: GRUB = { linux: { options: { console: ['hvc0', 'tty0'], quiet: true } } }
    const actual = { ...settled(desired), config: parseGrubConfig('\n'), running: running(xenLine, `${line} quiet`) }
    return grub.plan(desired, actual).flatMap(({ id, reasons }) => (id === 'grub/reboot' ? reasons : []))
  }
  t.same(consoles('console=ttyS0 console=hvc0 console=tty0'), [])
  t.same(consoles('console=tty0 console=hvc0'), ['console: running tty0 hvc0, declared hvc0 tty0'])
})

t.test('dom0_mem without max is worth a word', async t => {
  const options: readonly (readonly [NonNullable<NonNullable<GRUB['xen']>['options']>, number])[] = [
    [{}, 0],
    [{ dom0_mem: '1024M,max:1024M' }, 0],
    [{ dom0_mem: 'max:1G' }, 0],
    [{ dom0_mem: '1024M' }, 1],
    [{ dom0_mem: 1048576 }, 1],
    [{ dom0_mem: '1024M,min:512M' }, 1],
    [{ dom0_mem: ['1024M', '1024M,max:1024M'] }, 0],
    [{ dom0_mem: ['max:1G', '1024M'] }, 1],
  ]
  for (const [xen, expected] of options)
    t.equal(grub.check?.({ xen: { options: xen } }).length, expected, JSON.stringify(xen))
})

t.test('the hint for dom0_mem is of the size that is declared', async t => {
  for (const [declared, advised] of [
    ['4096M', '4096M,max:4096M'],
    [1048576, '1048576,max:1048576'],
    ['2G,min:512M', '2G,min:512M,max:2G'],
    ['min:512M', 'min:512M,max:SIZE'],
  ] as const)
    t.equal(
      grub.check?.({ xen: { options: { dom0_mem: declared } } })[0]?.hint,
      `say how much dom0 can have at most: ${advised}`,
    )
})

t.test('less memory than dom0 runs with is refused: without a unit it is in KiB', async t => {
  const cases: readonly (readonly [declared: string | number, ...told: string[]])[] = [
    ['128M,max:128M'],
    ['1048576,max:1048576'],
    ['min:64M,max:1G'],
    ['10%,max:50%'],
    ['-64M,max:-1M'],
    [2048, 'dom0_mem gives dom0 2 MiB', 'a size without a unit is in KiB: 2048M,max:2048M'],
    ['2048M,max:2048', 'dom0_mem gives dom0 2 MiB', 'a size without a unit is in KiB: 2048M,max:2048M'],
    ['512,max:1G', 'dom0_mem gives dom0 512 KiB', 'a size without a unit is in KiB: 512M,max:1G'],
    ['127M,max:127M', 'dom0_mem gives dom0 127 MiB', '1024M,max:1024M for one'],
  ]
  for (const [declared, message, hint] of cases) {
    const found = grub.check?.({ xen: { options: { dom0_mem: declared } } }) ?? []
    t.same(
      found.map(({ code, message, hint, pointer }) => [code, message, hint, pointer]),
      message === undefined
        ? []
        : [['contradiction', `${message}, which runs with 128 MiB at least`, hint, '/xen/options/dom0_mem']],
      `${declared}`,
    )
  }
})
