// ncm-xen's vifs: strings as xl takes them, `mac=00:16:3e:00:00:00,bridge=xenbr0`.
import type { Json, JsonMap } from '../json.js'

export type PanVif = { readonly ok: true; readonly vif: JsonMap } | { readonly ok: false; readonly fault: string }

/** What our vifs know, and xl takes as text (xl-network-configuration(5)). */
const known = ['mac', 'bridge', 'gatewaydev', 'type', 'model', 'vifname', 'script', 'ip', 'backend', 'rate']

export const readVif = (written: Json, nic: string): PanVif => {
  const parts = typeof written === 'string' ? written.split(',').map(part => part.trim()) : []
  const pairs = parts.filter(part => part !== '').map(splitAtSign)
  const strange = pairs.find(([key]) => !known.includes(key))
  if (strange !== undefined) return { ok: false, fault: `${strange[0]} of vif ${nic} cannot be rendered` }
  const vif = Object.fromEntries(pairs)
  return vif.mac === undefined ? { ok: false, fault: `vif ${nic} has no mac` } : { ok: true, vif }
}

const splitAtSign = (part: string): readonly [string, string] => {
  const [key = '', ...value] = part.split('=')
  return [key, value.join('=')]
}
