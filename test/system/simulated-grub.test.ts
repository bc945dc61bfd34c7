// The simulated host's GRUB: its environment beside the real grub-editenv, and what a boot does with it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { blankHost } from '../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { skipWithout } from '../oracles/require-tool.js'

const blank = (): SimulatedSystem => new SimulatedSystem(blankHost({ hostname: null, memory: 2048, devices: [] }))

const change = async (system: SimulatedSystem, ...argv: string[]): Promise<string> =>
  (await system.exec(argv, { effect: 'change' })).stdout

const block = '/boot/grub/grubenv'

t.test('the environment block is what grub-editenv makes of it', async t => {
  if (skipWithout(t, 'grub-editenv', 'apt-get install -y --no-install-recommends grub-common')) return
  const system = blank()
  const real = join(t.testdir(), 'grubenv')
  for (const words of [
    ['set', 'saved_entry=a>b=c', 'next_entry=x'],
    ['set', 'saved_entry=d'],
    ['list'],
    ['unset', 'saved_entry'],
    ['unset', 'nosuch'],
    ['list'],
  ]) {
    const said = execFileSync('grub-editenv', [real, ...words]).toString()
    t.equal(await change(system, 'grub-editenv', block, ...words), said, words.join(' '))
    t.equal(await system.read(block), readFileSync(real, 'utf8'), words.join(' '))
  }
})

const withTitle = async (title: string): Promise<SimulatedSystem> => {
  const system = blank()
  await system.write('/etc/default/grub.d/zz.cfg', `GRUB_DEFAULT='${title}'\n`, 0o644)
  await change(system, 'update-grub')
  return system
}

t.test('next_entry is booted once, where GRUB can write', async t => {
  const system = await withTitle('Debian GNU/Linux, with Xen hypervisor')
  await change(system, 'grub-editenv', block, 'set', 'next_entry=0')
  system.reboot()
  t.equal(system.state.boot.xen, null)
  system.reboot()
  t.type(system.state.boot.xen, 'string')
  system.layBoot({ abstraction: 'lvm' })
  await change(system, 'grub-editenv', block, 'set', 'next_entry=0')
  for (const _time of [1, 2]) {
    system.reboot()
    t.equal(system.state.boot.xen, null, 'again and again')
  }
})

t.test('a saved entry is the default where the settings say so', async t => {
  const system = await withTitle('saved')
  await change(system, 'grub-editenv', block, 'set', 'saved_entry=Debian GNU/Linux, with Xen hypervisor')
  system.reboot()
  t.type(system.state.boot.xen, 'string')
})

t.test(
  'a kernel that does not come up restarts the machine where it is told to, and otherwise stands still',
  async t => {
    const system = await withTitle('0')
    system.cannotBoot('quiet')
    t.throws(() => system.reboot(), /does not come up with quiet/)
    await system.write('/etc/default/grub.d/zz.cfg', 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX="panic=5"\n', 0o644)
    await change(system, 'update-grub')
    t.throws(() => system.reboot(), /restarts over and over/)
    await system.remove('/boot/vmlinuz-6.1.0-56-amd64')
    t.throws(() => system.reboot(), /no entry to boot/)
  },
)

t.test('grub-probe tells where the boot menu lies', async t => {
  const system = blank()
  const probe = (target: string): Promise<string> => change(system, 'grub-probe', `--target=${target}`, '/boot/grub')
  t.same([await probe('abstraction'), await probe('fs')], ['', 'ext2\n'])
  system.layBoot({ abstraction: 'lvm', filesystem: 'xfs' })
  t.same([await probe('abstraction'), await probe('fs')], ['lvm\n', 'xfs\n'])
})
