// The agent on a host that it was carried to: one file by its digest, which no later one replaces while it is at work.
import { digestOf } from '../model/seal.js'
import { CommandFailed } from '../model/system.js'
import type { RemoteHost } from './remote-host.js'

type Carrier = Pick<RemoteHost, 'exec' | 'put'>

/** Root's own: what lies here is run by root, and documents may hold secrets. */
export const carriedPlace = '/var/lib/xenclosure/carried'

/** The path of the agent on the host, where it is put unless it is there, byte for byte. */
export const carriedAgent = async (host: Carrier, agent: Uint8Array, place = carriedPlace): Promise<string> => {
  const digest = digestOf(agent)
  const path = `${place}/xenclosure-agent-${digest}.cjs`
  if ((await digestThere(host, place, path)) === digest) return path
  await host.put(path, agent, 0o700)
  if ((await digestThere(host, place, path)) === digest) return path
  throw new CommandFailed(['put', path], { reason: 'its digest is another' })
}

/**
 * What was carried here and not used for a day is removed: an agent of another edition, documents, what a lost
 * connection left. The directory is ours alone, and root's. The agent is used from now on.
 */
const preparing = `
set -e
umask 077
mkdir -p -- "$1"
chmod 0700 -- "$1"
chown 0:0 -- "$1"
find "$1" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf -- {} +
if [ -f "$2" ]; then
  touch -- "$2"
  sha256sum < "$2"
fi
`

/** Of the file, in hex; empty where there is none. */
const digestThere = async (host: Carrier, place: string, path: string): Promise<string> => {
  const { code, stdout, stderr } = await host.exec(['sh', '-c', preparing, 'sh', place, path], { timeout: 60_000 })
  if (code !== 0) throw new CommandFailed(['mkdir', place], { reason: `exit ${code}`, code, stderr })
  return stdout.split(' ')[0] ?? ''
}
