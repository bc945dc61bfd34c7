// A site of any size for measurements, the same to the byte each time: the machines of inventory.ts, each with twelve
// services that have a schema of the site's, and a hundred packages; 11 to 14 KB of canonical JSON for a machine, 19 to 25
// with indentation. What is many machines' is in templates; a profile says what is its machine's own. What a host knows
// of its guests (their memory, vcpus, interfaces, disks, and the volumes for these), and that they fit it, is the standard
// components' work.
// The same machines can be written for other compilers. What this language has a place for stands there: bridges,
// volumes and disks of domains by name and not in lists, packages and the kernel's version in components, the chassis and
// slot in the location; children are in /system/enclosure, and a machine has a uuid.
// By name: npx tsx test/bench/generate-site.ts DIR [HOSTS [GUESTS [PACKAGES]]]
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  domain,
  type Flavour,
  flavours,
  type Guest,
  type Host,
  hostOf,
  type Model,
  models,
  roles,
} from './inventory.js'

/** Writes the site below `dir`: for each host one machine, and one for each of its guests. */
export const generateSite = (dir: string, hosts: number, guests = 5, packages = 100): void => {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  for (const [path, text] of Object.entries(sharedFiles(packages))) write(path, text)
  for (let number = 0; number < hosts; number += 1) {
    const host = hostOf(number, guests)
    write(`profiles/hosts/${host.name}.yaml`, hostProfile(host))
    for (const guest of host.guests) write(`profiles/guests/${guest.name}.yaml`, guestProfile(guest))
  }
}

const hostProfile = ({ name, model, serial, location, macs, ip, guests }: Host): string => `include:
  - hardware/machine/${model.name}
  - machine-types/xen_host
variables: { NAME: ${labelOf(name)}, IP: ${ip} }
hardware:
  serialnumber: ${serial}
  location: ${location}
  cards:
    nic:
${macs.map((mac, nic) => `      eth${nic}: { hwaddr: "${mac}" }\n`).join('')}system:
  enclosure:
    children: [${guests.map(guest => guest.name).join(', ')}]
`

const guestProfile = ({ name, flavour, role, mac, ip }: Guest): string => `include:
  - hardware/machine/xen_${flavour.name}
  - machine-types/role/${role}
variables: { NAME: ${labelOf(name)}, IP: ${ip} }
hardware: { cards: { nic: { eth0: { hwaddr: "${mac}" } } } }
`

/** The host name of a machine. */
const labelOf = (name: string): string => name.slice(0, name.indexOf('.'))

const services = 'ntpd syslog cron accounts sshd sysctl postfix logrotate nrpe chkconfig authconfig yum'.split(' ')

/** What is not one machine's, by path. */
const sharedFiles = (packages: number): Readonly<Record<string, string>> => ({
  'xenclosure.yaml': 'site: bench\nloadpath: [templates]\n',
  'templates/variables.schema.json': json({
    NAME: { type: 'string', doc: 'The host name of the machine.' },
    IP: { type: 'string', doc: 'Its address.' },
    SITE_SERVERS: { type: 'array', items: { type: 'string' }, doc: 'The servers of all services.' },
    SITE_GATEWAY: { type: 'string', doc: 'The default gateway.' },
    SITE_NETMASK: { type: 'string', doc: 'The netmask of the one network.' },
  }),
  ...componentSchemas,
  ...Object.fromEntries(models.map(model => [`templates/hardware/machine/${model.name}.yaml`, modelTemplate(model)])),
  ...Object.fromEntries(
    flavours.map(flavour => [`templates/hardware/machine/xen_${flavour.name}.yaml`, flavourTemplate(flavour)]),
  ),
  ...Object.fromEntries(roles.map(role => [`templates/machine-types/role/${role}.yaml`, roleTemplate(role)])),
  'templates/packages/host.yaml': packagesTemplate('host', packages),
  'templates/packages/guest.yaml': packagesTemplate('guest', packages),
  'templates/site/global_variables.yaml': `variables:
  SITE_SERVERS: [a.${domain}, b.${domain}, c.${domain}]
  SITE_GATEWAY: 10.0.0.1
  SITE_NETMASK: 255.0.0.0
`,
  'templates/site/network.yaml': `system:
  network:
    hostname: \${NAME}
    domainname: ${domain}
    default_gateway: \${SITE_GATEWAY}
    nameserver: [10.0.0.53, 10.0.1.53]
    interfaces:
      eth0: { bootproto: static, ip: "\${IP}", netmask: "\${SITE_NETMASK}", gateway: "\${SITE_GATEWAY}" }
`,
  'templates/site/service.yaml': serviceTemplate,
  'templates/site/services.yaml': `include:
${services.map((name, index) => `  - { template: site/service, with: { SERVICE: ${name}, NUMBER: ${index} } }\n`).join('')}`,
  'templates/machine-types/base.yaml': `include: [site/global_variables, site/network, site/services]
system:
  siterelease: 2007-10
`,
  'templates/machine-types/xen_guest.yaml': `include: [machine-types/base, packages/guest]
system:
  blockdevices:
    partitions:
      xvda1: { holding_dev: xvda, size: 8192 }
      xvda2: { holding_dev: xvda, size: 1024 }
  filesystems:
    - { mountpoint: /, type: ext3, block_device: partitions/xvda1, mountopts: defaults, format: false, mount: true }
    - { mountpoint: swap, type: swap, block_device: partitions/xvda2, mountopts: defaults, format: false, mount: true }
software:
  components:
    kernel: { version: 2.6.18-92.el5xen }
`,
  'templates/machine-types/xen_host.yaml': hostTemplate,
})

const hostTemplate = `include:
  - machine-types/base
  - packages/host
  - xen/host
  - { template: xen/volume-group, with: { NAME: xenvg, DEVICES: [{ path: /dev/sda3 }] } }
variables:
  XEN_BOOTLOADER: /usr/bin/pypxeboot
  XEN_BOOTARGS: ["vif[0]"]
  XEN_DOM0_MEM: 400M,max:400M
  XEN_NETWORK_BRIDGES: { xenbr0: { netdev: eth0 } }
system:
  function: xen_host
  network: { interfaces: { eth0: { bridge: xenbr0 } } }
  blockdevices:
    partitions:
      sda1: { holding_dev: sda, size: 512 }
      sda2: { holding_dev: sda, size: 20480 }
      sda3: { holding_dev: sda }
    volume_groups:
      xenvg: { device_list: [partitions/sda3] }
  filesystems:
    - { mountpoint: /boot, type: ext3, block_device: partitions/sda1, mountopts: defaults, format: false, mount: true }
    - { mountpoint: /, type: ext3, block_device: partitions/sda2, mountopts: defaults, format: false, mount: true }
software:
  components:
    kernel: { version: 2.6.18-92.el5xen }
    grub:
      timeout: 5
      root_device: /dev/sda2
      linux: { options: { max_loop: 128, console: tty0 } }
`

/** NAME and NUMBER are its own, so that four options of each service are the machine's. */
const serviceTemplate = `parameters:
  SERVICE: { type: string }
  NUMBER: { type: integer }
software:
  components:
    \${SERVICE}:
      active: true
      dispatch: true
      enabled: true
      servers: \${SITE_SERVERS}
      port: !default "\${= 1000 + NUMBER }"
      level: !default info
      retries: 3
      options:
        alpha: !default "alpha-\${NAME}-\${NUMBER}"
        beta: !default "beta-\${NAME}-\${NUMBER}"
        gamma: !default "gamma-\${NAME}-\${NUMBER}"
        delta: !default "delta-\${NAME}-\${NUMBER}"
      files: !append ["/etc/\${SERVICE}.conf"]
      dependencies: { pre: [network] }
`

const roleTemplate = (role: string): string => `include: [machine-types/xen_guest]
system:
  function: ${role}
software:
  components:
    cron: { options: { ${role}: 0 4 * * * root /usr/sbin/${role}-maintenance } }
    packages: { ${role}-server: { version: 2.1-3, arch: x86_64 } }
`

const modelTemplate = ({ name, cores, ram, disk, nics }: Model): string => `hardware:
  model: ${name}
  cpu:
    - { model: Xeon, speed: 2600, arch: x86_64, cores: ${cores / 2} }
    - { model: Xeon, speed: 2600, arch: x86_64, cores: ${cores / 2} }
  ram: [{ size: ${ram} }]
  harddisks: { sda: { interface: scsi, capacity: ${disk}, boot: true } }
  cards:
    nic:
${Array.from({ length: nics }, (_, nic) => nicLine(nic)).join('')}`

const nicLine = (nic: number): string =>
  `      eth${nic}: { driver: ixgbe, pxe: true, boot: ${nic === 0}, media: Ethernet, maxspeed: 10000 }\n`

const flavourTemplate = ({ name, vcpus, ram, disk }: Flavour): string => `hardware:
  model: xen_${name}
  cpu:
${'    - { model: Virtual CPU, speed: 0, arch: x86_64, cores: 1 }\n'.repeat(vcpus)}  ram: [{ size: ${ram} }]
  harddisks: { xvda: { interface: scsi, capacity: ${disk} } }
  cards: { nic: { eth0: { driver: xen-netfront, pxe: true, boot: true, media: Ethernet, maxspeed: 1000 } } }
`

const packagesTemplate = (kind: string, count: number): string => {
  const lines = Array.from({ length: count }, (_, index) => {
    const name = `${kind}-pkg${String(index).padStart(4, '0')}`
    return `      ${name}: { version: 1.${index % 20}-${index % 7}, arch: x86_64 }\n`
  })
  return `software:\n  components:\n    packages:\n${lines.join('')}`
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const fullNames = {
  type: 'array',
  items: { type: 'string', pattern: '^([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?\\.)+[a-zA-Z]{2,}$' },
}
const texts = { type: 'object', additionalProperties: { type: 'string' } }
const names = { type: 'array', items: { type: 'string' } }

const serviceSchema = {
  type: 'object',
  required: ['active', 'dispatch', 'servers', 'port', 'enabled', 'level', 'retries', 'options'],
  additionalProperties: false,
  properties: {
    active: { type: 'boolean' },
    dispatch: { type: 'boolean' },
    version: { type: 'string' },
    dependencies: { type: 'object', additionalProperties: false, properties: { pre: names, post: names } },
    register_change: names,
    servers: { ...fullNames, minItems: 1, maxItems: 5 },
    port: { type: 'integer', minimum: 1, maximum: 65535 },
    enabled: { type: 'boolean' },
    level: { enum: ['debug', 'info', 'warn', 'error'] },
    retries: { type: 'integer', minimum: 0, maximum: 20 },
    options: texts,
    files: { type: 'array', items: { type: 'string', pattern: '^/' } },
  },
}

const packagesSchema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['version', 'arch'],
    additionalProperties: false,
    properties: { version: { type: 'string' }, arch: { type: 'string' } },
  },
}

const kernelSchema = {
  type: 'object',
  required: ['version'],
  additionalProperties: false,
  properties: { version: { type: 'string' } },
}

const componentSchemas = Object.fromEntries(
  [
    ...services.map(name => [name, serviceSchema] as const),
    ['packages', packagesSchema] as const,
    ['kernel', kernelSchema] as const,
  ].map(([name, schema]) => [`components/${name}/schema.json`, json(schema)]),
)

const [, script = '', dir, ...sizes] = process.argv
if (import.meta.url === pathToFileURL(script).href) {
  if (dir === undefined) throw new Error('usage: generate-site.ts DIR [HOSTS [GUESTS [PACKAGES]]]')
  const [hosts = 200, guests, packages] = sizes.map(Number)
  generateSite(dir, hosts, guests, packages)
}
