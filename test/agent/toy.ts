// A host of files in memory, a component that keeps files, and short actions: the core needs no more to be tested.
import type { Action } from '../../src/model/action.js'
import type { Component } from '../../src/model/component.js'
import type { Json } from '../../src/model/json.js'
import { CommandFailed, type System } from '../../src/model/system.js'

export const action = (part: Partial<Action> & Pick<Action, 'id'>): Action => ({
  component: 'toy',
  resource: part.id,
  kind: '+',
  summary: `make ${part.id}`,
  reasons: [],
  risk: 'safe',
  provides: [],
  requires: [],
  ops: [],
  ...part,
})

/** Knows three commands: `true`, `false`, and `touch PATH`. */
export const memoryHost = (files: Map<string, string>, hostname: string | null = null): System => ({
  label: `memory of process ${process.pid}`,
  hostname: async () => hostname,
  exec: async ([command = '', path = '']) => {
    if (command === 'true') return { code: 0, stdout: '', stderr: '' }
    if (command === 'false') return { code: 1, stdout: '', stderr: 'it is false\n' }
    if (command !== 'touch') throw new CommandFailed([command], { reason: 'no such command' })
    files.set(path, '')
    return { code: 0, stdout: '', stderr: '' }
  },
  read: async path => files.get(path) ?? null,
  list: async () => null,
  stat: async path => {
    const content = files.get(path)
    return content === undefined ? null : { type: 'file', size: content.length, mode: 0o644 }
  },
  write: async (path, content) => {
    files.set(path, content)
  },
  mkdir: async () => undefined,
  link: async (path, target) => {
    files.set(path, target)
  },
  remove: async path => {
    files.delete(path)
  },
  fill: async ({ target, sha256 }) => {
    files.set(target, sha256)
  },
  openExclusive: async () => true,
  connects: async () => false,
})

/** What each file is to hold, and what is said of its action. */
export type ToyDesired = { readonly [path: string]: { readonly content: string; readonly action?: Partial<Action> } }

export const toy: Component<ToyDesired, { readonly [path: string]: Json }> = {
  name: 'toy',
  observe: async (system, desired) => {
    const actual: Record<string, Json> = {}
    for (const path of Object.keys(desired)) actual[path] = await system.read(path)
    return actual
  },
  plan: (desired, actual) =>
    Object.entries(desired)
      .filter(([path, { content }]) => actual[path] !== content)
      .map(([path, { content, action: more = {} }]) =>
        action({
          id: `toy${path}`,
          provides: [`file:${path}`],
          ops: [{ op: 'write', path, content, mode: 0o644 }],
          ...more,
        }),
      ),
}
