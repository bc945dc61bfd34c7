// Who gets what belongs to a machine's installation. It is asked for by the token that was made when it was ordered, and from
// an address of the machine, where the one at which it boots is known. Pure.
import { timingSafeEqual } from 'node:crypto'
import { parseIp } from '../../model/ip.js'
import type { JsonMap } from '../../model/json.js'
import type { System } from '../../model/schemas/system.js'
import { digestOf } from '../../model/seal.js'
import { sorted } from '../../model/sorted.js'
import { reservationsOf } from '../dhcp/reservations.js'
import { type Entry, entryPaths } from '../netboot/entry.js'

export type Asked = {
  readonly document: JsonMap & { readonly name: string }
  /** What the machine boots until now. */
  readonly entry: Entry | undefined
  readonly token: string | undefined
  readonly address: string
  readonly now: Date
}

/** Why it is not given, for the log; undefined where it is. */
export const whyRefused = ({ document, entry, token, address, now }: Asked): string | undefined => {
  if (token === undefined) return 'without a token'
  if (entry?.installation === undefined) return 'no installation is ordered: the token was used, or is of none'
  const { token: expected, until } = entry.installation
  if (!isSame(token, expected)) return 'the token is not of the installation that is ordered'
  // What is no time is NaN, and over.
  if (!(now.getTime() < Date.parse(until))) return `the token was good until ${until}`
  const known = addressesOf(document)
  if (known !== undefined && !known.includes(plain(address)))
    return `not from an address of the machine: ${known.join(', ')}`
  return undefined
}

/** In the same time, wherever they differ. */
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(digestOf(one)), Buffer.from(digestOf(other)))

/**
 * All that the machine declares: once its network is set up, it may come by another card than it booted from. Undefined where
 * the address of a card that it may boot from is not reserved.
 */
const addressesOf = (document: Asked['document']): readonly string[] | undefined => {
  const reserved = reservationsOf([document]).flatMap(({ reservations }) => reservations)
  if (reserved.filter(({ boot }) => boot !== undefined).length < entryPaths(document).length) return undefined
  const { network } = (document.system ?? {}) as System
  return sorted(network?.interfaces ?? {}).flatMap(([, { ip }]) => (ip === undefined ? [] : [plain(ip)]))
}

const plain = (address: string): string => parseIp(address)?.toString() ?? address
