// The simulated host's xl: which of its commands are modelled, and that there is none of them without Xen.
import { type Command, fail, notModelled } from './answer.js'
import { own } from './state.js'
import { xlConfigUpdate, xlCreate, xlDestroy } from './xl/change.js'
import { xlInfo, xlList } from './xl/list.js'
import { xlBlockAttach, xlMemSet, xlNetworkAttach, xlSchedCredit2, xlVcpuSet } from './xl/live.js'
import { xlPause, xlShutdown, xlUnpause, xlUptime } from './xl/power.js'

const commands: Readonly<Record<string, Command>> = {
  'block-attach': xlBlockAttach,
  'config-update': xlConfigUpdate,
  create: xlCreate,
  destroy: xlDestroy,
  info: xlInfo,
  list: xlList,
  'mem-set': xlMemSet,
  'network-attach': xlNetworkAttach,
  pause: xlPause,
  'sched-credit2': xlSchedCredit2,
  shutdown: xlShutdown,
  unpause: xlUnpause,
  uptime: xlUptime,
  'vcpu-set': xlVcpuSet,
}

export const xl: Command = (state, argv) => {
  const command = own(commands, argv[1] ?? '')
  if (command === undefined) throw notModelled(argv)
  if (state.boot.xen === null) {
    const handle = 'xencall: error: Could not obtain handle on privileged command interface: No such file or directory'
    return fail(state, 1, handle, 'cannot init xl context')
  }
  return command(state, argv)
}
