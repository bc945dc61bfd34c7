// A site that scenarios change: a copy of the example site with a second host like labhost, which gets guests of its, or
// with one more guest.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtCommand } from '../fixtures/built-command.js'
import { type Captured, capture } from './command.js'
import { addressOf } from './document.js'
import { guests } from './guests.js'
import { scratchDirectory } from './scenario.js'

const root = join(import.meta.dirname, '../..')
const minute = 60_000

/** Copies the example site and returns where the copy is. */
export const copySite = (): string => {
  const site = scratchDirectory('site-')
  for (const part of ['profiles', 'templates', 'xenclosure.yaml', 'xenclosure.lock.yaml'])
    cpSync(join(root, part), join(site, part), { recursive: true })
  return site
}

/** Adds a host that has no guests yet, labhost2, 192.168.77.2. */
export const addSecondHost = (site: string): void => {
  const profile = readFileSync(profileOf(site, 'labhost'), 'utf8')
  const other = profile
    .replace('hostname: labhost', 'hostname: labhost2')
    .replace('52:54:00:00:00:01', '52:54:00:00:00:03')
    .replace('10.0.2.15', '10.0.2.16')
    .replace('192.168.77.1,', '192.168.77.2,')
  writeFileSync(profileOf(site, 'labhost2'), other)
  enclose(site, 'labhost2', [])
}

/** Gives labhost one more guest, PVH, with a number in its address and MAC and these words on its command line. */
export const addGuest = (site: string, name: string, number: number, words = ''): void => {
  const address = addressOf(number)
  const profile = {
    include: [
      'grid-ireland/defaults',
      { template: 'grid-ireland/lab-guest', with: { MAC: `00:16:3e:4d:00:${number}`, IP: address } },
    ],
    hardware: { type: 'pvh' },
    system: { network: { hostname: name }, boot: { cmdline: `console=hvc0 ip=${address}/24 ${words}`.trim() } },
  }
  writeFileSync(join(site, 'profiles/guests', `${name}.yaml`), JSON.stringify(profile))
  enclose(site, 'labhost', [...guests.map(guest => guest.name), name])
}

/** Says in a host's profile which guests it has. */
export const enclose = (site: string, host: string, guests: readonly string[]): void => {
  const profile = readFileSync(profileOf(site, host), 'utf8')
  writeFileSync(profileOf(site, host), profile.replace(/children: \[.*\]/, `children: [${guests.join(', ')}]`))
}

/**
 * Compiles the site, and returns where the documents are. They are for use without their seals: the copy has no history, so
 * it seals a first edition, and the example site's, which the hosts have, is newer.
 */
export const compile = async (site: string): Promise<string> => {
  const out = join(site, 'documents')
  const { code, stderr } = await xenclosure(site, 'compile', '--out', out)
  if (code !== 0) throw new Error(`compile: exit ${code}: ${stderr}`)
  return out
}

/** Runs a command of the site's administrator. */
export const xenclosure = (site: string, ...words: readonly string[]): Promise<Captured> =>
  capture([process.execPath, builtCommand, ...words, '--site', site], { timeout: minute })

const profileOf = (site: string, host: string): string => join(site, 'profiles/hosts', `${host}.yaml`)
