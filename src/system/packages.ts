// Which package a host lacks where one of its commands is not there: the name in Debian, and in Red Hat's family where
// that is another.

const packages: readonly (readonly [RegExp, string])[] = [
  [/^(lvm|(lv|vg|pv)[a-z]+)$/, 'lvm2'],
  [/^xl$/, 'xen-system-amd64 (Debian) or xen (Red Hat)'],
  [/^(update-grub|grub-mkconfig)$/, 'grub2-common'],
  [/^grub2-(mkconfig|script-check|editenv|probe)$/, 'grub2-tools'],
  [/^grub-(script-check|editenv|mkrelpath|probe)$/, 'grub-common'],
  [/^(wipefs|blkid|blockdev|lsblk|findmnt|unshare|nsenter)$/, 'util-linux'],
  [/^xz$/, 'xz-utils (Debian) or xz (Red Hat)'],
  [/^zstd$/, 'zstd'],
  [/^mkfs\.ext4$/, 'e2fsprogs'],
  [/^mkfs\.xfs$/, 'xfsprogs'],
  [/^ip$/, 'iproute2 (Debian) or iproute (Red Hat)'],
  [/^ping$/, 'iputils-ping (Debian) or iputils (Red Hat)'],
  [/^dhcpd$/, 'isc-dhcp-server (Debian) or dhcp-server (Red Hat)'],
  [/^kea-dhcp4$/, 'kea-dhcp4-server (Debian) or kea (Red Hat)'],
  [/^dnsmasq$/, 'dnsmasq-base (Debian) or dnsmasq (Red Hat)'],
  [/^networkctl$/, 'systemd (Debian) or systemd-networkd (Red Hat)'],
]

/** What to install for a command; undefined where that is not known. */
export const packagesOf = (command: string): string | undefined => packages.find(([name]) => name.test(command))?.[1]
