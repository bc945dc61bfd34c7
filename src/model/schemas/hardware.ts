// Generated from hardware.json by `npm run generate`; not edited by hand.

/**
 * What a machine is made of. The hardware of a guest is what its host gives it.
 */
export interface Hardware {
  /**
   * The maker's name of the machine.
   */
  model?: string
  /**
   * The machine's serial number.
   */
  serialnumber?: string
  /**
   * Where the machine stands: room, rack, slot.
   */
  location?: string
  /**
   * How a guest is virtualised.
   */
  type?: 'pv' | 'pvh' | 'hvm'
  /**
   * The processors, one item a socket.
   */
  cpu?: {
    arch?: 'x86_64' | 'i386'
    model?: string
    /**
     * Cores of this processor; of a guest, its vcpus.
     */
    cores?: number
    /**
     * Nominal clock in MHz.
     */
    speed?: number
  }[]
  /**
   * The memory modules.
   */
  ram?: {
    /**
     * The size of this module, in MiB.
     */
    size: number
  }[]
  /**
   * The disks by device name (sda, xvda).
   */
  harddisks?: {
    [k: string]: {
      /**
       * The disk's size, in MiB.
       */
      capacity?: number
      /**
       * Whether the machine boots from this disk.
       */
      boot?: boolean
      /**
       * Of a guest's disk: what it is filled with when it is made. One that is there already is left as it is.
       */
      image?: {
        /**
         * A file on the host, or an http(s) URL.
         */
        source: string
        /**
         * The digest of the source as it comes, in hex: sha256sum FILE.
         */
        sha256: string
        /**
         * raw: the bytes of the disk. tar: the files of a new filesystem on it. Both as they are, or packed.
         */
        unpack: 'raw' | 'raw.gz' | 'raw.xz' | 'raw.zst' | 'tar' | 'tar.gz' | 'tar.xz' | 'tar.zst'
        /**
         * That a tar archive is unpacked into. Default: ext4.
         */
        filesystem?: 'ext4' | 'xfs'
      }
      interface?: string
      model?: string
    }
  }
  /**
   * How the machine is reached when it is down.
   */
  console?: {
    /**
     * Its management controller, over IPMI 2.0: whether the machine is on, and what switches it on. The password is no part of a profile.
     */
    ipmi?: {
      /**
       * The controller's name or address.
       */
      fqdn: string
      /**
       * Its unicast MAC address.
       */
      hwaddr?: string
      /**
       * Default: 623.
       */
      port?: number
      /**
       * Who may switch the machine. Default: root.
       */
      user?: string
    }
  }
  cards?: {
    /**
     * The network cards by interface name (eth0).
     */
    nic?: {
      [k: string]: {
        /**
         * The unicast MAC address: six pairs of hex digits, 00:16:3e:00:00:01.
         */
        hwaddr: string
        /**
         * Whether the machine may boot over this card.
         */
        boot?: boolean
        driver?: string
        /**
         * In Mbit/s.
         */
        maxspeed?: number
        media?: string
        pxe?: boolean
      }
    }
  }
}
