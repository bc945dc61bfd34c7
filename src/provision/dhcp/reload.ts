// That the server has yet to read its files is kept beside them, from before the first of them changes until systemd has done it: a
// reload that failed, or that a run did not live to, is made up by the next. The name is hidden: of a directory that is all
// configuration (dnsmasq's conf-dir) no server reads it.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../system/has-code.js'
import { flushOne, replaceFile } from '../../system/replace-file.js'
import type { Reload } from './server.js'

const noteIn = (directory: string): string => join(directory, '.reload-due')

/** When it returns, that is on the disk. */
export const noteReload = (directory: string): void => {
  replaceFile(noteIn(directory), '')
  flushOne(directory)
}

/** Milliseconds: a unit that neither starts nor fails is given up by systemd itself after 90 s (DefaultTimeoutStartSec). */
const usualLimit = 120_000

/** Where it is due; why it was not done, undefined where nothing is due any more. */
export const reloadIfDue = (
  directory: string,
  reload: Reload,
  unit: string,
  limit = usualLimit,
): string | undefined => {
  if (!existsSync(noteIn(directory))) return undefined
  const args = [reload, unit]
  const { status, signal, error, stderr } = spawnSync('systemctl', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: limit,
  })
  if (status === 0) {
    rmSync(noteIn(directory))
    return undefined
  }
  const why = hasCode(error, 'ETIMEDOUT')
    ? `it has not ended within ${limit / 1000} s`
    : (error?.message ?? (stderr.trim().replaceAll('\n', '; ') || `it ended by ${signal ?? `exit code ${status}`}`))
  return `systemctl ${args.join(' ')}: ${why}`
}
