// Brings bytes to a host by sftp, as the user that we are there: into its home directory, under a name of its own, to be
// put where it belongs by root (reach.ts). A file that was not wholly brought never gets another name.
import { randomUUID } from 'node:crypto'
import type { Client, SFTPWrapper } from 'ssh2'
import { aborted, answered } from './answered.js'
import type { Connection } from './connect.js'
import { lost } from './exec.js'

const prefix = '.xenclosure-upload-'

/** After so many seconds an upload is one whose connection was lost. */
const leftoverAge = 24 * 60 * 60

/** Milliseconds for the slowest line; a home directory that hangs says nothing at all. */
const limit = 10 * 60_000

/** The absolute path of a new file with this content, which its owner alone can read. Throws HostLost. */
export const upload = async (connection: Connection, content: Uint8Array): Promise<string> => {
  const { client, whyGone } = connection
  const gone = new AbortController()
  // ssh2 leaves requests of sftp without an answer when the connection goes.
  const tellGone = (): void => gone.abort(new Error(whyGone()))
  client.once('close', tellGone)
  const tellLate = (): void => gone.abort(new Error(`not done within ${limit / 1000} s`))
  const timer = setTimeout(tellLate, limit)
  try {
    return await Promise.race([uploadOver(client, Buffer.from(content)), aborted(gone.signal)])
  } catch (error) {
    throw lost(connection, `sftp: ${error instanceof Error ? error.message : error}`, error)
  } finally {
    clearTimeout(timer)
    client.off('close', tellGone)
  }
}

const uploadOver = async (client: Client, content: Buffer): Promise<string> => {
  const sftp = await answered<SFTPWrapper>(done => client.sftp(done))
  const home = await answered<string>(done => sftp.realpath('.', done))
  await removeLeftovers(sftp, home)
  const path = `${home}/${prefix}${randomUUID()}`
  await answered<void>(done => sftp.writeFile(path, content, { mode: 0o600, flag: 'wx' }, done))
  sftp.end()
  return path
}

const removeLeftovers = async (sftp: SFTPWrapper, home: string): Promise<void> => {
  const files = await answered<readonly { filename: string; attrs: { mtime: number } }[]>(done =>
    sftp.readdir(home, done),
  )
  const oldest = Date.now() / 1000 - leftoverAge
  for (const { filename, attrs } of files) {
    const isLeftover = filename.startsWith(prefix) && attrs.mtime < oldest
    if (isLeftover) await answered<void>(done => sftp.unlink(`${home}/${filename}`, done))
  }
}
