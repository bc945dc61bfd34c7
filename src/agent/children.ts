// The commands that a run has started and not seen end, kept in a file: an agent that is killed leaves them at work,
// and the next run begins when they have ended. Only this machine's own commands have a process to wait for.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isList, isMap, type Json, parseJson } from '../model/json.js'
import type { System } from '../model/system.js'
import { type Child, isAlive } from '../system/child.js'
import type { ChildRecorder } from '../system/command.js'
import type { Listener } from './events.js'

/** Where a state directory keeps them. */
export const childrenFile = (state: string): string => posix.join(state, 'children.json')

/** Writes the running commands to a file of this machine, at every start and end of one. */
export const recordChildren = (file: string): ChildRecorder => {
  const running = new Set<Child>()
  const save = (): void => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.new`, `${JSON.stringify([...running])}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  return {
    started: child => {
      running.add(child)
      save()
    },
    ended: child => {
      running.delete(child)
      save()
    },
  }
}

/** Commands of a killed run that did not end in time. */
export class ChildrenAtWork extends Error {
  override readonly name = 'ChildrenAtWork'

  constructor(pids: readonly number[], limit: number) {
    super(`commands of a killed run are still at work after ${limit / 1000} s: process ${pids.join(', ')}`)
  }
}

export type Patience = {
  readonly events: Listener
  readonly signal?: AbortSignal
  /** Milliseconds; default: five minutes. */
  readonly limit?: number
}

/** Returns when no recorded command is alive; throws ChildrenAtWork after the limit. */
export const awaitChildren = async (system: System, state: string, patience: Patience): Promise<void> => {
  const { events, signal, limit = 300_000 } = patience
  let alive = aliveIn(await system.read(childrenFile(state)))
  if (alive.length === 0) return
  events({ event: 'waiting', pids: alive.map(child => child.pid) })
  const deadline = performance.now() + limit
  while (alive.length > 0) {
    if (performance.now() > deadline) {
      throw new ChildrenAtWork(
        alive.map(child => child.pid),
        limit,
      )
    }
    signal?.throwIfAborted()
    await delay(100)
    alive = alive.filter(isAlive)
  }
}

const aliveIn = (record: string | null): readonly Child[] => {
  const children = record === null ? undefined : parseJson(record)
  return isList(children) ? children.filter(isChild).filter(isAlive) : []
}

const isChild = (value: Json): value is Child =>
  isMap(value) && typeof value.pid === 'number' && typeof value.startTime === 'string'
