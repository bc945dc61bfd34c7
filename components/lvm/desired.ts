// Generated from schema.json by `npm run generate`; not edited by hand.

/**
 * The installation of its guest that it is made for: kept with it from its first moment, so that a guest is installed on a new disk, and on no other.
 */
export type Installation = string
/**
 * Written by the compiler while a guest moves here: the guest. It brings its disks along: until it is released on its old host, nothing is filled.
 */
export type AwaitsRelease = string

/**
 * The volume groups of a host and the logical volumes in them.
 */
export interface LVMVolumes {
  /**
   * False: nothing is created or grown. Default: true.
   */
  create_filesystems?: boolean
  /**
   * Volume groups by name; the volumes of the host's guests are added by themselves.
   */
  groups?: {
    [k: string]: Group
  }
  /**
   * Image files that guests are given as disks, by path; those of the host's guests are added by themselves.
   */
  files?: {
    [k: string]: File
  }
  /**
   * Partitions and whole disks that guests are given, by device file; those of the host's guests are added by themselves. They are looked at, and changed only where an image is declared and they are blank.
   */
  partitions?: {
    [k: string]: Partition
  }
}
export interface Group {
  /**
   * The disks and partitions that the group lies on. Without them, the group must be there already.
   *
   * @minItems 1
   */
  devices?: [Device, ...Device[]]
  /**
   * Thin pools by name: volumes in them take space only for what is written to them.
   */
  pools?: {
    [k: string]: Pool
  }
  /**
   * Logical volumes by name.
   */
  volumes?: {
    [k: string]: Volume
  }
}
export interface Device {
  /**
   * The device, /dev/disk/by-id/... for preference: /dev/sdb may be another disk after the next boot.
   */
  path: string
  /**
   * The whole MiB that it must have before it is used.
   */
  size?: number
  /**
   * The serial number that it must have before it is used, as `lsblk -o SERIAL` shows it.
   */
  serial?: string
}
export interface Pool {
  /**
   * absent: the pool is given up; removed with consent, `destroy:lvm/GROUP/NAME`, when no volume is left in it. Default: present.
   */
  ensure?: 'present' | 'absent'
  /**
   * The space for data. Rounded up to the group's extents; a pool grows and never shrinks.
   */
  size?: number
  /**
   * The space for the pool's own bookkeeping, when it is made; LVM keeps as much again as a spare. Default: a thousandth of the size, at least 4 MiB.
   */
  metadata?: number
  /**
   * True: its volumes may be promised more space than it has. Default: false.
   */
  overcommit?: boolean
}
export interface Volume {
  /**
   * absent: the volume is given up, with what it holds; removed with consent, `destroy:lvm/GROUP/NAME`. Default: present.
   */
  ensure?: 'present' | 'absent'
  /**
   * Rounded up to the group's extents. A volume grows and never shrinks.
   */
  size?: number
  /**
   * A name that lvm(8) accepts for a logical volume: none of those that it keeps for itself.
   */
  pool?: string
  /**
   * A name that lvm(8) accepts for a logical volume: none of those that it keeps for itself.
   */
  origin?: string
  /**
   * A name that lvm(8) accepts for a logical volume: none of those that it keeps for itself.
   */
  formerly?: string
  installation?: Installation
  image?: Image
  awaitsRelease?: AwaitsRelease
}
/**
 * What the disk is filled with when it is made; one that is there already is left as it is.
 */
export interface Image {
  /**
   * A file on the host, or an http(s) URL.
   */
  source: string
  /**
   * The digest of the source as it comes, in hex: sha256sum FILE.
   */
  sha256: string
  /**
   * raw: the bytes of the disk. tar: the files of a new filesystem on it. Both as they are, or packed by gzip, xz or zstd.
   */
  unpack: 'raw' | 'raw.gz' | 'raw.xz' | 'raw.zst' | 'tar' | 'tar.gz' | 'tar.xz' | 'tar.zst'
  /**
   * That a tar archive is unpacked into. Default: ext4.
   */
  filesystem?: 'ext4' | 'xfs'
}
export interface File {
  /**
   * absent: the file is given up, with what it holds; removed with consent, `destroy:lvm/file:PATH`. Default: present.
   */
  ensure?: 'present' | 'absent'
  /**
   * A file is made sparse; it grows and never shrinks.
   */
  size?: number
  installation?: Installation
  image?: Image
  awaitsRelease?: AwaitsRelease
}
export interface Partition {
  /**
   * The whole MiB that it must have: another one is not what was meant.
   */
  size: number
  image?: Image
  awaitsRelease?: AwaitsRelease
}
