// An edit, from the files to the documents: what has changed since the last compilation is compiled and published, and what is
// kept is brought up to date. Where nothing has changed, the compiler itself is not even loaded.
import type { AnyComponent } from '../../model/component.js'
import type { MoveUnderWay } from '../enclose/moves.js'
import { isOfPackage } from '../package-root.js'
import type { Publication } from '../publish/publish.js'
import type { Warning } from '../shares/warnings.js'
import type { Edition } from '../site/edition.js'
import { lockFile } from '../site/lock-file.js'
import { asOfNow, machinesAfter } from './come-and-gone.js'
import { inOrder } from './concerned.js'
import type { WrongSite } from './edit-mistakes.js'
import { digestsToChange, type Kept } from './kept.js'
import { type Edit, editSince, isLockStill, lookAgain } from './look.js'
import { emptyMemory, isOvertaken, type Memory } from './memory.js'
import { ifWhole, NotWhole } from './segment.js'
import type { KeptThere, Store } from './store.js'

export type PublishedEdit = {
  readonly site: string
  readonly edition: Edition | undefined
  readonly written: readonly string[]
  readonly removed: readonly string[]
  /** The guests whose hosts have been recorded. */
  readonly recorded: readonly string[]
  readonly moving: readonly MoveUnderWay[]
  /** All that there is to tell of the site. */
  readonly warnings: readonly Warning[]
  readonly unchanged: number
  /** Their names, in the order of the profiles; undefined where what is kept of them is not whole. */
  readonly unchangedNames: () => readonly string[] | undefined
}

export type HowToPublish = Pick<Publication, 'dir' | 'compiler' | 'key'> & {
  /** Guests that are not on record are a mistake. */
  readonly locked: boolean
  readonly components: () => Promise<readonly AnyComponent[]>
  /** Begins to ask for it, of a site of which this file has changed; comes to undefined where there is none to publish. */
  readonly edition: (edited: string | undefined) => () => Promise<Edition | undefined>
}

/** Nothing may be published: this is wrong. */
type WrongEdit = { readonly wrong: WrongSite }

/** Nothing is to be published: the edition is none, or files have changed meanwhile. */
type Unpublished = 'refused' | 'overtaken'

/** Undefined where all machines have to be compiled, and nothing has been done. */
export const publishEdit = async (
  store: Store,
  dir: string,
  how: HowToPublish,
  memory: Memory = emptyMemory(),
): Promise<PublishedEdit | WrongEdit | Unpublished | undefined> => {
  try {
    return await publishSince(store, dir, how, memory)
  } catch (error) {
    if (error instanceof NotWhole) return undefined
    throw error
  }
}

const publishSince = async (
  store: Store,
  dir: string,
  how: HowToPublish,
  memory: Memory,
): Promise<PublishedEdit | WrongEdit | Unpublished | undefined> => {
  const there = store.read()
  const look = there && lookAgain(there.kept, dir, memory)
  if (there === undefined || look === undefined) return undefined
  const { kept } = there
  if (look.inputs === kept.inputs) {
    memory.inputs = kept.inputs
    return unchanged(kept)
  }
  const edit = editSince(kept, dir, look)
  if (edit === undefined) return undefined
  if (edit.machines.length + edit.other.gone.size > 0)
    return compileAndPublish(store, dir, how, { there, edit, memory })
  if (await isOvertaken(memory)) return 'overtaken'
  // Entries of the lock file that concern nobody, and where they stand.
  const now = { ...kept, inputs: edit.inputs, moves: edit.moving.moves }
  store.begin(there).end(now, there.changed(digestsToChange(edit.digests, { kept })))
  memory.inputs = edit.inputs
  return unchanged(now)
}

const unchanged = (kept: Kept): PublishedEdit => ({
  ...{ site: kept.site, edition: undefined, written: [], removed: [], recorded: [] },
  ...{ moving: kept.moves, unchanged: kept.machines },
  warnings: kept.warnings(),
  unchangedNames: () => ifWhole(() => namesIn(kept)),
})

const namesIn = (kept: Kept): readonly string[] => inOrder(kept.names(), kept)

const compileAndPublish = async (
  store: Store,
  dir: string,
  { edition: beginEdition, components, locked, ...how }: HowToPublish,
  { there, edit, memory }: { readonly there: KeptThere; readonly edit: Edit; readonly memory: Memory },
): Promise<PublishedEdit | WrongEdit | Unpublished | undefined> => {
  const [edited] = [...edit.digests.keys()].filter(file => !isOfPackage(file))
  const askedEdition = beginEdition(edited)
  const [{ compileEdit }, { publish, publishedDocument, writeLock }] = await Promise.all([
    import('./compile-edit.js'),
    import('../publish/publish.js'),
  ])
  const { kept } = there
  const published = publishedDocument(how.dir)
  const its = await components()
  const compiled = compileEdit(dir, its, there, edit, memory, published)
  if (compiled === undefined || (locked && compiled.recording !== undefined)) {
    const { mistakesOfEdit } = await import('./edit-mistakes.js')
    const { parses } = memory
    const wrong = mistakesOfEdit(dir, its, kept, edit, { locked, published, parses })
    if (wrong === undefined) return undefined
    return (await isOvertaken(memory)) ? 'overtaken' : { wrong }
  }
  const { site, documents, recording, moves, warnings, change } = compiled
  const edition = await askedEdition()
  if (edition === undefined) return 'refused'
  if (await isOvertaken(memory)) return 'overtaken'
  const lock = edit.digests.get(lockFile) ?? kept.digest(lockFile)
  if (recording !== undefined && !isLockStill(dir, lock)) return undefined
  const publishing = store.begin(there)
  // First: a host is told of a guest only when that is on record.
  if (recording !== undefined) writeLock(dir, recording.text)
  const { written, removed } = publish({
    ...{ ...how, site, documents, edition, only: [...documents.keys()], gone: [...edit.other.gone] },
  })
  const machines = machinesAfter(kept, edit.other)
  publishing.end({ ...kept, machines, moves, inputs: edit.inputs }, there.changed(change))
  memory.inputs = edit.inputs
  const unchangedNames = () =>
    ifWhole(() => namesIn(asOfNow(kept, edit.other)))?.filter(name => !written.includes(name))
  return {
    ...{ site, edition, written, removed, recorded: recording?.guests ?? [] },
    ...{ moving: moves, warnings, unchanged: machines - written.length },
    unchangedNames,
  }
}
