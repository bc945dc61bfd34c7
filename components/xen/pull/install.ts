// How a guest is installed: what its own /system/install says, where it gets a boot disk that is to be installed on.
import type { MachineView } from '../../../src/model/component.js'
import type { GuestDisk } from '../../../src/model/guest-disks.js'
import { isMap } from '../../../src/model/json.js'
import { bootOptions } from './boot.js'
import { type Found, fromChild } from './finding.js'

/** What /system/install can say, and the option that it sets. */
const declarable = {
  ...bootOptions,
  boot: 'boot',
  memory: 'memory',
} as const

export const pullInstall = (child: MachineView, disks: readonly GuestDisk[]): readonly Found[] => {
  const installation = disks.find(disk => disk.installation !== undefined)?.installation
  const install = child.get('/system/install')
  if (installation === undefined || !isMap(install)) return []
  return [
    { path: ['installation'], value: installation, from: fromChild('/system/install') },
    ...Object.entries(declarable).flatMap(([name, option]): readonly Found[] => {
      const value = install[name]
      if (value === undefined || (name === 'bootargs' && install.bootloader_args !== undefined)) return []
      return [{ path: ['install_options', option], value, from: fromChild(`/system/install/${name}`) }]
    }),
  ]
}
