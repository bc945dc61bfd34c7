// Reads a file of a host.
import { CommandFailed } from '../model/system.js'
import type { RemoteHost } from './remote-host.js'

const script = 'if [ -e "$1" ]; then cat -- "$1"; fi'
const short = 60_000

/** Its text; empty where there is none. Throws HostLost and CommandFailed. */
export const readIfThere = async (host: RemoteHost, path: string): Promise<string> => {
  const argv = ['sh', '-c', script, 'sh', path]
  const { code, stdout, stderr } = await host.exec(argv, { timeout: short })
  if (code !== 0) throw new CommandFailed(argv, { reason: `exit ${code}`, code, stderr })
  return stdout
}
