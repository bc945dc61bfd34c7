// An edit, from the files to the documents: what has changed since the last compilation is compiled and published, and what is
// kept is brought up to date. Where nothing has changed, the compiler itself is not even loaded.
import type { AnyComponent } from '../../model/component.js'
import { digestOf } from '../../model/seal.js'
import type { Edition } from '../edition.js'
import type { Publication } from '../publish.js'
import type { Kept } from './kept.js'
import { type Edit, editSince, lookAt } from './look.js'
import { emptyMemory, type Memory, recall } from './memory.js'
import type { Store } from './store.js'

export type PublishedEdit = {
  readonly site: string
  readonly edition: Edition | undefined
  readonly written: readonly string[]
  readonly unchanged: number
  /** Their names; undefined where what is kept of them is not whole. */
  readonly unchangedNames: () => readonly string[] | undefined
}

export type HowToPublish = Pick<Publication, 'dir' | 'compiler' | 'key'> & {
  readonly components: () => Promise<readonly AnyComponent[]>
  /** Undefined where there is none to publish. */
  readonly edition: () => Edition | undefined
}

/** Undefined where all machines have to be compiled, and nothing has been done. */
export const publishEdit = async (
  store: Store,
  dir: string,
  how: HowToPublish,
  memory: Memory = emptyMemory(),
): Promise<PublishedEdit | 'refused' | undefined> => {
  const there = store.read()
  const look = there && lookAt(there.head.loadpath, dir)
  if (there === undefined || look === undefined) return undefined
  if (digestOf(look.inputs) === there.head.inputs)
    return unchanged(there.head, () => {
      const kept = there.all()
      return kept && namesOf(kept)
    })
  const kept = recall(memory, there)
  const edit = kept && editSince(kept, dir, look)
  if (kept === undefined || edit === undefined) return undefined
  if (edit.machines.length > 0) return compileAndPublish(store, dir, how, { kept, edit, memory })
  memory.kept = store.begin().end({ ...kept, inputs: edit.inputs })
  return unchanged(there.head, () => namesOf(kept))
}

const unchanged = (
  { site, machines }: { readonly site: string; readonly machines: number },
  unchangedNames: PublishedEdit['unchangedNames'],
): PublishedEdit => ({ site, edition: undefined, written: [], unchanged: machines, unchangedNames })

const namesOf = (kept: Kept): readonly string[] => Object.keys(kept.machines)

const compileAndPublish = async (
  store: Store,
  dir: string,
  { edition: askEdition, components, ...how }: HowToPublish,
  { kept, edit, memory }: { readonly kept: Kept; readonly edit: Edit; readonly memory: Memory },
): Promise<PublishedEdit | 'refused' | undefined> => {
  const [{ compileEdit }, { publish, publishedDocument }] = await Promise.all([
    import('./compile-edit.js'),
    import('../publish.js'),
  ])
  const compiled = compileEdit(dir, await components(), kept, edit, memory, publishedDocument(how.dir))
  if (compiled === undefined) return undefined
  const edition = askEdition()
  if (edition === undefined) return 'refused'
  const { site, documents } = compiled
  const publishing = store.begin()
  const { written } = publish({ ...how, site, documents, edition, only: [...documents.keys()] })
  memory.kept = publishing.end(compiled.kept)
  const unchangedNames = () => namesOf(kept).filter(name => !written.includes(name))
  return { site, edition, written, unchanged: namesOf(kept).length - written.length, unchangedNames }
}
