// Where a distribution keeps what GRUB is configured with, and its commands. Debian reads /etc/default/grub.d and has
// update-grub; Red Hat has one file and grub2-mkconfig (grubby's entries, BLS, hold no line for Xen). Pure.

export type Way = {
  readonly name: 'Debian' | 'Red Hat'
  /** The file that holds our settings. */
  readonly defaults: string
  /** What GRUB reads at the next boot. */
  readonly config: string
  /** GRUB's environment block. */
  readonly environment: string
  /** Makes `config` from `defaults` and /etc/grub.d. */
  readonly update: readonly string[]
  readonly check: string
  readonly editEnvironment: string
  readonly probe: string
}

export const debian: Way = {
  name: 'Debian',
  defaults: '/etc/default/grub.d/zz-xenclosure.cfg',
  config: '/boot/grub/grub.cfg',
  environment: '/boot/grub/grubenv',
  update: ['update-grub'],
  check: 'grub-script-check',
  editEnvironment: 'grub-editenv',
  probe: 'grub-probe',
}

/** `config` differs with the firmware and the release (observe.ts). */
export const redHat = (config: string): Way => ({
  name: 'Red Hat',
  defaults: '/etc/default/grub',
  config,
  environment: '/boot/grub2/grubenv',
  update: ['grub2-mkconfig', '-o', config],
  check: 'grub2-script-check',
  editEnvironment: 'grub2-editenv',
  probe: 'grub2-probe',
})

/** Our settings in a file that is ours alone (Debian), or between two lines of one that others write too. */
export const ownPart = (way: Way, file: string | null): string | null => {
  if (file === null || way.name === 'Debian') return file
  const start = file.indexOf(begin)
  const end = file.indexOf(close)
  return start === -1 || end < start ? null : file.slice(start + begin.length, end)
}

/** The file with our settings in the place of the old ones, or at its end, where they win. */
export const withOwnPart = (way: Way, file: string | null, part: string): string => {
  if (way.name === 'Debian') return part
  const text = file ?? ''
  const old = ownPart(way, file)
  const rest = old === null ? text : text.replace(`${begin}${old}${close}`, () => '')
  return `${rest === '' || rest.endsWith('\n') ? rest : `${rest}\n`}${begin}${part}${close}`
}

const begin = '# Begin of what xenclosure declares.\n'
const close = '# End of what xenclosure declares.\n'
