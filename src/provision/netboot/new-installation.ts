// An installation that is ordered now: its token is of its own, so that of the order before is nothing more.
import { randomBytes } from 'node:crypto'
import { validityFrom } from '../../model/reinstallation.js'
import type { Installation } from './entry.js'

/** `within`: milliseconds in which it is to be begun. */
export const newInstallation = (now: Date, within: number): Installation => ({
  token: randomBytes(24).toString('base64url'),
  ...validityFrom(now.getTime(), within),
})
