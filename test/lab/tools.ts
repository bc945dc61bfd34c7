// What the lab needs of the machine that it runs on, and the one line that puts right what is missing.
import { isHere } from '../oracles/require-tool.js'
import { show } from './command.js'

/** The Debian package of each program that the lab runs. */
const packages = {
  mmdebstrap: 'mmdebstrap',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  sfdisk: 'fdisk',
  'mkfs.ext4': 'e2fsprogs',
  ssh: 'openssh-client',
  'dpkg-deb': 'dpkg',
} as const

const minute = 60_000

/** Refuses with what to do where the lab can't run here; with `install`, installs missing programs first. */
export const checkTools = async (install: boolean, signal: AbortSignal): Promise<void> => {
  if (process.getuid?.() !== 0) throw new Error('the lab builds a disk image with root as its owner: run it as root')
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('the lab needs Linux on x86-64')
  const line = installLine()
  if (line === null) return
  if (!install) throw new Error(`missing tools: ${line.join(' ')} (or: npm run lab -- --install)`)
  await show(['apt-get', 'update', '-q'], { timeout: 5 * minute, signal })
  await show(line, { timeout: 10 * minute, signal, env: { DEBIAN_FRONTEND: 'noninteractive' } })
}

const installLine = (): readonly string[] | null => {
  const missing = Object.entries(packages).filter(([program]) => !isHere(program))
  if (missing.length === 0) return null
  return ['apt-get', 'install', '-y', '--no-install-recommends', ...missing.map(([, name]) => name)]
}
