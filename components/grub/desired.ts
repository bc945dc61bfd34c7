// Generated from schema.json by `npm run generate`; not edited by hand.

/**
 * `true` for an option without a value; a list for one that is given several times, in that order.
 *
 * @minItems 1
 */
export type Option = boolean | number | string | [Value, ...Value[]]
/**
 * Without spaces, quotes and the signs that mean something to sh or to GRUB's own script: $ ` \ ; & | < > { }.
 */
export type Value = string

/**
 * What the host boots: the default entry, and the command lines of hypervisor and kernel.
 */
export interface GRUB {
  /**
   * The entry that boots by itself: `xen` for the newest hypervisor, `linux` for the newest kernel without one, or one entry of the menu.
   */
  default?: ('xen' | 'linux') | Files | Entry
  /**
   * How long the menu waits.
   */
  timeout?: number
  /**
   * The `root=` of every entry. Default: the device of /, by its UUID.
   */
  root_device?: string
  xen?: CommandLine
  linux?: CommandLine
}
/**
 * The entry that boots these files.
 */
export interface Files {
  /**
   * The kernel's file in /boot: `vmlinuz-6.1.0-56-amd64`.
   */
  kernel: string
  /**
   * Xen's file in /boot: `xen-4.17-amd64.gz`. Default: none, Linux alone.
   */
  hypervisor?: string
}
/**
 * The entry of this name.
 */
export interface Entry {
  /**
   * A title or an id; `>` leads into a submenu: `Advanced options for Debian GNU/Linux>...`.
   */
  entry: string
}
export interface CommandLine {
  /**
   * Options by name. They are added behind the system's own, for the last one of a name counts.
   */
  options?: {
    [k: string]: Option
  }
}
