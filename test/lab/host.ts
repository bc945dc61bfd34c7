// A Xen host in QEMU: booted through its real GRUB from a fresh overlay of the image, reached over ssh, ended by its
// pid file. Emulated (TCG): a Xen inside KVM needs a machine whose processor passes on its virtualisation.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Captured, capture } from './command.js'

export type Host = {
  /** Its disks, its console's log and its pid file. */
  readonly directory: string
  /** Of ssh, on this machine's loopback. */
  readonly port: number
  /** The file of root's ssh key. */
  readonly key: string
}

export const accelerator = 'tcg,thread=multi'

/** It takes 45 to 60 s on a free core. */
const bootLimit = 5 * 60_000

/** Boots a host from an image and returns when it answers. `directory` is empty; the caller stops the host even if this fails. */
export const bootHost = async (image: string, directory: string, signal: AbortSignal): Promise<Host> => {
  const host = { directory, port: await freePort(), key: join(image, 'id') }
  const rootDisk = join(directory, 'root.qcow2')
  const guestDisk = join(directory, 'guests.qcow2')
  await must(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', join(image, 'dom0.raw'), '-F', 'raw', rootDisk], signal)
  await must(['qemu-img', 'create', '-q', '-f', 'qcow2', guestDisk, '8G'], signal)
  await must(qemuCommand(host, rootDisk, guestDisk), signal)
  const end = Date.now() + bootLimit
  while (!(await answers(host, signal))) {
    if (runningPid(directory) === null) throw new Error(`QEMU ended while the host booted:\n${consoleTail(directory)}`)
    if (Date.now() > end) throw new Error(`no ssh within ${bootLimit / 1000} s:\n${consoleTail(directory)}`)
    await sleep(1000, undefined, { signal })
  }
  // ssh answers before Xen's own services do.
  const { code, stderr } = await onHost(host, 'systemctl is-system-running --wait > /dev/null; xl list', 120)
  if (code !== 0) throw new Error(`xl does not work on the host: ${stderr}`)
  return host
}

/**
 * Not every emulated processor runs Xen: `max` crashes dom0 (SMAP), `EPYC` panics Xen; two processors are slower than
 * one. The MAC and the disk's serial number (/dev/disk/by-id/virtio-labguests) are those of labhost's profile.
 */
const qemuCommand = (host: Host, rootDisk: string, guestDisk: string): readonly string[] => [
  'qemu-system-x86_64',
  ...['-name', 'xenclosure-lab', '-accel', accelerator, '-cpu', 'qemu64,+npt', '-smp', '1', '-m', '2048'],
  ...['-display', 'none', '-vga', 'none', '-no-reboot', '-monitor', 'none', '-daemonize'],
  ...['-serial', `file:${join(host.directory, 'console.log')}`, '-pidfile', pidFile(host.directory)],
  ...['-drive', `if=none,id=root,file=${rootDisk},format=qcow2,cache=unsafe`],
  ...['-device', 'virtio-blk-pci,drive=root,bootindex=1'],
  ...['-drive', `if=none,id=guests,file=${guestDisk},format=qcow2,cache=unsafe,discard=unmap`],
  ...['-device', 'virtio-blk-pci,drive=guests,serial=labguests'],
  ...['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${host.port}-:22`],
  ...['-device', 'virtio-net-pci,netdev=net,mac=52:54:00:00:00:01'],
  ...['-device', 'virtio-rng-pci'],
]

/** The ssh command that reaches a host's root, without the remote command. */
export const sshCommand = (host: Host): readonly string[] => [
  ...['ssh', '-q', '-i', host.key, '-p', String(host.port), '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', 'root@127.0.0.1'],
]

/** Runs a shell script on the host; `limit` in seconds. A non-zero exit is a result; 255 is ssh's own. */
export const onHost = (host: Host, script: string, limit: number, stdin: Buffer | string = ''): Promise<Captured> =>
  capture([...sshCommand(host), script], { timeout: limit * 1000, stdin })

/** Copies text or bytes into a file of the host. */
export const copyTo = async (host: Host, path: string, content: Buffer | string): Promise<void> => {
  const { code, stderr } = await onHost(host, `mkdir -p "$(dirname ${path})" && cat > ${path}`, 60, content)
  if (code !== 0) throw new Error(`copying to ${path}: ${stderr}`)
}

/** Ends the QEMU whose host has this directory, if it runs. */
export const stopHost = async (directory: string): Promise<void> => {
  for (let tries = 0; ; tries += 1) {
    const pid = runningPid(directory)
    if (pid === null) return
    if (tries === 0) process.kill(pid, 'SIGTERM')
    if (tries === 100) process.kill(pid, 'SIGKILL')
    await sleep(100)
  }
}

const pidFile = (directory: string): string => join(directory, 'pid')

/** QEMU removes its pid file when it ends, but not when it is killed. */
const runningPid = (directory: string): number | null => {
  const pid = Number(readIfThere(pidFile(directory)))
  return pid > 0 && existsSync(`/proc/${pid}`) ? pid : null
}

/** The last lines of the console of the host with this directory. */
const consoleTail = (directory: string): string =>
  readIfThere(join(directory, 'console.log')).split(/\r?\n/).slice(-30).join('\n')

const readIfThere = (path: string): string => (existsSync(path) ? readFileSync(path, 'latin1') : '')

const answers = async (host: Host, signal: AbortSignal): Promise<boolean> =>
  (await capture([...sshCommand(host), 'true'], { timeout: 30_000, signal })).code === 0

const must = async (argv: readonly string[], signal: AbortSignal): Promise<void> => {
  const { code, stderr } = await capture(argv, { timeout: 60_000, signal })
  if (code !== 0) throw new Error(`${argv[0]}: exit ${code}: ${stderr}`)
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
