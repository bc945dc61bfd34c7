// GRUB's environment block: what it remembers from boot to boot, and may change itself. Read here, written by
// grub-editenv alone, which keeps it at the size that GRUB can overwrite in place. Pure.

export type Environment = {
  /** What `GRUB_DEFAULT=saved` boots. */
  readonly saved: string | null
  /** What is booted once; GRUB removes it before it does. */
  readonly next: string | null
}

export const parseEnvironment = (text: string): Environment => {
  const read = (name: string): string | null => {
    const line = text.split('\n').find(candidate => candidate.startsWith(`${name}=`))
    const value = line?.slice(name.length + 1) ?? ''
    return value === '' ? null : value
  }
  return { saved: read('saved_entry'), next: read('next_entry') }
}

/**
 * Why GRUB can't change its environment there; null where it can. As /etc/grub.d/00_header knows it (check_writable).
 * Both are answers of grub-probe.
 */
export const writeObstacle = (abstractions: string, filesystem: string): string | null => {
  const layer = abstractions.split(/\s+/).find(word => /^(diskfilter|lvm)$/.test(word))
  if (layer !== undefined) return `GRUB can't write its environment on ${layer === 'lvm' ? 'LVM' : 'RAID'}`
  const readOnly = /^(btrfs|cpiofs|newc|odc|romfs|squash4|tarfs|zfs)$/
  return readOnly.test(filesystem.trim()) ? `GRUB can't write its environment on ${filesystem.trim()}` : null
}
