// Who gets what belongs to a machine's installation. It is asked for by the token that was made when it was ordered, and from
// an address of the machine, where the one at which it boots is known. Pure.
import { timingSafeEqual } from 'node:crypto'
import { parseIp } from '../../model/ip.js'
import type { JsonMap } from '../../model/json.js'
import { whyNotAt } from '../../model/reinstallation.js'
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
  /** When it is begun; undefined for the call that it is done, which comes when it comes. */
  readonly begins: Date | undefined
}

export type Refusal = {
  /** For the log. */
  readonly reason: string
  /** There is no installation of this token any more: to a machine that says it is installed, that is an answer, too. */
  readonly isOver: boolean
}

/** Undefined where it is given. */
export const refusalOf = ({ document, entry, token, address, begins }: Asked): Refusal | undefined => {
  const no = (reason: string, isOver = false): Refusal => ({ reason, isOver })
  if (token === undefined) return no('without a token')
  if (entry?.installation === undefined)
    return no('no installation is ordered: the token was used, or is of none', true)
  const { installation } = entry
  if (!isSame(token, installation.token)) return no('the token is not of the installation that is ordered', true)
  const whyNot = begins && whyNotAt(installation, begins)
  if (whyNot !== undefined) return no(`the installation ${whyNot}`)
  const known = addressesOf(document)
  if (known !== undefined && !known.includes(plain(address)))
    return no(`not from an address of the machine: ${known.join(', ')}`)
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
  return sorted(network?.interfaces ?? {}).flatMap(([, { ip, ipv6addr, aliases = {} }]) =>
    [ip, ipv6addr, ...sorted(aliases).map(([, alias]) => alias.ip)].flatMap(declared =>
      declared === undefined ? [] : [plain(declared)],
    ),
  )
}

/** Of an address as a socket has it, or as it is declared, with or without its prefix. */
const plain = (address: string): string => parseIp(address.replace(/\/.*$/, ''))?.toString() ?? address
