// Reads the JSON of ip(8), `ip -json -details address show` and `ip -json route show`. Pure.
import { isList, isMap, type Json, type JsonMap, parseJson } from '../../src/model/json.js'
import type { ActualLink, ActualRoute } from './actual.js'

/** By name. */
export const parseLinks = (text: string): ReadonlyMap<string, ActualLink> => {
  const entries = entriesOf(text).filter(entry => typeof entry.ifname === 'string')
  return new Map(entries.map(entry => [String(entry.ifname), linkOf(entry)]))
}

/** The routes that lead through a gateway. */
export const parseRoutes = (text: string): readonly ActualRoute[] =>
  entriesOf(text).flatMap(({ dst, gateway, dev }) =>
    typeof dst === 'string' && typeof gateway === 'string' && typeof dev === 'string'
      ? [{ to: dst, via: gateway, link: dev }]
      : [],
  )

/** A link that vanished in between is printed as an empty object. */
const entriesOf = (text: string): readonly JsonMap[] => {
  const json = text.trim() === '' ? [] : parseJson(text)
  return isList(json) ? json.filter(isMap) : []
}

const linkOf = (entry: JsonMap): ActualLink => {
  const { info_kind: kind, info_data } = mapOf(entry.linkinfo)
  const data = mapOf(info_data)
  const { link, id } = { link: entry.link, id: data.id }
  return {
    kind: typeof kind === 'string' ? kind : 'device',
    mac: typeof entry.address === 'string' ? entry.address : '',
    mtu: Number(entry.mtu),
    bridge: typeof entry.master === 'string' ? entry.master : null,
    vlan: kind === 'vlan' && typeof link === 'string' ? { device: link, id: Number(id) } : null,
    stp: kind === 'bridge' ? data.stp_state !== 0 : null,
    forwardDelay: kind === 'bridge' ? Number(data.forward_delay) / hundredths : null,
    addresses: (isList(entry.addr_info) ? entry.addr_info.filter(isMap) : [])
      .filter(({ scope }) => scope === 'global')
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  }
}

/** The kernel's times of a bridge are in hundredths of a second. */
const hundredths = 100

const mapOf = (value: Json | undefined): JsonMap => (isMap(value) ? value : {})
