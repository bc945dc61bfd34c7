// The document of the lab's host, and how scenarios change it: as a site without keys would publish it, without a seal.
import type { GRUB } from '../../components/grub/desired.js'
import type { LVMVolumes } from '../../components/lvm/desired.js'
import type { Network } from '../../components/network/desired.js'
import type { Domain, XenDomains } from '../../components/xen/desired.js'
import { documentPath, sealPath } from './agent.js'
import { ask, copyTo, type Host } from './host.js'

/** What scenarios change of it. */
export type Document = {
  readonly software: {
    readonly components: {
      readonly grub: GRUB
      readonly lvm: LVMVolumes & Required<Pick<LVMVolumes, 'groups'>>
      readonly network: Network
      readonly xen: XenDomains & Required<Pick<XenDomains, 'domains'>>
    }
  }
}

/** Writes the host's document anew; `edit` gets it as the profiles have it, whatever was edited before. */
export const publish = async (host: Host, edit: (components: Components) => void): Promise<void> => {
  const kept = `${documentPath}.compiled`
  const document: Document = JSON.parse(await ask(host, `cp --no-clobber ${documentPath} ${kept}; cat ${kept}`))
  edit(document.software.components)
  await ask(host, `rm -f ${sealPath}`)
  await copyTo(host, documentPath, JSON.stringify(document))
}

export type Components = Document['software']['components']

/** A guest as the profiles' own ones are, with another number in its address and MAC, and its own disks. */
export const guest = (number: number, type: 'pv' | 'pvh', disks: NonNullable<Domain['disks']>): Domain => ({
  disks,
  options: {
    type,
    uuid: `00000000-0000-4000-8000-0000000000${number}`,
    kernel: '/srv/guest/vmlinux',
    ramdisk: '/srv/guest/initrd.gz',
    cmdline: `console=hvc0 ip=${addressOf(number)}/24`,
    memory: 128,
  },
  vifs: { eth0: { mac: `00:16:3e:4d:00:${number}`, bridge: 'xenbr0' } },
})

export const addressOf = (number: number): string => `192.168.77.${number}`
