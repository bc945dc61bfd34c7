// The lab's machine in QEMU: started on disks of its own, through its boot loader or from a snapshot in them, asked over
// its monitor, ended by its pid file. Emulated (TCG): a Xen inside KVM needs a processor that passes its virtualisation on.
import { readdirSync, readFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasCode } from '../../src/system/has-code.js'
import { capture } from './command.js'

export const accelerator = 'tcg,thread=multi'

/**
 * What a snapshot depends on, beside the image and QEMU itself. Not every emulated processor runs Xen: `max` crashes
 * dom0 (SMAP), `EPYC` panics Xen; two processors are slower than one. The MAC and the disk /dev/disk/by-id/virtio-labguests
 * are those of labhost's profile.
 */
export const machine: readonly string[] = [
  ...['-name', 'xenclosure-lab', '-accel', accelerator, '-cpu', 'qemu64,+npt', '-smp', '1', '-m', '2048'],
  ...['-display', 'none', '-vga', 'none', '-daemonize'],
  ...['-device', 'virtio-blk-pci,drive=root,bootindex=1', '-device', 'virtio-blk-pci,drive=guests,serial=labguests'],
  ...['-device', 'virtio-net-pci,netdev=net,mac=52:54:00:00:00:01', '-device', 'virtio-rng-pci'],
  ...['-device', 'virtio-net-pci,netdev=between,mac=52:54:00:00:00:02'],
]

const disks = ['root', 'guests'] as const

const diskFile = (directory: string, disk: (typeof disks)[number]): string => join(directory, `${disk}.qcow2`)

/** The disks of a new machine: the system's, an overlay over the image, and a blank one of 8 GiB. */
export const makeDisks = async (image: string, directory: string, signal: AbortSignal): Promise<void> => {
  const create = ['qemu-img', 'create', '-q', '-f', 'qcow2']
  await must([...create, '-b', join(image, 'dom0.raw'), '-F', 'raw', diskFile(directory, 'root')], signal)
  await must([...create, diskFile(directory, 'guests'), '8G'], signal)
}

/** Copies the disks of a machine that is not running, with the snapshots in them. */
export const copyDisks = (from: string, to: string, signal: AbortSignal): Promise<void> =>
  must(['cp', '--sparse=always', '--reflink=auto', ...disks.map(disk => diskFile(from, disk)), to], signal)

export type Start = {
  /** Of ssh, on this machine's loopback. */
  readonly port: number
  /** The snapshot to go on from. */
  readonly snapshot?: string | undefined
  /** The cable of its second card to another machine; without one the card is connected to nothing. */
  readonly cable?: Cable | undefined
}

/** The two ends of a cable between two machines: paths of sockets, each made by its own machine. */
export type Cable = { readonly here: string; readonly there: string }

const between = (cable: Cable | undefined): string =>
  cable === undefined
    ? 'hubport,id=between,hubid=0'
    : `dgram,id=between,local.type=unix,local.path=${cable.here},remote.type=unix,remote.path=${cable.there}`

/** Starts the machine whose disks are in a directory, and returns when QEMU has taken its devices (or its snapshot). */
export const startMachine = (directory: string, { port, snapshot, cable }: Start, signal: AbortSignal): Promise<void> =>
  must(
    [
      ...['qemu-system-x86_64', ...machine],
      ...(snapshot === undefined ? [] : ['-loadvm', snapshot]),
      ...['-serial', `file:${join(directory, 'console.log')}`, '-pidfile', pidFile(directory)],
      ...['-monitor', `unix:${monitorSocket(directory)},server=on,wait=off`],
      ...disks.flatMap(disk => [
        '-drive',
        `if=none,id=${disk},file=${diskFile(directory, disk)},format=qcow2,cache=unsafe,discard=unmap`,
      ]),
      ...['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${port}-:22`, '-netdev', between(cable)],
    ],
    signal,
  )

/** Keeps the running machine, its memory and its disks, under a name in the disks. */
export const saveSnapshot = (directory: string, name: string): Promise<void> => monitor(directory, `savevm ${name}`)

/** Switches the machine off without warning, as a power cut does; what the guest system had not written is lost. */
export const cutPower = async (directory: string): Promise<void> => {
  const pid = runningPid(directory)
  if (pid !== null) await kill(pid)
}

/** Ends the QEMU of a directory, if it runs. It removes its pid file some time before it is gone. */
export const stopMachine = async (directory: string): Promise<void> => {
  const pid = runningPid(directory)
  if (pid === null) return
  signalTo(pid, 'SIGTERM')
  const end = Date.now() + 10_000
  while (isProcess(pid) && Date.now() < end) await sleep(50)
  await kill(pid)
}

const kill = async (pid: number): Promise<void> => {
  signalTo(pid, 'SIGKILL')
  while (isProcess(pid)) await sleep(50)
}

export const isRunning = (directory: string): boolean => runningPid(directory) !== null

/** The last lines of the machine's console. */
export const consoleTail = (directory: string): string =>
  readIfThere(join(directory, 'console.log')).split(/\r?\n/).slice(-30).join('\n')

/** Runs a command of QEMU's human monitor; what it prints is its complaint. */
const monitor = (directory: string, command: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(monitorSocket(directory))
    const prompt = '(qemu) '
    let text = ''
    let isSent = false
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.on('data', (chunk: string) => {
      text += chunk
      if (!text.endsWith(prompt)) return
      if (isSent) {
        socket.destroy()
        const complaint = text.slice(0, -prompt.length).split(/\r?\n/).slice(1).join('\n').trim()
        if (complaint === '') resolve()
        else reject(new Error(`QEMU, ${command}: ${complaint}`))
      } else {
        isSent = true
        text = ''
        socket.write(`${command}\n`)
      }
    })
  })

const pidFile = (directory: string): string => join(directory, 'pid')
const monitorSocket = (directory: string): string => join(directory, 'monitor')

/** QEMU removes its pid file when it ends, but not when it is killed. */
const runningPid = (directory: string): number | null => {
  const pid = Number(readIfThere(pidFile(directory)))
  return pid > 0 && isProcess(pid) ? pid : null
}

/**
 * Whether a thread of it is left: files and locks are held until the last has ended, and the first may have before it. A zombie has
 * ended: where init does not reap (in a container), it stays.
 */
const isProcess = (pid: number): boolean =>
  threadsOf(pid).some(thread => !/^(?:.*\) [ZX] .*|)$/s.test(readIfThere(`/proc/${pid}/task/${thread}/stat`)))

const threadsOf = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return []
    throw error
  }
}

/** Sends a signal to a process that may have ended in between. */
const signalTo = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return ''
    throw error
  }
}

const must = async (argv: readonly string[], signal: AbortSignal): Promise<void> => {
  const { code, stderr } = await capture(argv, { timeout: 120_000, signal })
  if (code !== 0) throw new Error(`${argv[0]}: exit ${code}: ${stderr}`)
}

/** A port of the loopback that nothing listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
