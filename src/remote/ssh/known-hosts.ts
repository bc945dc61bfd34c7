// Whether a host's key is the one that this side knows: known_hosts as sshd(8) describes it. Pure.
import { createHash, createHmac } from 'node:crypto'
import { matchesPatterns } from './glob.js'

export type KnownHost = {
  readonly file: string
  readonly line: number
  readonly marker?: '@revoked' | '@cert-authority'
  readonly names: string
  /** `ssh-ed25519` */
  readonly type: string
  /** base64 */
  readonly key: string
}

export type Verdict =
  | { readonly is: 'known' }
  | { readonly is: 'unknown' | 'revoked' | 'changed' | 'authority'; readonly entry?: KnownHost }

/** The entries of a file; what is no entry is left out, as ssh does. */
export const parseKnownHosts = (file: string, text: string): readonly KnownHost[] =>
  text.split('\n').flatMap((written, index) => {
    const words = written.trim().split(/\s+/)
    if (words[0]?.startsWith('#')) return []
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined
    const [names, type, key] = words
    if (names === undefined || type === undefined || key === undefined) return []
    const entry = { file, line: index + 1, names, type, key }
    if (marker === undefined) return [entry]
    return marker === '@revoked' || marker === '@cert-authority' ? [{ ...entry, marker }] : []
  })

/** The keys of a file of RevokedHostKeys, one a line, which no host may have. */
export const parseRevokedKeys = (file: string, text: string): readonly KnownHost[] =>
  parseKnownHosts(file, text.replace(/^[ \t]*(?=[^\s#])/gm, '@revoked * '))

/** What a host is looked up by: its name, with the port where that is not ssh's own. */
export const lookupName = (name: string, port: number): string =>
  port === 22 ? name.toLowerCase() : `[${name.toLowerCase()}]:${port}`

/** The entries for a name. */
export const entriesFor = (entries: readonly KnownHost[], name: string): readonly KnownHost[] =>
  entries.filter(({ names }) => isNamed(names, name))

/** What entries say of the key that a host shows. */
export const judgeKey = (entries: readonly KnownHost[], key: Buffer): Verdict => {
  const encoded = key.toString('base64')
  const revoked = entries.find(entry => entry.marker === '@revoked' && entry.key === encoded)
  if (revoked !== undefined) return { is: 'revoked', entry: revoked }
  const plain = entries.filter(entry => entry.marker === undefined)
  if (plain.some(entry => entry.key === encoded)) return { is: 'known' }
  const other = plain.find(entry => entry.type === keyType(key))
  if (other !== undefined) return { is: 'changed', entry: other }
  const authority = entries.find(entry => entry.marker === '@cert-authority')
  return authority === undefined ? { is: 'unknown' } : { is: 'authority', entry: authority }
}

/** The entries for a host: by its name with the port, and by the name alone where that counts too. */
export type HostEntries = { readonly named: readonly KnownHost[]; readonly bare: readonly KnownHost[] }

/**
 * As OpenSSH's sshconnect.c: the name alone counts where no key is known by the name with the port. Another key of that name
 * says nothing, for it is that of another port. What is revoked by either is not believed, which is stricter than ssh.
 */
export const judgeHost = ({ named, bare }: HostEntries, key: Buffer): Verdict => {
  const verdict = judgeKey([...named, ...bare.filter(({ marker }) => marker === '@revoked')], key)
  if (verdict.is === 'revoked' || named.some(({ marker }) => marker === undefined)) return verdict
  const byName = judgeKey(bare, key)
  return byName.is === 'known' || byName.is === 'authority' ? byName : verdict
}

/** As `ssh-keygen -l` prints it. */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** A key begins with the length and the name of its type (RFC 4253, 6.6). */
export const keyType = (key: Buffer): string => key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')

const isNamed = (names: string, name: string): boolean => {
  if (names.startsWith('|')) return isHashOf(names, name)
  return matchesPatterns(names.split(','), name, 'i')
}

/** `|1|SALT|HASH`, both base64: the HMAC-SHA1 of the name, so that a stolen file names no hosts. */
const isHashOf = (hashed: string, name: string): boolean => {
  const [, version, salt = '', hash] = hashed.split('|')
  return version === '1' && createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}
