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
   * The entry that boots by itself: the newest hypervisor, or the newest kernel without one.
   */
  default?: 'xen' | 'linux'
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
export interface CommandLine {
  /**
   * Options by name. They are added behind the system's own, for the last one of a name counts.
   */
  options?: {
    [k: string]: Option
  }
}
