// Which commands the simulated host has. A command that is not here is not modelled, and says so.
import { type Command, notModelled, succeed } from './answer.js'
import { cmp, lsblk, wipefs } from './block.js'
import { removeFile } from './files.js'
import { find } from './find.js'
import { editEnvironment, grubProbe } from './grub/environment.js'
import { grubScriptCheck, updateGrub } from './grub.js'
import { ip, ping } from './ip.js'
import { losetup } from './losetup.js'
import { lvchange } from './lvm/change.js'
import { lvcreate } from './lvm/create.js'
import { lvextend } from './lvm/extend.js'
import { vgcreate, vgextend } from './lvm/groups.js'
import { lvremove, lvrename } from './lvm/remove.js'
import { lvm } from './lvm/report.js'
import { networkctl } from './networkd.js'
import { clockOf, own, type SimulatedState } from './state.js'
import { elapseTimers, runLater, systemctl } from './timers.js'
import { truncate } from './truncate.js'
import { xl } from './xl.js'

/** Time passes for the host, not for the one who asked. */
const sleep: Command = (state, argv) => {
  const seconds = Number(argv[1])
  if (!Number.isInteger(seconds) || argv.length > 2) throw notModelled(argv)
  return succeed(elapse(state, seconds))
}

/** `rm -f FILE...` */
const rm: Command = (state, argv) => {
  const [, force, ...files] = argv
  if (force !== '-f') throw notModelled(argv)
  return succeed(files.reduce(removeFile, state))
}

/** The files that guests boot from are not modelled: they are taken to be there. */
const ls: Command = (state, argv) => succeed(state, ...argv.slice(1))

const commands: Readonly<Record<string, Command>> = {
  cmp,
  find,
  'grub-editenv': editEnvironment,
  'grub-probe': grubProbe,
  'grub-script-check': grubScriptCheck,
  losetup,
  ip,
  'grub2-editenv': editEnvironment,
  'grub2-mkconfig': updateGrub,
  'grub2-probe': grubProbe,
  'grub2-script-check': grubScriptCheck,
  ls,
  lsblk,
  lvchange,
  lvcreate,
  lvextend,
  lvremove,
  lvrename,
  lvm,
  networkctl,
  ping,
  rm,
  sleep,
  systemctl: (state, argv) => systemctl(run)(state, argv),
  'systemd-run': (state, argv) => (argv[1] === '--scope' ? run(state, withoutScope(argv)) : runLater(state, argv)),
  truncate,
  'update-grub': updateGrub,
  vgcreate,
  vgextend,
  wipefs,
  xl,
}

export const run: Command = (state, argv) => {
  const command = own(commands, argv[0] ?? '')
  if (command === undefined) throw notModelled(argv)
  return command(state, argv)
}

/** Lets time pass. */
export const elapse = (state: SimulatedState, seconds: number): SimulatedState =>
  elapseTimers({ ...state, clock: clockOf(state) + seconds }, run)

/** systemd-run(1) with --scope runs the command itself and ends as it ends. */
const withoutScope = (argv: readonly string[]): readonly string[] => {
  const scope = ['systemd-run', '--scope', '--quiet', '--collect']
  if (scope.some((word, index) => argv[index] !== word)) throw notModelled(argv)
  return argv.slice(scope.length)
}
