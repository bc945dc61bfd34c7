// Generated from system.json by `npm run generate`; not edited by hand.

export type Ip = string
/**
 * Of an IPv4 address: 255.255.255.0.
 */
export type Netmask = string
/**
 * The length of the prefix, instead of a netmask: 24.
 */
export type Prefix = number
/**
 * A public key as in authorized_keys, with its options before it.
 */
export type SshKey = string

/**
 * What the machine is as a system, whatever manages it.
 */
export interface System {
  /**
   * What the machine is for, in a word.
   */
  function?: string
  /**
   * The site's own name for an edition of its configuration.
   */
  siterelease?: string
  os?: {
    /**
     * The distribution, e.g. debian.
     */
    distribution?: string
    /**
     * Its release, e.g. 12.
     */
    release?: string
    codename?: string
  }
  /**
   * The machines that this one encloses. A child never names its parent.
   */
  enclosure?: {
    /**
     * hypervisor: the children are its guests; blade: a chassis; dumb: a case.
     */
    type: 'hypervisor' | 'blade' | 'dumb'
    /**
     * How many children there is room for.
     */
    maxchildren?: number
    /**
     * The children, by the names of their profiles.
     */
    children?: string[]
  }
  /**
   * How a guest boots: a kernel of the host's, or a bootloader that finds one in the guest's disk.
   */
  boot?: {
    /**
     * The kernel, a file on the host.
     */
    kernel?: string
    /**
     * The initial ramdisk, a file on the host.
     */
    ramdisk?: string
    /**
     * The kernel's command line.
     */
    cmdline?: string
    /**
     * The bootloader, e.g. pygrub.
     */
    bootloader?: string
    /**
     * Its arguments.
     */
    bootloader_args?: string[]
    /**
     * ncm-xen's name of bootloader_args.
     */
    bootargs?: string[]
  }
  /**
   * How a guest is installed on a new disk: it first boots like this, until that has shut down or restarted.
   */
  install?: {
    /**
     * The name of the installation. Default: 1.
     */
    id?: string
    /**
     * The installer's kernel, a file on the host.
     */
    kernel?: string
    /**
     * The installer's initial ramdisk, a file on the host.
     */
    ramdisk?: string
    /**
     * The installer's command line.
     */
    cmdline?: string
    /**
     * The bootloader that finds the installer, e.g. pypxeboot.
     */
    bootloader?: string
    /**
     * Its arguments.
     */
    bootloader_args?: string[]
    /**
     * ncm-xen's name of bootloader_args.
     */
    bootargs?: string[]
    /**
     * HVM: the order of devices, e.g. n for the network.
     */
    boot?: string
    /**
     * What the installer needs, where that is more than the guest has, in MiB.
     */
    memory?: number
  }
  network?: {
    /**
     * The host name, without the domain.
     */
    hostname?: string
    domainname?: string
    /**
     * The default gateway.
     */
    default_gateway?: string
    /**
     * The resolvers, first asked first.
     */
    nameserver?: Ip[]
    /**
     * The interfaces by name; a bridge that has an address is one of them.
     */
    interfaces?: {
      [k: string]: PrefixFits & {
        bootproto?: 'static' | 'dhcp' | 'none'
        /**
         * The static address, IPv4 or IPv6.
         */
        ip?: string
        netmask?: Netmask
        prefix?: Prefix
        /**
         * The static IPv6 address with the length of its prefix, beside ip: 2001:db8::1/64.
         */
        ipv6addr?: string
        /**
         * The next hop of this interface.
         */
        gateway?: string
        /**
         * Further addresses of this interface, by a name of their own.
         */
        aliases?: {
          [k: string]: PrefixFits & {
            /**
             * The address, IPv4 or IPv6.
             */
            ip: string
            netmask?: Netmask
            prefix?: Prefix
          }
        }
        /**
         * Routes through this interface. One without a gateway is a network on the wire itself.
         */
        routes?: (PrefixFits & {
          /**
           * The network, IPv4 or IPv6.
           */
          address: string
          netmask?: Netmask
          prefix?: Prefix
          /**
           * The next hop.
           */
          gateway?: string
        })[]
        /**
         * The VLAN that this interface is in (IEEE 802.1Q), on physdev.
         */
        vlan?: number
        /**
         * The interface below a VLAN interface.
         */
        physdev?: string
        /**
         * The bridge that this interface is a port of.
         */
        bridge?: string
        /**
         * The bond that this interface is a port of.
         */
        master?: string
        /**
         * Of a bond: the options of the driver, e.g. mode: 802.3ad.
         */
        bonding_opts?: {
          [k: string]: string | number
        }
        onboot?: boolean
      }
    }
    /**
     * The host's bridges by name, each with the interface that it bridges.
     */
    bridges?: {
      [k: string]: {
        /**
         * The bridged interface.
         */
        netdev?: string
        /**
         * Spanning tree (IEEE 802.1D). Default: none.
         */
        stp?: boolean
        /**
         * How long a port listens, and learns, before it forwards; with stp.
         */
        forward_delay?: number
        /**
         * Of the bridge and of what is below it.
         */
        mtu?: number
        /**
         * An address that answers through it, asked after a change. Default: the gateway.
         */
        probe?: string
        /**
         * absent: the bridge is removed, with consent.
         */
        ensure?: 'present' | 'absent'
      }
    }
  }
  /**
   * When the machine may be disturbed: what waits for a restart or a window is then done.
   */
  maintenance?: {
    /**
     * Times of the week. One whose end is not after its beginning ends on the next day.
     */
    windows: {
      /**
       * The days on which it begins. Default: every day.
       *
       * @minItems 1
       */
      days?: [
        'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun',
        ...('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]
      ]
      /**
       * When it begins: 22:00.
       */
      from: string
      /**
       * When it is over: 04:00, or 24:00.
       */
      to: string
    }[]
    /**
     * Whose clock they go by, e.g. Europe/Dublin. Default: UTC.
     */
    timezone?: string
  }
  /**
   * How an installation divides the machine's disks. Disks without a partition here are not touched by it.
   */
  blockdevices?: {
    /**
     * Partitions by name (sda1).
     */
    partitions?: {
      [k: string]: {
        /**
         * The disk that it is on, of /hardware/harddisks.
         */
        holding_dev: string
        /**
         * In MiB. Default: what is left on the disk.
         */
        size?: number
      }
    }
    /**
     * Volume groups by name.
     */
    volume_groups?: {
      [k: string]: {
        /**
         * The partitions that it is made of: [partitions/sda2].
         *
         * @minItems 1
         */
        device_list: [string, ...string[]]
      }
    }
    /**
     * Logical volumes by name.
     */
    logical_volumes?: {
      [k: string]: {
        /**
         * The group that it is in.
         */
        volume_group: string
        /**
         * In MiB.
         */
        size: number
      }
    }
  }
  filesystems?: {
    /**
     * Where it is mounted, an absolute path in one form (without `.`, `..`, `//` and a slash at the end), or swap.
     */
    mountpoint: string
    /**
     * What it lies on, of /system/blockdevices: partitions/sda1, logical_volumes/root.
     */
    block_device: string
    /**
     * xfs, ext4, swap, vfat ... Default: xfs; of swap, swap.
     */
    type?: string
    /**
     * Its options in fstab, e.g. noatime,nodev.
     */
    mountopts?: string
    format?: boolean
    mount?: boolean
  }[]
  /**
   * How the machine is installed by a kickstart file (RHEL 7 to 9 and their rebuilds, Fedora).
   */
  kickstart?: {
    /**
     * The text template of the whole file, without .hbs. Default: kickstart/kickstart.
     */
    template?: string
    /**
     * The installation tree.
     */
    url: string
    /**
     * Default: en_US.UTF-8.
     */
    lang?: string
    /**
     * A keymap of the console. Default: us.
     */
    keyboard?: string
    /**
     * E.g. Europe/Dublin. Default: UTC. The hardware clock is always UTC.
     */
    timezone?: string
    /**
     * Whom it asks for the time.
     */
    ntpservers?: string[]
    /**
     * root's password, hashed as in /etc/shadow. Default: none, root is locked.
     */
    rootpw?: string
    /**
     * root's keys, as in authorized_keys.
     */
    ssh_keys?: SshKey[]
    /**
     * Users by name.
     */
    users?: {
      [k: string]: {
        /**
         * Hashed as in /etc/shadow. Default: none, no password is accepted.
         */
        password?: string
        /**
         * Groups beside its own.
         */
        groups?: string[]
        uid?: number
        gid?: number
        homedir?: string
        shell?: string
        /**
         * The person's name.
         */
        gecos?: string
        /**
         * Keys, as in authorized_keys.
         */
        ssh_keys?: SshKey[]
      }
    }
    bootloader?: {
      /**
       * Of GRUB's menu, as grub2-mkpasswd-pbkdf2 prints it: grub.pbkdf2...
       */
      password?: string
      /**
       * Added to the kernel's command line.
       */
      append?: string
    }
    /**
     * Default: enforcing.
     */
    selinux?: 'enforcing' | 'permissive' | 'disabled'
    /**
     * Default: enabled, ssh is let in.
     */
    firewall?: {
      enabled?: boolean
      /**
       * Services that are let in, by firewalld's names.
       */
      services?: string[]
      /**
       * Ports that are let in: 5432/tcp.
       */
      ports?: string[]
    }
    /**
     * systemd services.
     */
    services?: {
      /**
       * Started with the system.
       */
      enabled?: string[]
      /**
       * Not started.
       */
      disabled?: string[]
    }
    /**
     * The site's own scripts, in this order.
     */
    hooks?: {
      /**
       * Before anything is done to the disks.
       */
      pre?: {
        /**
         * The script itself.
         */
        script?: string
        /**
         * A text template on the load path, without .hbs, that gives the script.
         */
        template?: string
        /**
         * Default: /bin/sh.
         */
        interpreter?: string
        /**
         * post: whether it runs within the new system. Default: true.
         */
        chroot?: boolean
      }[]
      /**
       * In the installed system.
       */
      post?: {
        /**
         * The script itself.
         */
        script?: string
        /**
         * A text template on the load path, without .hbs, that gives the script.
         */
        template?: string
        /**
         * Default: /bin/sh.
         */
        interpreter?: string
        /**
         * post: whether it runs within the new system. Default: true.
         */
        chroot?: boolean
      }[]
      /**
       * Where the installation failed.
       */
      onerror?: {
        /**
         * The script itself.
         */
        script?: string
        /**
         * A text template on the load path, without .hbs, that gives the script.
         */
        template?: string
        /**
         * Default: /bin/sh.
         */
        interpreter?: string
        /**
         * post: whether it runs within the new system. Default: true.
         */
        chroot?: boolean
      }[]
    }
    /**
     * Of a Xen host: the agent, installed and enabled.
     */
    agent?: {
      /**
       * The URL of xenclosure-agent_VERSION.tar.gz, as npm run package makes it.
       */
      source: string
      /**
       * Its digest: sha256sum FILE.
       */
      sha256: string
      /**
       * The URL of the machine's document.
       */
      document: string
      /**
       * The public key that the document must be signed by, PEM: the text of KEY.pub. Default: no signature is asked for.
       */
      trust?: string
    }
    /**
     * Where `xenclosure serve` gives the machine its kickstart file, by a token of the installation, and is told that it is installed.
     */
    provisioner?: {
      /**
       * Without a slash at its end: https://provision.example.org.
       */
      url: string
      /**
       * The authority that vouches for it, PEM. Default: those of the machine's distribution.
       */
      ca?: string
    }
    /**
     * What comes after the installation. Default: reboot.
     */
    finish?: 'reboot' | 'poweroff' | 'halt'
  }
  /**
   * What the machine boots over its network card (/hardware/cards/nic/NAME/boot).
   */
  netboot?: {
    /**
     * The IPv4 address of the TFTP server.
     */
    server: string
    /**
     * The loader that its firmware takes. Default: pxelinux.
     */
    loader?: 'pxelinux' | 'grub-bios' | 'grub-uefi'
    /**
     * The loader's file on that server. Default: pxelinux.0, or where grub-mknetdir puts GRUB.
     */
    file?: string
    /**
     * What it boots to be installed.
     */
    install?: {
      /**
       * The kernel, a path on the TFTP server.
       */
      kernel: string
      /**
       * Its initial ramdisk, a path there.
       */
      initrd?: string
      /**
       * Its command line.
       */
      cmdline?: string
    }
    /**
     * What it boots to be looked at, from no disk of its own.
     */
    rescue?: {
      /**
       * The kernel, a path on the TFTP server.
       */
      kernel: string
      /**
       * Its initial ramdisk, a path there.
       */
      initrd?: string
      /**
       * Its command line.
       */
      cmdline?: string
    }
  }
}
export interface PrefixFits {
  [k: string]: unknown
}
