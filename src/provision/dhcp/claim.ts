// A directory of reservations holds those for one server, and nothing else: what is no longer wanted there is removed. A mark says whose it
// is, from before the first file on; one that holds anything without it is somebody else's.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { namesText } from '../../model/shorten.js'
import { flushOne, replaceFile } from '../../system/replace-file.js'
import type { DhcpServerName } from './server.js'

/** Hidden, so that no server reads it. */
const markName = '.xenclosure-dhcp'

/** Why a directory cannot be taken; undefined where it can. */
export const whyNotOurs = (directory: string, server: DhcpServerName): string | undefined => {
  const names = readdirSync(directory).sort()
  const marked = names.includes(markName) ? readFileSync(join(directory, markName), 'utf8').trim() : undefined
  if (marked !== undefined) return marked === server ? undefined : `${directory} holds the reservations for ${marked}`
  const others = names.filter(name => !name.startsWith('.'))
  return others.length === 0 ? undefined : `${directory} holds what xenclosure has not put there: ${namesText(others)}`
}

/** When it returns, that is on the disk. */
export const markOurs = (directory: string, server: DhcpServerName): void => {
  if (replaceFile(join(directory, markName), `${server}\n`)) flushOne(directory)
}
