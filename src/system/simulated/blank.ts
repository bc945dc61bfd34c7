// A simulated host as it comes from the installer: Debian 12 with Xen 4.17, booted into Xen, no volume group, no domain.
import { boot } from './boot.js'
import { kernelName } from './devices.js'
import { makeDirectory, writeFile } from './files.js'
import { linuxVersion } from './grub/config.js'
import { updateGrub } from './grub.js'
import type { HostSpec } from './spec.js'
import type { Device, SimulatedState } from './state.js'

export const blankHost = (spec: HostSpec): SimulatedState => {
  const empty: SimulatedState = {
    simulated: 1,
    hostname: spec.hostname,
    memory: spec.memory,
    anyDevice: spec.devices.length === 0,
    boot: { id: '', xen: null, linux: '', dom0Memory: 0 },
    files: { '/': { type: 'directory', mode: 0o755 } },
    devices: {},
    groups: {},
    domains: [],
    counter: 0,
  }
  const devices = Object.fromEntries(
    spec.devices.map(({ path, size, serial }): readonly [string, Device] => [
      kernelName(empty, path),
      { size, serial, signature: null, mountpoint: null },
    ]),
  )
  const directories = ['/etc/default/grub.d', '/etc/xen/scripts', '/var/lib/xen', '/boot/grub']
  const withDirectories = directories.reduce((state, path) => makeDirectory(state, path, 0o755), empty)
  const withFiles = files.reduce((state, [path, content]) => writeFile(state, path, content, 0o644), withDirectories)
  return boot(updateGrub({ ...withFiles, devices }, ['update-grub']).state)
}

/** Without what is shell in Debian's own. */
const files: readonly (readonly [path: string, content: string])[] = [
  ['/etc/systemd/network/20-wired.network', '[Match]\nName=eth0\n\n[Network]\nDHCP=yes\n'],
  [
    '/etc/default/grub',
    `GRUB_DEFAULT=0
GRUB_TIMEOUT=5
GRUB_DISTRIBUTOR=Debian
GRUB_CMDLINE_LINUX_DEFAULT="quiet"
GRUB_CMDLINE_LINUX=""
`,
  ],
  [
    '/etc/default/grub.d/xen.cfg',
    `# What the hypervisor's package does in shell: boot Xen by default.
GRUB_DEFAULT="Debian GNU/Linux, with Xen hypervisor"
`,
  ],
  ...['xen-4.17-amd64.gz', 'xen-4.17-amd64.efi', `vmlinuz-${linuxVersion}`, `initrd.img-${linuxVersion}`].map(
    (file): readonly [string, string] => [`/boot/${file}`, ''],
  ),
  ['/etc/xen/xl.conf', '## Global XL config file ##\n'],
]
