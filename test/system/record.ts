// Records the scenarios on a real Xen host (run there, bundled into one file, as root): record.js DIR writes
// DIR/{lvm,thin,full-group,files,xl,grub,network}.json, and undoes what they made. No other guest may come or go meanwhile. See scenarios.ts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { System } from '../../src/model/system.js'
import { LocalSystem } from '../../src/system/local.js'
import { type Call, perform, recording } from '../../src/system/recorded.js'
import { networkScenario, ownLinks } from './network-scenario.js'
import { fileScenario, grubScenario, lvmScenario, xlScenario } from './scenarios.js'
import { fullGroupScenario, thinScenario } from './thin-scenario.js'

const local = new LocalSystem()

const undo = async (...commands: readonly string[]): Promise<void> => {
  for (const command of commands) await local.exec(command.split(' '), { effect: 'change' })
}

/** `settle` awaits what a call has begun and goes on after it. */
const record = async (
  directory: string,
  name: string,
  calls: readonly Call[],
  settle = async (_call: Call): Promise<void> => undefined,
): Promise<void> => {
  const recorder: { readonly system: System; readonly calls: readonly unknown[] } = recording(local)
  for (const call of calls) {
    await perform(recorder.system, call)
    await settle(call)
  }
  const versions = 'xl 4.17 (Debian 12, 4.17.7), lvm2 2.03.16, util-linux 2.38, grub 2.06, systemd 252'
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify({ versions, calls: recorder.calls }, null, 2)}\n`)
}

/** networkd answers before it has done, or even begun, what it was told. */
const networkSettled = async (call: Call): Promise<void> => {
  if (call.call !== 'exec' || call.effect === 'observe') return
  await sleep(1000)
  const { stdout } = await local.exec(['networkctl', 'list', '--no-legend', ...ownLinks], { effect: 'observe' })
  if (!/\b(pending|initialized|configuring)\s*$/m.test(stdout)) return
  await networkSettled(call)
}

const [directory = '.'] = process.argv.slice(2)
mkdirSync(directory, { recursive: true })
const wipe = ['vgremove --yes sysvg', 'pvremove --yes /dev/ram0 /dev/ram1', 'rmmod brd']
const disks = 'modprobe brd rd_nr=2 rd_size=262144'
const largeDisks = 'modprobe brd rd_nr=2 rd_size=8388608'

await undo('rmmod brd', disks)
await record(directory, 'lvm', lvmScenario)
await undo(...wipe, largeDisks)
await record(directory, 'thin', thinScenario)
await undo(...wipe, largeDisks)
await record(directory, 'full-group', fullGroupScenario)
await record(directory, 'files', fileScenario)
await undo('rm -rf /root/sys-images')
await undo(...wipe, disks, 'vgcreate sysvg /dev/ram0')
await record(directory, 'xl', xlScenario)
await undo('rm -f /etc/xen/sys1.cfg /etc/xen/sys2.cfg /etc/xen/sys3.cfg', ...wipe)
await record(directory, 'grub', grubScenario)
await undo('ip address flush dev eth1', 'systemctl start systemd-networkd')
await record(directory, 'network', networkScenario, networkSettled)
await undo(
  'systemctl stop systemd-networkd',
  'ip link delete eth1.7',
  'ip link delete sysbr0',
  'ip address flush dev eth1',
)
