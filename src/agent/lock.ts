// One run at a time per host and state directory. The lock is an abstract Unix socket (unix(7)): the kernel frees it
// when its holder dies, however it dies, and it leaves no file behind. `ss -xl | grep xenclosure` shows who holds it.
import { createServer, type Server } from 'node:net'
import { digestOf } from '../model/seal.js'
import type { System } from '../model/system.js'
import { hasCode } from '../system/has-code.js'
import { ownerOfSocket, type SocketOwner } from '../system/socket-owner.js'

export class LockHeld extends Error {
  override readonly name = 'LockHeld'

  constructor(label: string) {
    super(`another run is at work on ${label}`)
  }
}

/** The lock's name is held by a process that is no agent: any local user can take any name. */
export class LockTaken extends Error {
  override readonly name = 'LockTaken'

  constructor({ pid, uid }: SocketOwner) {
    super(`the lock is held by process ${pid} of user ${uid}, which is no agent of this user: end it`)
  }
}

/**
 * Runs `work` while holding the lock; throws LockHeld at once where another run holds it, LockTaken where another
 * user's process does. The name is told apart by
 * the system's label too, for several simulated hosts of one name may be on one machine.
 */
export const withLock = async <T>(system: System, state: string, work: () => Promise<T>): Promise<T> => {
  const host = (await system.hostname()) ?? ''
  const name = `xenclosure-${digestOf([system.label, host, state].join('\0')).slice(0, 32)}`
  const lock = await listen(name, system.label)
  try {
    return await work()
  } finally {
    await new Promise(closed => lock.close(closed))
  }
}

const listen = (name: string, label: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy())
    server.once('error', error => {
      reject(hasCode(error, 'EADDRINUSE') ? heldBy(ownerOfSocket(name), label) : error)
    })
    server.listen(`\0${name}`, () => resolve(server))
  })

/** Another user's agent would work on files that it may not touch: it is none. Who cannot be seen may be one of ours. */
const heldBy = (owner: SocketOwner | undefined, label: string): Error => {
  const isOurs = owner === undefined || owner.uid === 0 || owner.uid === process.getuid?.()
  return isOurs ? new LockHeld(label) : new LockTaken(owner)
}
