// An installation that is ordered now: its token is of its own, so that of the order before is nothing more.
import { randomBytes } from 'node:crypto'
import type { Installation } from './entry.js'

/** Milliseconds: a day. */
const validity = 24 * 60 * 60 * 1000

export const newInstallation = (now: Date): Installation => ({
  token: randomBytes(24).toString('base64url'),
  until: new Date(now.getTime() + validity).toISOString(),
})
