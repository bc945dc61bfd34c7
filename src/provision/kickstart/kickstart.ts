// A machine's kickstart file: the commands that its document asks for, in a text template that a site may replace. What
// each command looks like is said in the other files of this folder; how they stand together in templates/kickstart/. Pure.
import { isMap, type Json, type JsonMap } from '../../model/json.js'
import { valueAt } from '../../model/pointer.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import type { Software } from '../../model/schemas/software.js'
import type { System } from '../../model/schemas/system.js'
import { namesText } from '../../model/shorten.js'
import type { ProvisionFault } from '../fault.js'
import { renderText } from '../text-template.js'
import type { FindTextTemplate } from '../text-template-files.js'
import { accountFaults, accountsOf, authorizedKeys } from './accounts.js'
import { capacityFaults } from './capacity.js'
import { command, quote } from './command.js'
import { typeFaults } from './filesystem-types.js'
import { brokenLines } from './lines.js'
import { networkOf } from './network.js'
import { networkFaults } from './network-faults.js'
import { templateFaults } from './own-template.js'
import { scriptsOf } from './scripts.js'
import { packagesOf, softwareFaults, sourcesOf } from './software.js'
import { bootDisk, storageOf } from './storage.js'
import { knownSystems, type Syntax, syntaxOf } from './syntax.js'

export type KickstartFile = {
  readonly version: string
  readonly text: string
  /** It holds a token, a hash of a password, a private key, or a URL with a user. */
  readonly isSecret: boolean
}

export type KickstartResult =
  | { readonly ok: true; readonly file: KickstartFile }
  | { readonly ok: false; readonly faults: readonly ProvisionFault[] }

type Kickstart = NonNullable<System['kickstart']>
type Machine = {
  readonly kickstart: Kickstart
  readonly system: System
  readonly hardware: Hardware
  readonly software: Software
}

/** What of a document stands in the commands. */
const written = [
  ...['kickstart', 'network', 'blockdevices', 'filesystems'].map(part => ['system', part]),
  ...['repositories', 'modules', 'groups', 'packages'].map(part => ['software', part]),
]

/** Whether a machine is installed by kickstart at all. */
export const hasKickstart = (document: JsonMap): boolean => isMap(valueAt(document, ['system', 'kickstart']))

/** What valid documents without /system/kickstart would include to have it; which of their systems cannot. */
export const howToKickstart = (documents: readonly JsonMap[]): string => {
  const systems = documents.map(document => (document.system as System | undefined)?.os)
  const others = systems.filter(os => syntaxOf(os) === undefined).map(osText)
  const names = [...new Set(others.filter(text => text !== ''))]
  const how = 'include: [os/fedora-43, kickstart/fedora], [os/almalinux-9, kickstart/almalinux] or [kickstart/centos-7]'
  return `${how}${names.length === 0 ? '' : `; it installs no ${namesText(names)}`}`
}

/** Of a valid document that has /system/kickstart; with the token of an installation, it tells the provisioner of its end. */
export const kickstartOf = (document: JsonMap, find: FindTextTemplate, token?: string): KickstartResult => {
  const { system = {}, hardware = {}, software = {} } = document as { [part: string]: never }
  const machine: Machine = { system, hardware, software, kickstart: (system as System).kickstart as Kickstart }
  const syntax = syntaxOf(machine.system.os)
  if (syntax === undefined) return { ok: false, faults: [unknownSystem(machine.system.os)] }
  const storage = storageOf(machine.system, Object.keys(machine.hardware.harddisks ?? {}))
  const faults = [
    ...storage.faults,
    ...(storage.faults.length > 0 ? [] : capacityFaults(machine.system, machine.hardware.harddisks ?? {}, syntax)),
    ...typeFaults(machine.system, syntax),
    ...networkFaults(machine.system.network ?? {}, Object.keys(machine.hardware.cards?.nic ?? {})),
    ...accountFaults(machine.kickstart, syntax),
    ...softwareFaults(machine.software, syntax),
    ...written.flatMap(path => brokenLines(valueAt(document, path), path)),
  ]
  if (faults.length > 0) return { ok: false, faults }

  const render = (name: string, extra: JsonMap = {}) =>
    renderText({ name, find, document, extra, helpers: { quote, shell } })
  const scripts = scriptsOf(machine.kickstart.hooks ?? {}, render)
  if (!scripts.ok) return { ok: false, faults: [scripts.fault] }
  const network = networkOf(machine.system.network ?? {}, machine.hardware.cards?.nic ?? {})
  const chapters = chaptersOf(machine, syntax, storage.commands, network.commands)
  const name = machine.kickstart.template ?? 'kickstart/kickstart'
  // For systems whose kickstart puts no keys there.
  const keys = syntax.hasSshKey ? [] : authorizedKeys(machine.kickstart)
  const rendered = render(name, {
    kickstart: {
      version: syntax.version,
      chapters,
      packages: packagesOf(machine.software),
      scripts: scripts.scripts,
      authorizedKeys: keys,
      // An interface has a file of the one kind or of the other.
      vlanKeyfiles: syntax.hasKeyfiles ? network.vlans : [],
      vlanIfcfgs: syntax.hasKeyfiles ? [] : network.vlans,
      keyfiles: syntax.hasKeyfiles ? network.further : [],
      ifcfgs: syntax.hasKeyfiles ? [] : network.further,
      agents: agentsOf(machine.kickstart),
      installations: installationsOf(String(document.name), machine.kickstart, token),
    } as Json,
  })
  if (!rendered.ok) return { ok: false, faults: [rendered.fault] }
  const { text } = rendered
  const left = templateFaults(find(name)?.file ?? name, text, { syntax, keys, vlans: network.vlans })
  if (left.length > 0) return { ok: false, faults: left }
  return {
    ok: true,
    file: {
      version: syntax.version,
      text,
      isSecret: token !== undefined || holdsSecret.test(text),
    },
  }
}

/** None or one, as templates can ask for it; its key ends without an empty line. */
const agentsOf = ({ agent }: Kickstart) =>
  agent === undefined ? [] : [{ ...agent, trust: agent.trust === undefined ? [] : [agent.trust.trimEnd()] }]

/** None or one, likewise. */
const installationsOf = (machine: string, { provisioner }: Kickstart, token: string | undefined) =>
  provisioner === undefined || token === undefined
    ? []
    : [
        {
          token,
          url: `${provisioner.url}/installed/${machine}`,
          ca: provisioner.ca === undefined ? [] : [provisioner.ca.trimEnd()],
        },
      ]

/** The user of a URL may be a token (RFC 3986, 3.2.1). */
const holdsSecret = /\$(1|5|6|y|gy|2[aby])\$|grub\.pbkdf2\.|^-----BEGIN [A-Z ]*PRIVATE KEY-----|:\/\/[^\s/@]+@/m

const chaptersOf = (
  { kickstart, system, software }: Machine,
  syntax: Syntax,
  storage: readonly string[],
  network: readonly string[],
): { readonly [chapter: string]: readonly string[] } => ({
  installation: ['text', ...sourcesOf(kickstart.url, software), 'eula --agreed', 'firstboot --disabled'],
  locale: localeOf(kickstart, syntax),
  network,
  storage: [
    ...storage,
    command('bootloader', {
      'boot-drive': bootDisk(system),
      append: kickstart.bootloader?.append,
      ...(kickstart.bootloader?.password !== undefined && {
        iscrypted: true,
        password: kickstart.bootloader.password,
      }),
    }),
  ],
  accounts: accountsOf(kickstart, syntax),
  security: securityOf(kickstart),
  end: ['skipx', command(kickstart.finish ?? 'reboot', {})],
})

const localeOf = (
  { lang = 'en_US.UTF-8', keyboard = 'us', timezone = 'UTC', ntpservers = [] }: Kickstart,
  { hasTimeSource }: Syntax,
): readonly string[] => [
  command('lang', {}, lang),
  command('keyboard', { vckeymap: keyboard }),
  command(
    'timezone',
    { utc: true, ntpservers: hasTimeSource ? undefined : ntpservers.join(',') || undefined },
    timezone,
  ),
  ...(hasTimeSource ? ntpservers.map(server => command('timesource', { 'ntp-server': server })) : []),
]

const securityOf = ({ selinux = 'enforcing', firewall = {}, services = {} }: Kickstart): readonly string[] => {
  const { enabled = true, services: letIn = ['ssh'], ports = [] } = firewall
  return [
    command('selinux', { [selinux]: true }),
    enabled
      ? command('firewall', {
          enabled: true,
          service: letIn.join(',') || undefined,
          port: ports.map(port => port.replace('/', ':')).join(',') || undefined,
        })
      : command('firewall', { disabled: true }),
    ...servicesOf(services),
  ]
}

/** The command takes at least one of the two lists. */
const servicesOf = ({ enabled = [], disabled = [] }: NonNullable<Kickstart['services']>): readonly string[] =>
  enabled.length + disabled.length === 0
    ? []
    : [command('services', { enabled: enabled.join(',') || undefined, disabled: disabled.join(',') || undefined })]

/** In single quotes, for sh. */
const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const unknownSystem = (os: System['os']): ProvisionFault => ({
  pointer: '/system/os',
  message: `no kickstart file is known for ${osText(os) || 'a machine without /system/os'}`,
  hint: knownSystems,
})

const osText = (os: System['os']): string => [os?.distribution, os?.release].filter(Boolean).join(' ')
