// Generated from schema.json by `npm run generate`; not edited by hand.

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
}
export interface Group {
  /**
   * The disks and partitions that the group lies on. Without them, the group must be there already.
   *
   * @minItems 1
   */
  devices?: [Device, ...Device[]]
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
export interface Volume {
  /**
   * Rounded up to the group's extents. A volume grows and never shrinks.
   */
  size: number
}
