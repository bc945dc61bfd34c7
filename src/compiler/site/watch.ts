// The directories of a site, watched: whether anything changed in them since it was last asked, and which files. Only directories
// are watched, not files: that is all it takes to see a file saved, renamed over another, added or deleted.
import { EventEmitter } from 'node:events'
import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isHidden } from './file-reader.js'

export type SiteWatch = {
  /**
   * Also the directories that have come since, and those below `others`; from here on what changes in them is seen, and `files`
   * begins anew.
   */
  readonly follow: (others?: readonly string[]) => void
  /** True shortly after the next change, or one since `follow`; false when the signal says that it is enough. */
  readonly changed: (signal: AbortSignal) => Promise<boolean>
  /**
   * Whether nothing has changed since `changed` was true, which is known when it has been quiet for a while. If so, `files`
   * begins anew: what changes from here on is another edit's.
   */
  readonly isQuiet: () => Promise<boolean>
  /** The files that may have changed; undefined where others may have, too. */
  readonly files: () => ReadonlySet<string> | undefined
  readonly close: () => void
}

/** An editor saves in several steps, and git checks out many files: it is over when nothing happens for so long. */
const quietMilliseconds = 40

/** Most are saved in one step, or two that follow at once: then what comes of it may be worked out while it is quiet. */
const momentMilliseconds = 4

/** The kernel drops events without a word to us when 16,384 wait (inotify(7)): of so many, nobody knows what others there were. */
const mostEvents = 1000

/** What the compiler reads. */
const isFileOfSite = (name: string): boolean => /\.(yaml|json)$/.test(name)

/** `without`: a directory in the site that is not of it, where the documents go. */
export const watchSite = (dir: string, without: string): SiteWatch => {
  const watchers = new Map<string, FSWatcher>()
  const changes = new EventEmitter()
  let others: readonly string[] = []
  let isDirty = false
  let lastChange = Number.NEGATIVE_INFINITY
  let files = new Set<string>()
  let isOfFiles = true
  let events = 0
  const beginAnew = (): void => {
    files = new Set()
    isOfFiles = true
    events = 0
  }
  const wake = (): void => {
    isDirty = true
    lastChange = performance.now()
    changes.emit('change')
  }
  const note = (dir: string, name: string | null): void => {
    events += 1
    if (events === mostEvents + 1) wake()
    // A directory that goes itself is told of by its own name.
    const path = name === null || name === basename(dir) ? dir : join(dir, name)
    if (path !== dir && isHidden(basename(path))) return
    if (isFileOfSite(path) && !watchers.has(path)) files.add(path)
    else {
      // A directory that has gone was watched; a link to one was not, and may have gone where nothing says what it was.
      const entry = lstatSync(path, { throwIfNoEntry: false })
      const isDirectory = watchers.has(path) || entry?.isDirectory() || entry?.isSymbolicLink()
      if (!isDirectory && (entry !== undefined || basename(path).includes('.'))) return
      if (isDirectory) isOfFiles = false
    }
    // What has this name now may be another directory.
    leaveBelow(path)
    wake()
  }
  const leave = (path: string): void => {
    watchers.get(path)?.close()
    watchers.delete(path)
  }
  const leaveBelow = (dir: string): void => {
    for (const path of watchers.keys()) if (`${path}/`.startsWith(`${dir}/`)) leave(path)
  }
  const follow = (also = others): void => {
    beginAnew()
    others = also
    const roots = [dir, ...others].map(path => resolve(path))
    const there = new Set(roots.flatMap(root => directoriesBelow(root, resolve(without))))
    for (const path of watchers.keys()) if (!there.has(path)) leave(path)
    for (const path of there) {
      if (watchers.has(path)) continue
      const watcher = ifThere(() => watch(path, (_event, name) => note(path, name)))
      const fail = (): void => {
        leave(path)
        isOfFiles = false
      }
      if (watcher !== undefined) watchers.set(path, watcher.on('error', fail))
    }
  }
  const changed = async (signal: AbortSignal): Promise<boolean> => {
    // Not of what goes on longer than a moment, such as git's checkout: that is to be over.
    const pause = isDirty ? quietMilliseconds : momentMilliseconds
    if (!isDirty) await nextChange(changes, signal)
    while (isDirty && !signal.aborted) {
      isDirty = false
      await nextChange(changes, signal, pause)
      if (!isDirty) return !signal.aborted
    }
    return false
  }
  const isQuiet = async (): Promise<boolean> => {
    let left = 0
    do {
      // A timer that was set while the thread was busy may end at once; what has changed meanwhile is told between the two.
      await nextChange(changes, undefined, Math.max(0, left))
      await setImmediate()
      left = lastChange + quietMilliseconds - performance.now()
    } while (!isDirty && left > 0)
    if (!isDirty) beginAnew()
    return !isDirty
  }
  return {
    ...{ follow, changed, isQuiet, close: () => [...watchers.keys()].forEach(leave) },
    files: () => (isOfFiles && events <= mostEvents ? files : undefined),
  }
}

/**
 * Over at a change, or when the signal says so, or after so many milliseconds. With a timer of its own: Node 20 forgets
 * `AbortSignal.timeout()` where nobody but `AbortSignal.any()` has it (nodejs/node#57736).
 */
const nextChange = (changes: EventEmitter, signal: AbortSignal | undefined, within?: number): Promise<void> =>
  new Promise(resolve => {
    const over = (): void => {
      clearTimeout(timer)
      changes.off('change', over)
      signal?.removeEventListener('abort', over)
      resolve()
    }
    const timer = within === undefined ? undefined : setTimeout(over, within)
    changes.once('change', over)
    signal?.addEventListener('abort', over)
    if (signal?.aborted) over()
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
