// Mounts that nobody else on this machine sees (mount_namespaces(7)). An older systemd than Debian 12's takes a mount off
// again whose device it believes gone, for the news of a volume that was just made reaches it late (systemd/systemd#2014),
// and whoever looks into every mount keeps each of them busy. They last as long as a process there: an agent that is killed leaves none.
// What is unmounted elsewhere goes here, too (`slave`): a fill may take hours, and would keep its device busy.
import type { ChildRecorder } from '../command.js'
import { startFilter } from './filter.js'

export type PrivateMounts = {
  /** The command as it runs among them. */
  readonly inside: (argv: readonly string[]) => readonly string[]
  /** Nothing may be mounted any more. */
  readonly close: () => Promise<void>
}

/** Throws CommandFailed where this process may not have any. */
export const openPrivateMounts = async (children: ChildRecorder | undefined): Promise<PrivateMounts> => {
  const { pid, stdin, stdout, ended, failure } = startFilter(
    ['unshare', '--mount', '--propagation=slave', 'cat'],
    children,
    'pipe',
  )
  stdin.on('error', () => undefined)
  stdin.write('ready\n')
  try {
    for await (const _echo of stdout ?? []) {
      // What comes back has been there: from now on the process is in its own namespace.
      return {
        inside: argv => ['nsenter', `--mount=/proc/${pid}/ns/mnt`, ...argv],
        close: () => {
          stdin.end()
          return ended()
        },
      }
    }
  } catch (error) {
    throw await failure(error)
  }
  await ended()
  throw new Error('bug: unshare has said nothing')
}
