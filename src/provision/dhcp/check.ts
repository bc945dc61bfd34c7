// A DHCP server's own parser, asked about files before they are put where the server reads them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { installFiles } from '../install-files.js'
import type { Reserved } from './reservations.js'
import type { DhcpServer } from './server.js'

/**
 * What the parser has against the files; undefined where it has nothing. Throws where the server is not installed. Whoever
 * calls has locked the directory: another trial there is of a process that was killed.
 */
export const faultOfFiles = (
  server: DhcpServer,
  reserved: readonly Reserved[],
  directory: string,
): string | undefined => {
  for (const name of readdirSync(directory))
    if (/^\.check-\w{6}$/.test(name)) rmSync(join(directory, name), { recursive: true })
  // Below the directory itself: elsewhere the server may not be allowed to read (AppArmor).
  const trial = mkdtempSync(join(directory, '.check-'))
  try {
    installFiles(trial, [...server.files(reserved, trial), ...(server.trial?.(reserved) ?? [])], [])
    const [command, ...args] = server.check(trial)
    const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` }
    execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', env, timeout: 60_000 })
    return undefined
  } catch (error) {
    const { status, stderr = '', stdout = '' } = error as { status?: number; stderr?: string; stdout?: string }
    if (typeof status !== 'number') throw error
    return toThePoint(stderr || stdout, trial).replaceAll(trial, directory)
  } finally {
    rmSync(trial, { recursive: true })
  }
}

/** Of what a parser says, the lines that name a file; all of them where none does. dhcpd has a banner and advice around them. */
const toThePoint = (said: string, trial: string): string => {
  const lines = said.split('\n').flatMap(line => line.trim() || [])
  const located = lines.filter(line => line.includes(trial))
  return (located.length > 0 ? located : lines).join('; ')
}
