// What a machine boots over the network, by the state that it is in, as the loader of its firmware reads it: one file for each
// card that it may boot from. The file itself says which state it is for, and by which token it is installed: there is no
// other record of it (record.ts). Pure.
import type { JsonMap } from '../../model/json.js'
import { longAgo, type Validity } from '../../model/reinstallation.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import type { System } from '../../model/schemas/system.js'
import { sorted } from '../../model/sorted.js'
import type { ConfigFile } from '../dhcp/server.js'
import type { ProvisionFault } from '../fault.js'
import { type Loader, loaderOf } from './loader.js'

/** `local`: it goes on to its own disk. */
export const bootStates = ['install', 'local', 'rescue'] as const
export type BootState = (typeof bootStates)[number]

/** One that was ordered: what the machine shows the provisioner, and when it may be begun. */
export type Installation = Validity & { readonly token: string }

export type Entry = {
  readonly machine: string
  readonly state: BootState
  readonly installation: Installation | undefined
  /** The order of `reinstall` by which it is installed, or was the last time. */
  readonly order: string | undefined
}

type Netboot = NonNullable<System['netboot']>
export type Kernel = NonNullable<Netboot['install']>

export type Entries =
  | { readonly ok: true; readonly files: readonly ConfigFile[] }
  | { readonly ok: false; readonly fault: ProvisionFault }

/**
 * The files of a valid document, below the root of the TFTP server. Where it says who the provisioner is, the installer is
 * told to get its kickstart file there, by the token of the installation. The name of an order is kept beside it.
 */
export const entriesOf = (
  document: JsonMap & { readonly name: string },
  state: BootState,
  installation?: Installation,
  order?: string,
): Entries => {
  const netboot = netbootOf(document)
  const cards = bootCards(document)
  if (netboot === undefined) {
    return fault('/system/netboot', `${document.name} has no /system/netboot`, noNetbootHint)
  }
  const kernel = state === 'local' ? undefined : netboot[state]
  if (cards.length === 0) return fault('/hardware/cards/nic', 'no card has boot: true: there is none to boot from')
  if (state !== 'local' && kernel === undefined)
    return fault(`/system/netboot/${state}`, `nothing is declared for ${state}`)
  const loader = loaderOf(netboot)
  const isOrdered = installation && kickstartUrl(document, installation) !== undefined
  const content = contentOf[placeFor(loader)](
    head(document.name, state, state === 'install' && isOrdered ? installation : undefined, order),
    state,
    kernelOf(document, { state, installation }),
  )
  return { ok: true, files: cards.map(mac => ({ path: entryPath(loader, mac), content })) }
}

/** What a machine boots in a state, with what its installer is told; undefined for its own disk, or where nothing is declared. */
export const kernelOf = (
  document: JsonMap & { readonly name: string },
  { state, installation }: Pick<Entry, 'state' | 'installation'>,
): Kernel | undefined => {
  const kernel = state === 'local' ? undefined : netbootOf(document)?.[state]
  const kickstart = state === 'install' && installation ? kickstartUrl(document, installation) : undefined
  return kernel && kickstart ? askingFor(kickstart, kernel) : kernel
}

/** What is to be declared first. */
export const noNetbootHint = 'server: the address of the TFTP server'

export const hasNetboot = (document: JsonMap): boolean => netbootOf(document) !== undefined

/** Where the files of a machine stand, whatever is in them; nowhere where it does not boot over the network. */
export const entryPaths = (document: JsonMap): readonly string[] => {
  const netboot = netbootOf(document)
  return netboot === undefined ? [] : bootCards(document).map(mac => entryPath(loaderOf(netboot), mac))
}

const netbootOf = ({ system }: JsonMap): Netboot | undefined => ((system ?? {}) as System).netboot

const kickstartUrl = ({ name, system }: JsonMap, { token }: Installation): string | undefined => {
  const { provisioner } = ((system ?? {}) as System).kickstart ?? {}
  return provisioner && `${provisioner.url}/kickstart/${name}.ks?token=${token}`
}

/** Dracut and Anaconda: the last one counts. */
const askingFor = (kickstart: string, { cmdline, ...kernel }: Kernel): Kernel => ({
  ...kernel,
  cmdline: [...(cmdline === undefined ? [] : [cmdline]), `inst.ks=${kickstart}`].join(' '),
})

/** What a file says of itself; undefined for one that is not ours. */
export const parseEntry = (content: string): Entry | undefined => {
  const [, machine, word, token, from = longAgo, until, order] =
    /^# xenclosure: (\S+) boots (\w+)\n(?:# installation (\S+)(?: from (\S+))? until (\S+)\n)?(?:# order (\S+)\n)?/.exec(
      content,
    ) ?? []
  const state = bootStates.find(one => one === word)
  if (machine === undefined || state === undefined) return undefined
  return { machine, state, installation: token && until ? { token, from, until } : undefined, order }
}

const bootCards = ({ hardware }: JsonMap): readonly string[] =>
  sorted(((hardware ?? {}) as Hardware).cards?.nic ?? {}).flatMap(([, { boot, hwaddr }]) =>
    boot === true ? [hwaddr.toLowerCase()] : [],
  )

/**
 * Where every machine's entry stands, but for the MAC. `01` is Ethernet (RFC 1700): PXELINUX ("Configuration") and GRUB
 * ("Network", net_default_mac) look there first.
 */
export const entryPlaces = {
  pxelinux: { folder: 'pxelinux.cfg', name: '01-' },
  grub: { folder: 'boot/grub', name: 'grub.cfg-01-' },
} as const

const placeFor = (loader: Loader): keyof typeof entryPlaces => (loader === 'pxelinux' ? 'pxelinux' : 'grub')

const entryPath = (loader: Loader, mac: string): string => pathAt(placeFor(loader), mac)

const pathAt = (place: keyof typeof entryPlaces, mac: string): string => {
  const { folder, name } = entryPlaces[place]
  return `${folder}/${name}${mac.replaceAll(':', '-')}`
}

/** Where the entry of a card may stand, in lower case, whichever loader its machine has. */
export const pathsOfCard = (mac: string): readonly string[] => [pathAt('pxelinux', mac), pathAt('grub', mac)]

const head = (machine: string, state: BootState, installation?: Installation, order?: string): string => {
  const ordered =
    installation && `# installation ${installation.token} from ${installation.from} until ${installation.until}\n`
  const named = order && `# order ${order}\n`
  return `# xenclosure: ${machine} boots ${state}\n${ordered ?? ''}${named ?? ''}`
}

type Print = (head: string, state: BootState, kernel: Kernel | undefined) => string

const contentOf: { readonly [place in keyof typeof entryPlaces]: Print } = {
  pxelinux: (head, state, kernel) =>
    [
      `${head}DEFAULT ${state}`,
      'PROMPT 0',
      `LABEL ${state}`,
      ...(kernel === undefined
        ? ['  LOCALBOOT 0']
        : [
            `  KERNEL ${kernel.kernel}`,
            ...(kernel.initrd === undefined ? [] : [`  INITRD ${kernel.initrd}`]),
            ...(kernel.cmdline === undefined ? [] : [`  APPEND ${kernel.cmdline}`]),
          ]),
      '',
    ].join('\n'),
  grub: (head, state, kernel) =>
    [
      `${head}set timeout=0`,
      `menuentry '${state}' {`,
      ...(kernel === undefined
        ? // The firmware goes on to its next entry: the disk.
          ['  exit']
        : [
            `  linux '/${kernel.kernel.replace(/^\//, '')}' ${words(kernel.cmdline)}`.trimEnd(),
            ...(kernel.initrd === undefined ? [] : [`  initrd '/${kernel.initrd.replace(/^\//, '')}'`]),
          ]),
      '}',
      '',
    ].join('\n'),
}

/** Each in quotes: GRUB's shell would read a `$` or a `;`. */
const words = (cmdline = ''): string =>
  cmdline
    .split(' ')
    .filter(word => word !== '')
    .map(word => `'${word}'`)
    .join(' ')

const fault = (pointer: string, message: string, hint?: string): Entries => ({
  ok: false,
  fault: { pointer, message, ...(hint === undefined ? {} : { hint }) },
})
