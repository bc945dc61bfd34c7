// A site of any size for measurements, the same to the byte each time: hosts with five guests, over shared templates of
// its own and the standard ones. By name: npx tsx test/bench/generate-site.ts DIR [HOSTS]
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const guestsPerHost = 5

/** Writes the site below `dir`: 6 machines for each host. */
export const generateSite = (dir: string, hosts: number): void => {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  for (const [path, text] of Object.entries(shared)) write(path, text)
  for (let host = 0; host < hosts; host += 1) {
    const guests = Array.from({ length: guestsPerHost }, (_, index) => index + 1)
    write(`profiles/hosts/${hostName(host)}.yaml`, hostProfile(host, guests))
    for (const guest of guests) write(`profiles/guests/${guestName(host, guest)}.yaml`, guestProfile(host, guest))
  }
}

const hostName = (host: number): string => `host${String(host).padStart(5, '0')}`
const guestName = (host: number, guest: number): string => `${hostName(host)}-g${guest}`

/** Each host has a /28 of its own, its guests the addresses behind its own. */
const address = (host: number, index: number): string => {
  const number = host * 16 + index + 1
  return `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`
}

const mac = (host: number, index: number): string => {
  const hex = (host * 16 + index).toString(16).padStart(6, '0')
  return `00:16:3e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`
}

const shared = {
  'xenclosure.yaml': 'site: bench\nloadpath: [templates]\nvariables:\n  SITE_DOMAIN: bench.example.org\n',
  'templates/variables.schema.json': `${JSON.stringify({
    SITE_DOMAIN: { type: 'string', doc: 'The DNS domain of the site.' },
    SITE_NAMESERVERS: { type: 'array', items: { type: 'string' }, doc: 'The resolvers.' },
  })}\n`,
  'templates/site/defaults.yaml': `variables:
  SITE_NAMESERVERS: [192.0.2.53, 198.51.100.53]
system:
  siterelease: "2026.11"
  network:
    domainname: \${SITE_DOMAIN}
    nameserver: \${SITE_NAMESERVERS}
`,
  'templates/site/service.yaml': `parameters:
  ROLE: { type: string }
include: [site/defaults, os/almalinux-9]
system:
  function: service_\${ROLE}
`,
  'templates/site/host.yaml': `include:
  - site/defaults
  - hardware/dell-r640
  - os/debian-12
  - xen/host
  - { template: xen/volume-group, with: { NAME: vg_guests, DEVICES: [{ path: /dev/sdb }] } }
variables:
  XEN_DOM0_MEM: 2048M,max:2048M
  XEN_BOOTLOADER: pygrub
  XEN_NETWORK_BRIDGES: { br0: { netdev: eth0 } }
hardware:
  ram: [{ size: 64 GiB }]
`,
}

const hostProfile = (host: number, guests: readonly number[]): string => `include: [site/host]
hardware:
  serialnumber: S\${= ${host} + 1000 }
  cards: { nic: { eth0: { hwaddr: "${mac(host, 0)}", boot: true } } }
system:
  enclosure:
    children: [${guests.map(guest => guestName(host, guest)).join(', ')}]
  network:
    hostname: ${hostName(host)}
    interfaces:
      eth0: { ip: ${address(host, 0)}, netmask: 255.255.255.240, bridge: br0 }
software:
  components:
    xen:
      domains:
        ${guestName(host, 1)}: { order: 10, options: { vcpus: 2 } }
`

const guestProfile = (host: number, guest: number): string => `include:
  - { template: site/service, with: { ROLE: "${guest}" } }
  - { template: hardware/xen-guest, with: { MAC: "${mac(host, guest)}", RAM: 4 GiB, DISK: 20 GiB } }
system:
  network:
    hostname: ${guestName(host, guest)}
    interfaces:
      eth0: { ip: ${address(host, guest)}, netmask: 255.255.255.240 }
`

const [, script = '', dir, hosts = '200'] = process.argv
if (import.meta.url === pathToFileURL(script).href) {
  if (dir === undefined) throw new Error('usage: generate-site.ts DIR [HOSTS]')
  generateSite(dir, Number(hosts))
}
