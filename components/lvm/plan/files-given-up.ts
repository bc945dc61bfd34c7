// The image files that are given up (`ensure: absent`): removed, with consent. Part of plan.ts; pure. The table "Files
// given up" of README.md has the same rows in the same order.
import type { Action } from '../../../src/model/action.js'
import { printSize } from '../../../src/model/quantity.js'
import type { Actual, FileState } from '../actual.js'
import { fileKey } from '../keys.js'

type Situation = 'gone' | 'no regular file' | 'open' | 'there'

export const planFilesGivenUp = (paths: readonly string[], actual: Actual['files']): readonly Action[] =>
  paths.flatMap(path => {
    const found = actual[path] ?? { state: 'missing' }
    return actionOf(situationOf(found), path, found)
  })

const situationOf = (found: FileState): Situation => {
  if (found.state === 'missing') return 'gone'
  if (found.state === 'other') return 'no regular file'
  return (found.users ?? []).length > 0 ? 'open' : 'there'
}

const actionOf = (situation: Situation, path: string, found: FileState): readonly Action[] => {
  const action = removal(path, found.state === 'file' ? found.size : 0)
  switch (situation) {
    case 'gone':
      return []
    case 'no regular file':
      return [{ ...action, rejected: 'it is no regular file' }]
    case 'open': {
      const { consent: _consent, ...waiting } = action
      const users = found.state === 'file' ? (found.users ?? []) : []
      const reasons = [...action.reasons, `it is open: ${users.join(', ')}`]
      return [{ ...waiting, risk: 'safe', reasons, waitsFor: `close:${path}` }]
    }
    case 'there':
      return [{ ...action, ops: [{ op: 'remove', path }] }]
  }
}

/** It provides what it takes away as well: a guest that is given it all the same is not started meanwhile. */
const removal = (path: string, size: number): Action => ({
  id: `lvm/file:${path}/remove`,
  component: 'lvm',
  resource: path,
  kind: '-',
  summary: `remove file ${path} of ${printSize(size)}`,
  reasons: ['ensure: absent'],
  risk: 'destructive',
  consent: `destroy:lvm/file:${path}`,
  requires: [],
  provides: [fileKey(path)],
  ops: [],
})
