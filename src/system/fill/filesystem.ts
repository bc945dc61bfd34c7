// A tar archive in a new filesystem of its target: made, mounted where nobody else looks, unpacked into, unmounted.
import { mkdir, open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { CommandFailed, type Filesystem } from '../../model/system.js'
import { runCommand } from '../command.js'
import type { FillOptions, Pour } from './fill.js'
import { startFilter } from './filter.js'
import { openPrivateMounts } from './private-mounts.js'
import { requireUnused } from './unused.js'

const makers: { readonly [filesystem in Filesystem]: readonly string[] } = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  xfs: ['mkfs.xfs', '-q', '-f'],
}

/** Milliseconds: disks may be busy with others; the end of a mount writes all that is not on the disk yet. */
const makeTimeout = 600_000
const mountTimeout = 600_000
const unmountTimeout = 3_600_000

/** Where it is mounted, among mounts of its own. */
const mountpoint = '/run/xenclosure/fill'

const unpackIntoMountpoint: readonly string[] = [
  ...['tar', '--extract', '--file=-', `--directory=${mountpoint}`],
  ...['--numeric-owner', '--same-owner', '--preserve-permissions', '--xattrs', '--xattrs-include=*'],
]

export const fillFilesystem = async (
  target: string,
  filesystem: Filesystem,
  pour: Pour,
  { children }: FillOptions,
): Promise<void> => {
  const run = async (argv: readonly string[], timeout: number): Promise<void> => {
    const { code, stderr } = await runCommand(argv, { effect: 'change', timeout }, children)
    if (code !== 0) throw new CommandFailed(argv, { reason: `exit code ${code}`, code, stderr })
  }
  const { isDevice } = await requireUnused(target)
  await run([...makers[filesystem], target], makeTimeout)
  await mkdir(mountpoint, { recursive: true, mode: 0o700 })
  const { inside, close } = await openPrivateMounts(children)
  try {
    const options = isDevice ? [] : ['-o', 'loop']
    await run(inside(['mount', '-t', filesystem, ...options, target, mountpoint]), mountTimeout)
    try {
      await pour(unpacked => unpack(unpacked, inside(unpackIntoMountpoint), children))
    } finally {
      await run(inside(['umount', mountpoint]), unmountTimeout)
    }
  } finally {
    await close()
  }
  await synchronise(target)
}

/** tar(1) ends where the archive does: what comes behind that is read all the same, for the digest is of all of it. */
const unpack = async (
  unpacked: AsyncIterable<Buffer>,
  argv: readonly string[],
  children: FillOptions['children'],
): Promise<void> => {
  const { stdin, ended, failure } = startFilter(argv, children, 'ignore')
  // An archive that it does not want to read on (EPIPE): its exit code tells.
  stdin.on('error', () => undefined)
  try {
    for await (const chunk of unpacked) {
      if (stdin.destroyed) await ended()
      else if (!stdin.write(chunk)) await drained(stdin)
    }
    stdin.end()
    await ended()
  } catch (error) {
    throw await failure(error)
  }
}

const drained = (stream: Writable): Promise<void> =>
  new Promise(resolve => {
    stream.once('drain', resolve).once('close', resolve)
  })

const synchronise = async (target: string): Promise<void> => {
  const handle = await open(target, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
