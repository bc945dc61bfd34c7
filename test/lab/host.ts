// The Xen host in the lab's machine: booted or taken from a snapshot, and reached over ssh.
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Captured, capture } from './command.js'
import { type Cable, consoleTail, copyDisks, freePort, isRunning, makeDisks, startMachine } from './qemu.js'

export type Host = {
  /** Its disks, its console's log and its pid file. */
  readonly directory: string
  /** Of ssh, on this machine's loopback. */
  readonly port: number
  /** The file of root's ssh key. */
  readonly key: string
}

/** It takes 45 to 60 s on a free core, 3 s from a snapshot. */
const bootLimit = 10 * 60_000

/** Boots a new host from an image, on disks made in `directory`. The caller stops the machine even if this fails. */
export const bootHost = async (image: string, directory: string, signal: AbortSignal): Promise<Host> => {
  await makeDisks(image, directory, signal)
  return bootAgain({ directory, port: await freePort(), key: join(image, 'id') }, signal)
}

/** Boots a host whose machine is off, from its disks as they are; returns when Xen's services are up. */
export const bootAgain = async (host: Host, signal: AbortSignal): Promise<Host> => {
  await startMachine(host.directory, { port: host.port }, signal)
  await awaitSsh(host, signal)
  return awaitXen(host)
}

/** A host as it was in a snapshot of other disks, which are copied into `directory`; with the time of today. */
export const resumeHost = async (
  { directory: disks, key }: Pick<Host, 'directory' | 'key'>,
  snapshot: string,
  directory: string,
  signal: AbortSignal,
  cable?: Cable,
): Promise<Host> => {
  const host = { directory, port: await freePort(), key }
  await copyDisks(disks, directory, signal)
  await startMachine(directory, { port: host.port, snapshot, cable }, signal)
  await awaitSsh(host, signal)
  await ask(host, `date -s @${Math.floor(Date.now() / 1000)}`)
  return host
}

/** Restarts the host in an orderly way, through its boot loader, and returns when it is back. */
export const rebootHost = async (host: Host, signal: AbortSignal): Promise<void> => {
  const bootId = 'cat /proc/sys/kernel/random/boot_id'
  const before = await ask(host, bootId)
  await onHost(host, 'systemctl reboot', 60)
  await capture([...sharedSsh(host), '-O', 'exit'], { timeout: 30_000, signal })
  const end = Date.now() + bootLimit
  const isBack = async (): Promise<boolean> => {
    const { code, stdout } = await capture([...sshCommand(host), bootId], { timeout: 30_000, signal })
    return code === 0 && stdout.trim() !== before
  }
  while (!(await isBack())) {
    if (Date.now() > end) throw new Error(`not back after ${bootLimit / 1000} s:\n${consoleTail(host.directory)}`)
    await sleep(1000, undefined, { signal })
  }
  await awaitXen(host)
}

/** Waits until a host that was told to switch itself off has done so; ssh ends some time before. */
export const awaitOff = async ({ directory }: Host, signal: AbortSignal): Promise<void> => {
  const end = Date.now() + bootLimit
  while (isRunning(directory)) {
    if (Date.now() > end) throw new Error(`still on after ${bootLimit / 1000} s:\n${consoleTail(directory)}`)
    await sleep(500, undefined, { signal })
  }
}

/** The ssh command that reaches a host's root, without the remote command; it tries for so many seconds. */
export const sshCommand = (host: Host, patience = 10): readonly string[] => [
  ...['ssh', '-q', '-i', host.key, '-p', String(host.port), '-o', 'BatchMode=yes', '-o', `ConnectTimeout=${patience}`],
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', 'root@127.0.0.1'],
]

/** The same over one connection for all calls, for a login is dear in an emulator. It ends with QEMU, or by `-O exit`. */
const sharedSsh = (host: Host, patience?: number): readonly string[] => {
  // Relative, for the path of a socket is short: 107 bytes, of which ssh takes 17 for itself.
  const socket = relative('', join(host.directory, 'ssh'))
  const shared = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${socket}`, '-o', 'ControlPersist=yes']
  const [ssh = '', ...others] = sshCommand(host, patience)
  return [ssh, ...shared, ...others]
}

/** Seconds, of which nothing takes a third: a limit ends what hangs, and is no measure of speed. */
const longest = 600

/**
 * Runs a shell script on the host; `limit` in seconds. A non-zero exit is a result; 255 is ssh's own, also at the limit.
 * A login takes 1 s, and 20 s on a machine that is busy otherwise.
 */
export const onHost = (host: Host, script: string, limit = longest, stdin: Buffer | string = ''): Promise<Captured> =>
  capture([...sharedSsh(host, Math.ceil(limit / 3)), script], { timeout: limit * 1000, stdin })

/** Runs a shell script on the host, which must succeed, and returns what it printed; `limit` in seconds. */
export const ask = async (host: Host, script: string, limit = longest): Promise<string> => {
  const { code, stdout, stderr } = await onHost(host, script, limit)
  if (code === 255) throw new Error(`${script}: not reached, or not done within ${limit} s`)
  if (code !== 0) throw new Error(`${script}: exit ${code}: ${stderr}`)
  return stdout.trim()
}

/** Seconds: what takes 10 to 30 of them on a free core took 150 beside other work. Less than `longest`, for the hint. */
const waitLimit = 480

/** Waits until a command of the shell succeeds on the host, and returns what it printed; at the limit fails with what `hint` prints. */
export const waitUntil = (host: Host, command: string, hint: string): Promise<string> =>
  ask(host, `SECONDS=0; until ${command}; do [ $SECONDS -lt ${waitLimit} ] || { ${hint}; exit 1; } >&2; sleep 1; done`)

/** Copies text or bytes into a file of the host. */
export const copyTo = async (host: Host, path: string, content: Buffer | string): Promise<void> => {
  const { code, stderr } = await onHost(host, `mkdir -p "$(dirname ${path})" && cat > ${path}`, longest, content)
  if (code !== 0) throw new Error(`copying to ${path}: ${stderr}`)
}

const awaitSsh = async (host: Host, signal: AbortSignal): Promise<void> => {
  const { directory } = host
  const end = Date.now() + bootLimit
  const answers = async (): Promise<boolean> =>
    (await capture([...sshCommand(host), 'true'], { timeout: 30_000, signal })).code === 0
  while (!(await answers())) {
    if (!isRunning(directory)) throw new Error(`QEMU ended while the host booted:\n${consoleTail(directory)}`)
    if (Date.now() > end) throw new Error(`no ssh within ${bootLimit / 1000} s:\n${consoleTail(directory)}`)
    await sleep(500, undefined, { signal })
  }
}

/** ssh answers before Xen's own services do. */
const awaitXen = async (host: Host): Promise<Host> => {
  const { code, stderr } = await onHost(host, 'systemctl is-system-running --wait > /dev/null; xl list')
  if (code !== 0) throw new Error(`xl does not work on the host: ${stderr}`)
  return host
}
