// Who gets what belongs to a machine's installation. It is asked for by the token that was made when it was ordered, and from
// the address at which the machine boots, where that is known. Pure.
import { timingSafeEqual } from 'node:crypto'
import { parseIp } from '../../model/ip.js'
import type { JsonMap } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
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
  const known = bootAddresses(document)
  if (known !== undefined && !known.includes(plain(address)))
    return `not from an address of the machine: ${known.join(', ')}`
  return undefined
}

/** In the same time, wherever they differ. */
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(digestOf(one)), Buffer.from(digestOf(other)))

/** The addresses that its cards have when it boots from them; undefined where that of one is not known. */
const bootAddresses = (document: Asked['document']): readonly string[] | undefined => {
  const reserved = reservationsOf([document]).flatMap(({ reservations }) => reservations)
  const addresses = reserved.flatMap(({ boot, address }) => (boot === undefined ? [] : [address]))
  return addresses.length < entryPaths(document).length ? undefined : addresses
}

const plain = (address: string): string => parseIp(address)?.toString() ?? address
