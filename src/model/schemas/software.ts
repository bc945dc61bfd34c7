// Generated from software.json by `npm run generate`; not edited by hand.

/**
 * What is installed on a machine, by the names of its distribution; beside it, /software/components.
 */
export interface Software {
  components?: {
    [k: string]: unknown
  }
  /**
   * Packages by name.
   */
  packages?: {
    [k: string]: {
      /**
       * absent: left out though a group has it.
       */
      ensure?: 'present' | 'absent'
    }
  }
  /**
   * Groups of packages by name (core).
   */
  groups?: {
    [k: string]: {}
  }
  /**
   * Modules by name (nodejs): RHEL 8 and 9.
   */
  modules?: {
    [k: string]: {
      /**
       * Its stream, e.g. "20".
       */
      stream: string
    }
  }
  /**
   * Repositories by name, beside the installation tree.
   */
  repositories?: {
    [k: string]: {
      baseurl?: string
      mirrorlist?: string
      metalink?: string
      cost?: number
      /**
       * Whether the installed system has it, too. Default: true.
       */
      install?: boolean
    }
  }
}
