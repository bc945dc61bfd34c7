// The strings of `disk` (xl-disk-configuration(5)) and `vif` (xl-network-configuration(5)).
import type { Vif } from '../desired.js'
import type { DomainDisk } from '../domain.js'

/** target comes last: it takes the rest of the string, commas included. */
export const printDisk = ({ format, vdev, access, target }: DomainDisk): string =>
  `format=${format},vdev=${vdev},access=${access},target=${target}`

const vifKeys = ['bridge', 'gatewaydev', 'type', 'model', 'vifname', 'script', 'ip', 'backend', 'rate', 'mtu'] as const

/** `trusted` is a word of its own: `trusted=1` is ignored with a warning. */
export const printVif = (vif: Vif): string => {
  const pairs = vifKeys.filter(key => vif[key] !== undefined).map(key => `${key}=${vif[key]}`)
  const trust = vif.trusted === undefined ? [] : [vif.trusted ? 'trusted' : 'untrusted']
  return [`mac=${vif.mac.toLowerCase()}`, ...pairs, ...trust].join(',')
}
