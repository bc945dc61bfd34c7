// When the sources were made: what is built of them has no other time in it.
import { spawnSync } from 'node:child_process'

/** That of SOURCE_DATE_EPOCH, else the date of the last commit; without git, the epoch itself. */
export const sourceDate = (root: string): Date => {
  const { SOURCE_DATE_EPOCH: given } = process.env
  const { status, stdout } = spawnSync('git', ['-C', root, 'log', '-1', '--format=%ct'], { encoding: 'utf8' })
  return new Date(1000 * Number(given ?? (status === 0 ? stdout : 0)))
}
