// The simulated host's xl: which of its commands are modelled, and that there is none of them without Xen.
import { type Command, fail, notModelled } from './answer.js'
import { own } from './state.js'
import { xlConfigUpdate, xlCreate, xlDestroy } from './xl-change.js'
import { xlInfo, xlList } from './xl-list.js'

const commands: Readonly<Record<string, Command>> = {
  'config-update': xlConfigUpdate,
  create: xlCreate,
  destroy: xlDestroy,
  info: xlInfo,
  list: xlList,
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
