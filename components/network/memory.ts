// What is remembered of a change that was tried: its digest, by trunk. It is removed when the change is confirmed; where
// it is there and the change is not, the change was taken back. Pure.
import type { Op } from '../../src/model/action.js'

export const triedDirectory = (memory: string): string => `${memory}/tried`

const triedPath = (memory: string, trunk: string): string => `${triedDirectory(memory)}/${trunk}`

export const rememberTry = (memory: string, trunk: string, digest: string): Op => ({
  op: 'write',
  path: triedPath(memory, trunk),
  content: `${digest}\n`,
  mode: 0o600,
})

export const forgetTry = (memory: string, trunk: string): Op => ({ op: 'remove', path: triedPath(memory, trunk) })
