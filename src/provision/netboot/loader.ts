// The loader that a machine's firmware takes from the TFTP server: which file it is, and where it looks for its entry. Pure.
import type { System } from '../../model/schemas/system.js'

type Netboot = NonNullable<System['netboot']>
export type Loader = NonNullable<Netboot['loader']>

export type BootFile = { readonly server: string; readonly file: string }

/** Where Debian's and Red Hat's packages put them, and grub-mknetdir(1). */
const files: { readonly [loader in Loader]: string } = {
  pxelinux: 'pxelinux.0',
  'grub-bios': 'boot/grub/i386-pc/core.0',
  'grub-uefi': 'boot/grub/x86_64-efi/core.efi',
}

export const loaderOf = ({ loader = 'pxelinux' }: Netboot): Loader => loader

export const bootFileOf = (netboot: System['netboot']): BootFile | undefined =>
  netboot && { server: netboot.server, file: netboot.file ?? files[loaderOf(netboot)] }
