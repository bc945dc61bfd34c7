// A host is reached, worked on and left, whatever comes of it.
import { CommandFailed } from '../model/system.js'
import { HostLost, HostUnreachable, type Reach, type RemoteHost } from './remote-host.js'

/** Throws what `reach` and the work throw. */
export const withHost = async <Result>(
  reach: Reach,
  machine: string,
  work: (host: RemoteHost) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> => {
  const host = await reach(machine, signal)
  try {
    return await work(host)
  } finally {
    await host.close()
  }
}

/** What can go wrong with a host; all else is a bug. */
export const isHostFailure = (error: unknown): error is Error =>
  [HostUnreachable, HostLost, CommandFailed].some(kind => error instanceof kind)
