import { spawnSync } from 'node:child_process'
import t from 'tap'
import type { JsonMap } from '../../../src/model/json.js'
import { longAgo } from '../../../src/model/reinstallation.js'
import { bootStates, entriesOf, entryPaths, parseEntry } from '../../../src/provision/netboot/entry.js'
import { skipWithout } from '../../oracles/require-tool.js'

const install = { kernel: 'f43/vmlinuz', initrd: '/f43/initrd.img', cmdline: 'inst.ks=http://p/ui.ks; a=$b quiet' }
const machine = (
  netboot: JsonMap = {},
  nic: JsonMap = { eth0: { hwaddr: 'AC:1F:6B:20:00:30', boot: true }, eth1: { hwaddr: '00:16:3e:00:00:01' } },
) => ({
  name: 'ui',
  hardware: { cards: { nic } },
  system: { netboot: { server: '192.0.2.20', install, ...netboot } },
})

const table: readonly (readonly [string, JsonMap, 'install' | 'local' | 'rescue', string, string])[] = [
  [
    'PXELINUX, the installer',
    {},
    'install',
    'pxelinux.cfg/01-ac-1f-6b-20-00-30',
    `# xenclosure: ui boots install
DEFAULT install
PROMPT 0
LABEL install
  KERNEL f43/vmlinuz
  INITRD /f43/initrd.img
  APPEND inst.ks=http://p/ui.ks; a=$b quiet
`,
  ],
  [
    'PXELINUX, its own disk',
    {},
    'local',
    'pxelinux.cfg/01-ac-1f-6b-20-00-30',
    `# xenclosure: ui boots local
DEFAULT local
PROMPT 0
LABEL local
  LOCALBOOT 0
`,
  ],
  [
    'GRUB, the installer',
    { loader: 'grub-uefi' },
    'install',
    'boot/grub/grub.cfg-01-ac-1f-6b-20-00-30',
    `# xenclosure: ui boots install
set timeout=0
menuentry 'install' {
  linux '/f43/vmlinuz' 'inst.ks=http://p/ui.ks;' 'a=$b' 'quiet'
  initrd '/f43/initrd.img'
}
`,
  ],
  [
    'GRUB, a kernel alone',
    { loader: 'grub-bios', rescue: { kernel: 'memtest' } },
    'rescue',
    'boot/grub/grub.cfg-01-ac-1f-6b-20-00-30',
    `# xenclosure: ui boots rescue
set timeout=0
menuentry 'rescue' {
  linux '/memtest'
}
`,
  ],
  [
    'GRUB, its own disk',
    { loader: 'grub-uefi' },
    'local',
    'boot/grub/grub.cfg-01-ac-1f-6b-20-00-30',
    `# xenclosure: ui boots local
set timeout=0
menuentry 'local' {
  exit
}
`,
  ],
]

for (const [what, netboot, state, path, content] of table) {
  t.test(what, async t => {
    t.strictSame(entriesOf(machine(netboot), state), { ok: true, files: [{ path, content }] })
    t.strictSame(entryPaths(machine(netboot)), [path])
    t.strictSame(parseEntry(content), { machine: 'ui', state, installation: undefined, order: undefined })
    if (netboot.loader === undefined) return
    if (skipWithout(t, 'grub-script-check', 'apt-get install -y --no-install-recommends grub-common')) return
    const { status, stderr } = spawnSync('grub-script-check', { input: content, encoding: 'utf8' })
    t.equal(status, 0, stderr)
  })
}

t.test('every card that it may boot from has an entry', async t => {
  const nic = { eth0: { hwaddr: '00:16:3e:00:00:01', boot: true }, eth1: { hwaddr: '00:16:3e:00:00:02', boot: true } }
  t.strictSame(entryPaths(machine({}, nic)), ['pxelinux.cfg/01-00-16-3e-00-00-01', 'pxelinux.cfg/01-00-16-3e-00-00-02'])
})

t.test('what is missing is told at its place', async t => {
  t.match(entriesOf(machine(), 'rescue'), {
    ok: false,
    fault: { pointer: '/system/netboot/rescue', message: 'nothing is declared for rescue' },
  })
  t.match(entriesOf(machine({}, { eth0: { hwaddr: '00:16:3e:00:00:01' } }), 'local'), {
    ok: false,
    fault: { pointer: '/hardware/cards/nic' },
  })
})

t.test('only a file of ours says a state', async t => {
  t.equal(parseEntry('DEFAULT local\n'), undefined)
  t.equal(parseEntry('# xenclosure: ui boots nothing\n'), undefined)
  t.ok(bootStates.every(state => parseEntry(`# xenclosure: ui boots ${state}\n`)?.state === state))
})

const installation = { token: 'a-b_C', from: '2026-11-28T12:00:00.000Z', until: '2026-11-29T12:00:00.000Z' }
const contentOf = (...args: Parameters<typeof entriesOf>): string => {
  const result = entriesOf(...args)
  return (result.ok && result.files[0]?.content) || ''
}

t.test('an installation is asked for at the provisioner, and stands in the entry', async t => {
  const provisioned = (netboot: JsonMap = {}) => {
    const { system, ...rest } = machine(netboot)
    return { ...rest, system: { ...system, kickstart: { provisioner: { url: 'https://p' } } } }
  }
  const pxelinux = contentOf(provisioned(), 'install', installation)
  t.match(pxelinux, '\n  APPEND inst.ks=http://p/ui.ks; a=$b quiet inst.ks=https://p/kickstart/ui.ks?token=a-b_C\n')
  t.strictSame(parseEntry(pxelinux), { machine: 'ui', state: 'install', installation, order: undefined })
  const grub = contentOf(provisioned({ loader: 'grub-uefi', install: { kernel: 'vmlinuz' } }), 'install', installation)
  t.match(grub, "\n  linux '/vmlinuz' 'inst.ks=https://p/kickstart/ui.ks?token=a-b_C'\n")
  t.strictSame(parseEntry(grub), { machine: 'ui', state: 'install', installation, order: undefined })
  t.notMatch(contentOf(provisioned(), 'local', installation), 'a-b_C', 'what boots its disk has no token')
  t.notMatch(contentOf(machine(), 'install', installation), 'a-b_C', 'nor has what knows no provisioner')
  if (skipWithout(t, 'grub-script-check', 'apt-get install -y --no-install-recommends grub-common')) return
  t.equal(spawnSync('grub-script-check', { input: grub }).status, 0)
})

t.test('an entry of an earlier version, which says only until when, is still that order', async t => {
  const { token, until } = installation
  const head = `# xenclosure: ui boots install\n# installation ${token} until ${until}\n# order o1\nDEFAULT install\n`
  const entry = { machine: 'ui', state: 'install', installation: { ...installation, from: longAgo }, order: 'o1' }
  t.strictSame(parseEntry(head), entry)
})

t.test('the name of an order stays in the entry when the machine is installed', async t => {
  for (const loader of ['pxelinux', 'grub-uefi']) {
    const local = contentOf(machine({ loader }), 'local', undefined, 'o1')
    t.strictSame(parseEntry(local), { machine: 'ui', state: 'local', installation: undefined, order: 'o1' })
  }
})
