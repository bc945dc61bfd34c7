// Which types of file systems an installation makes, and where. Pure.
import { printPointer } from '../../model/pointer.js'
import type { System } from '../../model/schemas/system.js'
import type { ProvisionFault } from '../fault.js'
import type { Syntax } from './syntax.js'

/** Types of file systems that the machine's version does not make, and a type that is another one's. */
export const typeFaults = ({ filesystems = [] }: System, { version, hasBtrfs }: Syntax): readonly ProvisionFault[] =>
  filesystems.flatMap(({ mountpoint, type }, index) => {
    const known = knownTypes(mountpoint, hasBtrfs)
    if (type === undefined || known.includes(type)) return []
    const pointer = printPointer(['system', 'filesystems', `${index}`, 'type'])
    return [{ pointer, message: `${version} makes no ${type} for ${mountpoint}`, hint: `one of: ${known.join(', ')}` }]
  })

const knownTypes = (mountpoint: string, hasBtrfs: boolean): readonly string[] => {
  if (mountpoint === 'swap') return ['swap']
  if (mountpoint === '/boot/efi') return ['vfat', 'efi']
  return ['ext2', 'ext3', 'ext4', 'xfs', 'vfat', ...(hasBtrfs ? ['btrfs'] : [])]
}
