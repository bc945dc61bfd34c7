// Who a child process is: a pid alone may have been given to another process since, pid and start time together not.
import { readFileSync } from 'node:fs'
import { hasCode } from './has-code.js'

export type Child = {
  readonly pid: number
  /** Clock ticks since boot, field 22 of /proc/PID/stat (proc(5)). */
  readonly startTime: string
}

/** The process that has this pid now, or undefined where there is none. */
export const childOf = (pid: number): Child | undefined => {
  const fields = statFields(pid)
  return fields === undefined ? undefined : { pid, startTime: fields.startTime }
}

/** Whether that very process still runs; one that has ended and is not yet reaped does not. */
export const isAlive = (child: Child): boolean => {
  const fields = statFields(child.pid)
  return fields !== undefined && fields.startTime === child.startTime && fields.state !== 'Z'
}

/** The second field, the command's name in parentheses, may hold spaces and parentheses itself. */
const statFields = (pid: number): { state: string; startTime: string } | undefined => {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined
    throw error
  }
}
