// Who listens on an abstract Unix socket of this machine. Any user can take any name, so a name that is taken says
// little about who took it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hasCode } from './has-code.js'

export type SocketOwner = { readonly pid: number; readonly uid: number }

/** The process that holds a socket of this name (without the leading NUL), or undefined where it cannot be seen. */
export const ownerOfSocket = (name: string): SocketOwner | undefined => {
  const line = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .find(socket => socket.replace(/@+$/, '').endsWith(` @${name}`))
  // proc(5), /proc/net/unix: the seventh field is the inode. Node fills a name up with NULs, which are shown as @.
  const inode = line?.trim().split(/\s+/)[6]
  if (inode === undefined) return undefined
  const pids = readdirSync('/proc').filter(entry => /^\d+$/.test(entry))
  const pid = pids.find(entry => holdsSocket(entry, inode))
  return pid === undefined ? undefined : { pid: Number(pid), uid: userOf(pid) }
}

/** The effective user (proc(5), /proc/pid/status); the owner of the directory is root where a process has changed user. */
const userOf = (pid: string): number =>
  Number(/^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])

/** A process may end, or be another user's, while it is looked at. */
const holdsSocket = (pid: string, inode: string): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(fd => readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'ESRCH')) return false
    throw error
  }
}
