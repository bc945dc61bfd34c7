// The reservations for Kea's DHCPv4 server: a file for each machine, subnets that include them, and the whole configuration of
// a server that has no other. Kea's JSON takes `<?include "FILE"?>` wherever the text of the file may stand. Pure.
import { type Json, sortKeys } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import { type Reservation, type Reserved, subnetsOf } from './reservations.js'
import type { ConfigFile } from './server.js'

/** `directory` is where the files will be read from. A machine with cards in two subnets has a file for each. */
export const keaFiles = (reserved: readonly Reserved[], directory: string): readonly ConfigFile[] => {
  const subnets = subnetsOf(reserved).map(subnet => {
    const hosts = reserved.flatMap(({ machine, reservations }) => {
      const own = reservations.filter(one => one.subnet === subnet)
      return own.length === 0 ? [] : [{ path: `hosts/${machine}-${subnet.replace('/', '_')}.json`, own }]
    })
    return { subnet, id: idOf(subnet), hosts }
  })
  return [
    ...subnets.flatMap(({ hosts }) =>
      hosts.map(({ path, own }) => ({ path, content: `${own.map(one => print(host(one))).join(',\n')}\n` })),
    ),
    {
      path: 'subnets.json',
      content: `[\n${subnets
        .map(({ subnet, id, hosts }) => {
          const included = hosts.map(({ path }) => `    <?include "${directory}/${path}"?>`).join(',\n')
          return `  { "id": ${id}, "subnet": "${subnet}", "reservations": [\n${included}\n  ] }`
        })
        .join(',\n')}\n]\n`,
    },
    { path: 'kea-dhcp4.conf', content: printServer(directory) },
  ]
}

/** Leases refer to it: it stays the same whatever other subnets there are. A positive number of 28 bits. */
const idOf = (subnet: string): number => 1 + Number.parseInt(digestOf(subnet).slice(0, 7), 16)

const host = ({ mac, address, hostname, domain, gateway, nameservers, boot }: Reservation): Json => ({
  'hw-address': mac,
  'ip-address': address,
  hostname,
  'option-data': [
    { name: 'host-name', data: hostname },
    ...(domain === undefined ? [] : [{ name: 'domain-name', data: domain }]),
    ...(gateway === undefined ? [] : [{ name: 'routers', data: gateway }]),
    ...(nameservers.length === 0 ? [] : [{ name: 'domain-name-servers', data: nameservers.join(', ') }]),
  ],
  ...(boot === undefined ? {} : { 'next-server': boot.server, 'boot-file-name': boot.file }),
})

const print = (value: Json): string => JSON.stringify(sortKeys(value), null, 2)

/** The cards of a bond that a machine may boot by share its address. No two machines do: the site would not compile. */
const printServer = (directory: string): string => `// Made by xenclosure: a change belongs into a profile.
{
  "Dhcp4": {
    "interfaces-config": { "interfaces": ["*"] },
    "ip-reservations-unique": false,
    "lease-database": { "type": "memfile", "persist": true },
    "subnet4": <?include "${directory}/subnets.json"?>
  }
}
`
