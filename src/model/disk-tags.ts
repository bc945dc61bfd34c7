// What is kept of a guest's disk while it is being filled or installed: tags of its volume (lvm(8), "TAGS"), which LVM
// writes in one step with the volume itself; of a file or partition, the lines of a file in the agent's state. The
// component that makes the disk sets them, the one that starts the guest goes by them. Pure.
import { posix } from 'node:path'

/** Its content is not whole yet: it may be written again, and no guest may have it. */
export const fillingTag = 'xenclosure_filling'
/** Of a partition, which was there before: that its content is the image's, once for all. */
export const filledTag = 'xenclosure_filled'
/** Its guest is to be installed, by the installation of this name; without it, it is installed. */
export const installTag = (installation: string): string => `${installPrefix}${installation}`
/** The installation has come to its end. */
export const installedTag = (installation: string): string => `${installedPrefix}${installation}`

const installPrefix = 'xenclosure_install='
const installedPrefix = 'xenclosure_installed='

/** The installation that a disk waits for; undefined where it waits for none. */
export const awaitedInstallation = (tags: readonly string[]): string | undefined =>
  tags.find(tag => tag.startsWith(installPrefix))?.slice(installPrefix.length)

/** The one that has come to its end; undefined where none has. */
export const installationOver = (tags: readonly string[]): string | undefined =>
  tags.find(tag => tag.startsWith(installedPrefix))?.slice(installedPrefix.length)

/** Whether it says that its disk is to be installed, or is. */
export const isInstallationTag = (tag: string): boolean =>
  tag.startsWith(installPrefix) || tag.startsWith(installedPrefix)

/** Ours among a volume's tags, as LVM lists them. */
export const tagsIn = (listed: string): readonly string[] =>
  listed.split(',').filter(tag => tag.startsWith('xenclosure_'))

/** The file of a file's or partition's tags, where `memory` is that of a component: all of them share it. */
export const tagFile = (memory: string, path: string): string => `${tagDirectory(memory)}/${encodeURIComponent(path)}`

export const tagDirectory = (memory: string): string => `${posix.dirname(memory)}/disks`

export const printTags = (tags: readonly string[]): string => tags.map(tag => `${tag}\n`).join('')

/** Of a file that is not there, none. */
export const parseTags = (text: string | null): readonly string[] =>
  (text ?? '').split('\n').filter(line => line !== '')
