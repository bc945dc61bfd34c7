// Files that root alone may read, for a config may hold a password; what somebody else wrote is kept. Pure.
import type { Op } from '../../src/model/action.js'
import { isOurs } from './config/print.js'

const mode = 0o600
const secret = /^\s*(vncpasswd|spicepasswd)\s*=/m

/** Hidden in reports where it holds a password. */
export const writeConfig = (path: string, content: string): Op => ({
  op: 'write',
  path,
  content,
  mode,
  ...(secret.test(content) ? { sensitive: true } : {}),
})

/** Keeps what stands in the place of ours as PATH.orig. */
export const keepOther = (path: string, content: string | null): readonly Op[] =>
  content === null || isOurs(content) ? [] : [writeConfig(`${path}.orig`, content)]
