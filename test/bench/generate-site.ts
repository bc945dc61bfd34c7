// A site of any size for measurements, the same to the byte each time: hosts with five guests, over shared templates of
// its own and the standard ones. A machine has what one of a Grid site's had: twelve services, each with a schema of the
// site's and values of its own, and a hundred packages; its document is of 15 to 20 KB.
// By name: npx tsx test/bench/generate-site.ts DIR [HOSTS]
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

const services = ['ntpd', 'syslog', 'cron', 'accounts', 'sshd', 'sysctl', 'postfix', 'logrotate', 'nrpe', 'chkconfig']
const packageCount = 100

const text = { type: 'string' }
const names = { type: 'array', items: { type: 'string', pattern: '^[a-zA-Z0-9./-]+$' } }

/** What the schema of a service says: the types, ranges and patterns that a site asks of such values. */
const serviceSchema = {
  type: 'object',
  required: ['active', 'port', 'level', 'servers'],
  additionalProperties: false,
  properties: {
    active: { type: 'boolean' },
    dispatch: { type: 'boolean' },
    enabled: { type: 'boolean' },
    servers: names,
    port: { type: 'integer', minimum: 1, maximum: 65535 },
    level: { enum: ['debug', 'info', 'warn', 'error'] },
    retries: { type: 'integer', minimum: 0, maximum: 20 },
    options: { type: 'object', additionalProperties: text },
    files: { type: 'array', items: { type: 'string', pattern: '^/' } },
    dependencies: { type: 'object', additionalProperties: names },
  },
}

const packagesSchema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['version', 'arch'],
    additionalProperties: false,
    properties: { version: { type: 'string', pattern: '^[0-9.-]+$' }, arch: { enum: ['x86_64', 'noarch'] } },
  },
}

const packagesOf = (kind: string): string => {
  const lines = Array.from({ length: packageCount }, (_, index) => {
    const number = String(index).padStart(4, '0')
    return `      ${kind}-pkg${number}: { version: "1.${index % 20}-${index % 7}", arch: x86_64 }`
  })
  return `software:\n  components:\n    packages:\n${lines.join('\n')}\n`
}

const includesOfServices = services
  .map((name, index) => `  - { template: site/service, with: { NAME: ${name}, NUMBER: ${index} } }`)
  .join('\n')

const shared = {
  ...Object.fromEntries(services.map(name => [`components/${name}/schema.json`, `${JSON.stringify(serviceSchema)}\n`])),
  'components/packages/schema.json': `${JSON.stringify(packagesSchema)}\n`,
  'templates/packages/host.yaml': packagesOf('host'),
  'templates/packages/guest.yaml': packagesOf('guest'),
  'templates/site/service.yaml': `parameters:
  NAME: { type: string }
  NUMBER: { type: integer }
software:
  components:
    \${NAME}:
      active: true
      dispatch: true
      enabled: true
      servers: \${SITE_SERVERS}
      port: \${= 1000 + NUMBER }
      level: info
      retries: 3
      options:
        alpha: alpha-\${/system/network/hostname}-\${NUMBER}
        beta: beta-\${/system/network/hostname}-\${NUMBER}
        gamma: gamma-\${/system/network/hostname}-\${NUMBER}
        delta: delta-\${/system/network/hostname}-\${NUMBER}
      files: ["/etc/\${NAME}.conf"]
      dependencies: { pre: [network] }
`,
  'xenclosure.yaml': 'site: bench\nloadpath: [templates]\nvariables:\n  SITE_DOMAIN: bench.example.org\n',
  'templates/variables.schema.json': `${JSON.stringify({
    SITE_DOMAIN: { type: 'string', doc: 'The DNS domain of the site.' },
    SITE_SERVERS: { type: 'array', items: { type: 'string' }, doc: 'The servers of all services.' },
    SITE_NAMESERVERS: { type: 'array', items: { type: 'string' }, doc: 'The resolvers.' },
  })}\n`,
  'templates/site/defaults.yaml': `include:
${includesOfServices}
variables:
  SITE_SERVERS: [a.bench.example.org, b.bench.example.org, c.bench.example.org]
  SITE_NAMESERVERS: [192.0.2.53, 198.51.100.53]
system:
  siterelease: "2026.11"
  network:
    domainname: \${SITE_DOMAIN}
    nameserver: \${SITE_NAMESERVERS}
`,
  'templates/site/guest.yaml': `parameters:
  ROLE: { type: string }
include: [site/defaults, packages/guest, os/almalinux-9]
system:
  function: service_\${ROLE}
`,
  'templates/site/host.yaml': `include:
  - site/defaults
  - packages/host
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
    default_gateway: ${address(host, 13)}
    interfaces:
      eth0: { ip: ${address(host, 0)}, netmask: 255.255.255.240, bridge: br0 }
software:
  components:
    xen:
      domains:
        ${guestName(host, 1)}: { order: 10, options: { vcpus: 2 } }
`

const guestProfile = (host: number, guest: number): string => `include:
  - { template: site/guest, with: { ROLE: "${guest}" } }
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
