// The reservations for ISC dhcpd (dhcpd.conf(5)): a file for each machine, and one that includes them all, for the site's own
// dhcpd.conf to include. Pure.
import { printNetmask } from '../../model/ip.js'
import { type Reservation, type Reserved, subnetsOf } from './reservations.js'
import type { ConfigFile } from './server.js'

/** `directory` is where the files will be read from. */
export const iscFiles = (reserved: readonly Reserved[], directory: string): readonly ConfigFile[] => [
  ...reserved.map(({ machine, reservations }) => ({
    path: `hosts/${machine}.conf`,
    content: reservations.map(printHost).join(''),
  })),
  {
    path: 'xenclosure.conf',
    content: [
      '# Made by xenclosure: a change belongs into a profile.',
      ...subnetsOf(reserved).map(printSubnet),
      ...reserved.map(({ machine }) => `include "${directory}/hosts/${machine}.conf";`),
      '',
    ].join('\n'),
  },
]

const printHost = (one: Reservation): string =>
  [
    `host ${one.id} {`,
    `  hardware ethernet ${one.mac};`,
    `  fixed-address ${one.address};`,
    `  option host-name "${one.hostname}";`,
    ...(one.domain === undefined ? [] : [`  option domain-name "${one.domain}";`]),
    ...(one.gateway === undefined ? [] : [`  option routers ${one.gateway};`]),
    ...(one.nameservers.length === 0 ? [] : [`  option domain-name-servers ${one.nameservers.join(', ')};`]),
    ...(one.boot === undefined ? [] : [`  next-server ${one.boot.server};`, `  filename "${one.boot.file}";`]),
    '}',
    '',
  ].join('\n')

/** It serves the machines that it knows, and no others. */
const printSubnet = (subnet: string): string => {
  const [address = '', prefix = '0'] = subnet.split('/')
  return `subnet ${address} netmask ${printNetmask(Number(prefix))} { deny unknown-clients; }`
}
