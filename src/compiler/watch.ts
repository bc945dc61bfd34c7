// The directories of a site, watched: whether anything changed in them since it was last asked. Only directories are watched,
// not files: that is all it takes to see a file saved, renamed over another, added or deleted.
import { EventEmitter, once } from 'node:events'
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join, resolve } from 'node:path'
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
  /** A directory that has gone was watched. */
  const isDirectoryOfSite = (path: string): boolean =>
    watchers.has(path) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const isOfSite = (dir: string, name: string): boolean =>
    !isHidden(name) && (isFileOfSite(name) || isDirectoryOfSite(join(dir, name)))
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
      await nextChange(changes, AbortSignal.any([signal, AbortSignal.timeout(quietMilliseconds)]))
      if (!isDirty) return !signal.aborted
    }
    return false
  }
  return { follow, changed, close: () => [...watchers.keys()].forEach(leave) }
}

const nextChange = async (changes: EventEmitter, signal: AbortSignal): Promise<void> => {
  try {
    await once(changes, 'change', { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

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
