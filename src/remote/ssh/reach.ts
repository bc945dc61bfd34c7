// Reaches hosts over ssh: the one RemoteHost of the real world. What runs there runs as root, by sudo where the user that
// ssh logs in as is another; the agent is carried when it is first asked for.
import { CommandFailed } from '../../model/system.js'
import { carriedAgent } from '../carry.js'
import { NotLetIn, type Reach, type RemoteHost } from '../remote-host.js'
import { type Connection, connect, orClosed } from './connect.js'
import { exec, execOnLeash } from './exec.js'
import { type OperatorConfig, readOperatorConfig } from './operator-config.js'
import { upload } from './upload.js'

export type SshParts = {
  /** The bundled agent. */
  readonly agent: Uint8Array
  /** Instead of the user's and the system's ssh_config. */
  readonly configFile?: string
  /** Where a machine is to be found that the configuration gives no HostName. */
  readonly addressOf: (machine: string) => string | undefined
  /** Where the agent and documents are put on a host. */
  readonly place?: string
}

/** Throws ConfigRefused where the configuration cannot be read. */
export const reachOverSsh = (parts: SshParts): Reach => {
  const config = readOperatorConfig(parts.configFile)
  return async (name, signal) => {
    const connection = await connectTo(config, name, parts, signal)
    return orClosed(connection, signal, async () => {
      const sudo = await becomingRoot(connection)
      await requireNode(connection, sudo)
      return remoteHost(connection, sudo, parts)
    })
  }
}

const connectTo = (
  config: OperatorConfig,
  name: string,
  { addressOf }: SshParts,
  signal: AbortSignal | undefined,
): Promise<Connection> => {
  const address = addressOf(name)
  return connect(config, name, address === undefined ? {} : { address }, signal)
}

const remoteHost = (connection: Connection, sudo: readonly string[], { agent, place }: SshParts): RemoteHost => {
  // Short work that may as well end when nobody waits for it: it needs no leash.
  const execShort: RemoteHost['exec'] = (argv, options) => exec(connection, [...sudo, ...argv], options)
  const put: RemoteHost['put'] = async (path, content, mode) => {
    const uploaded = await upload(connection, Buffer.from(content))
    await putInPlace({ exec: execShort }, uploaded, path, mode)
  }
  let carried: Promise<string> | undefined
  const onLeash: RemoteHost['exec'] = (argv, options) => execOnLeash(connection, sudo, argv, options)
  return {
    name: connection.target.name,
    exec: onLeash,
    agent: async (args, options) => {
      carried ??= carriedAgent({ exec: execShort, put }, agent, place)
      return onLeash(['node', await carried, ...args], options)
    },
    put,
    close: connection.close,
  }
}

/** Long enough for a host that is busy, not for one that hangs. */
const short = { timeout: 60_000 }

/** What has to stand before a command for it to run as root; throws HostUnreachable where that is not granted. */
const becomingRoot = async (connection: Connection): Promise<readonly string[]> => {
  const { name, user } = connection.target
  if ((await userIdThere(connection)) === 0) return []
  const sudo = ['sudo', '-n', '--']
  const { code, stderr } = await exec(connection, [...sudo, 'true'], short)
  if (code === 0) return sudo
  const remedy = `let ${user} use sudo without a password (NOPASSWD), or log in as root`
  throw new NotLetIn(`${name}: ${user} is not root there, and sudo says: ${lastLine(stderr)}; ${remedy}`)
}

/** The first thing that is asked: a login shell that lets nothing run, or says more than was asked, shows here. */
const userIdThere = async (connection: Connection): Promise<number> => {
  const { name, user } = connection.target
  const { code, stdout, stderr } = await exec(connection, ['id', '-u'], short)
  if (code !== 0) throw new NotLetIn(`${name}: no command runs there as ${user}: ${lastLine(stderr || stdout)}`)
  if (/^\d+\n$/.test(stdout)) return Number(stdout)
  const [said] = stdout.split('\n')
  const remedy = 'let it print nothing where nobody is at a terminal'
  throw new NotLetIn(`${name}: the login shell of ${user} prints ${said} before any command: ${remedy}`)
}

const oldestNode = 20

const requireNode = async (connection: Connection, sudo: readonly string[]): Promise<void> => {
  const { name } = connection.target
  const { code, stdout, stderr } = await exec(connection, [...sudo, 'node', '--version'], short)
  if (code !== 0) throw new NotLetIn(`${name}: the agent needs Node there, and root has none: ${lastLine(stderr)}`)
  const version = stdout.trim()
  if (Number(/^v(\d+)\./.exec(version)?.[1]) >= oldestNode) return
  throw new NotLetIn(`${name}: the agent needs Node ${oldestNode} there, and root's is ${version}`)
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** By a copy beside it, which is on the disk before it gets the name. */
const placing = `
set -e
umask 077
new=$2.new-$$
trap 'rm -f -- "$1" "$new"' EXIT
mkdir -p -- "$(dirname -- "$2")"
cp -- "$1" "$new"
chmod -- "$3" "$new"
sync -- "$new"
mv -fT -- "$new" "$2"
`

const putInPlace = async (
  host: Pick<RemoteHost, 'exec'>,
  uploaded: string,
  path: string,
  mode: number,
): Promise<void> => {
  const argv = ['sh', '-c', placing, 'sh', uploaded, path, mode.toString(8)]
  const { code, stderr } = await host.exec(argv, short)
  if (code !== 0) throw new CommandFailed(['put', path], { reason: `exit ${code}`, code, stderr })
}
