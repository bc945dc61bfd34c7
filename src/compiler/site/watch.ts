// The directories of a site, watched: whether anything changed in them since it was last asked. Only directories are watched,
// not files: that is all it takes to see a file saved, renamed over another, added or deleted.
import { EventEmitter } from 'node:events'
import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { isHidden } from './file-reader.js'

export type SiteWatch = {
  /** Also the directories that have come since; from here on what changes in them is seen. */
  readonly follow: () => void
  /** True at the next change, or one since `follow`; false when the signal says that it is enough. */
  readonly changed: (signal: AbortSignal) => Promise<boolean>
  readonly close: () => void
}

/** An editor saves in several steps, and git checks out many files: it is over when nothing happens for so long. */
const quietMilliseconds = 40

/** What the compiler reads. */
const isFileOfSite = (name: string): boolean => /\.(yaml|json)$/.test(name)

/** `without`: a directory in the site that is not of it, where the documents go. */
export const watchSite = (dir: string, without: string): SiteWatch => {
  const watchers = new Map<string, FSWatcher>()
  const changes = new EventEmitter()
  let isDirty = false
  /** A directory that has gone was watched; a link to one was not, and may have gone where nothing says what it was. */
  const mayBeDirectory = (path: string): boolean => {
    if (watchers.has(path)) return true
    const entry = lstatSync(path, { throwIfNoEntry: false })
    return entry === undefined ? !basename(path).includes('.') : entry.isDirectory() || entry.isSymbolicLink()
  }
  const isOfSite = (dir: string, name: string): boolean =>
    !isHidden(name) && (isFileOfSite(name) || mayBeDirectory(join(dir, name)))
  const note = (dir: string, name: string | null): void => {
    if (name !== null && !isOfSite(dir, name)) return
    // What has this name now may be another directory.
    if (name !== null) leaveBelow(join(dir, name))
    isDirty = true
    changes.emit('change')
  }
  const leave = (path: string): void => {
    watchers.get(path)?.close()
    watchers.delete(path)
  }
  const leaveBelow = (dir: string): void => {
    for (const path of watchers.keys()) if (`${path}/`.startsWith(`${dir}/`)) leave(path)
  }
  const follow = (): void => {
    const there = new Set(directoriesBelow(resolve(dir), resolve(without)))
    for (const path of watchers.keys()) if (!there.has(path)) leave(path)
    for (const path of there) {
      if (watchers.has(path)) continue
      const watcher = ifThere(() => watch(path, (_event, name) => note(path, name)))
      if (watcher !== undefined)
        watchers.set(
          path,
          watcher.on('error', () => leave(path)),
        )
    }
  }
  const changed = async (signal: AbortSignal): Promise<boolean> => {
    if (!isDirty) await nextChange(changes, signal)
    while (isDirty && !signal.aborted) {
      isDirty = false
      await nextChange(changes, signal, quietMilliseconds)
      if (!isDirty) return !signal.aborted
    }
    return false
  }
  return { follow, changed, close: () => [...watchers.keys()].forEach(leave) }
}

/**
 * Over at a change, or when the signal says so, or after so many milliseconds. With a timer of its own: Node 20 forgets
 * `AbortSignal.timeout()` where nobody but `AbortSignal.any()` has it (nodejs/node#57736).
 */
const nextChange = (changes: EventEmitter, signal: AbortSignal, within?: number): Promise<void> =>
  new Promise(resolve => {
    const over = (): void => {
      clearTimeout(timer)
      changes.off('change', over)
      signal.removeEventListener('abort', over)
      resolve()
    }
    const timer = within === undefined ? undefined : setTimeout(over, within)
    changes.once('change', over)
    signal.addEventListener('abort', over)
    if (signal.aborted) over()
  })

const directoriesBelow = (dir: string, without: string): readonly string[] => [
  dir,
  ...(ifThere(() => readdirSync(dir, { withFileTypes: true })) ?? [])
    .filter(entry => entry.isDirectory() && !isHidden(entry.name) && entry.name !== 'node_modules')
    .map(({ name }) => join(dir, name))
    .filter(path => path !== without)
    .flatMap(path => directoriesBelow(path, without)),
]

/** A directory may be gone before it is looked at: whoever watches the one above has heard of it. */
const ifThere = <T>(look: () => T): T | undefined => {
  try {
    return look()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
