// Who records hosts in the lock file writes all of it anew: what somebody else has saved there meanwhile would be gone.
import { isLockStill } from '../compiler/cache/look.js'
import { lockFile } from '../compiler/site/lock-file.js'
import { printUsageError } from './output.js'

/**
 * Whether the lock file of a site is the one that was read, by its digest, which is undefined where there was none; false (and exit
 * code 1) where another one was saved.
 */
export const mayRecord = (site: string, digest: string | undefined, json: boolean): boolean => {
  if (isLockStill(site, digest)) return true
  printUsageError(`${lockFile} was saved while the site was compiled`, 'nothing was changed; do it again', json)
  process.exitCode = 1
  return false
}
