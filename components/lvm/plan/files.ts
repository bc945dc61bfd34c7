// The image files that guests are given as disks: created, grown, or left. Part of plan.ts; pure. The table "Files" of
// README.md has the same rows in the same order.
import { posix } from 'node:path'
import type { Action, Op } from '../../../src/model/action.js'
import { MiB, printSize, printSizesAlike } from '../../../src/model/quantity.js'
import { sorted } from '../../../src/model/sorted.js'
import type { Actual, FileState } from '../actual.js'
import type { filesOf } from '../declared.js'
import { fileKey } from '../keys.js'
import {
  type Content,
  contentFor,
  type Disk,
  filledFrom,
  fillOps,
  fillQueue,
  installTagOf,
  mark,
  type Place,
  planFilling,
  unlinkedKey,
} from './image.js'

/** An image is its guest's alone. */
const fileMode = 0o600
const directoryMode = 0o700
const truncateTimeout = 60_000

type Situation =
  | 'absent, nothing may be created'
  | 'absent'
  | 'as declared'
  | 'smaller, nothing may be grown'
  | 'smaller'
  | 'larger'
  | 'no regular file'

type Facts = {
  readonly path: string
  readonly bytes: number
  readonly found: FileState
  readonly disk: Disk & { readonly place: Extract<Place, { path: string }> }
  readonly content: Content
}

export const planFiles = (
  declared: ReturnType<typeof filesOf>,
  { files, tags, memory }: Actual,
  mayCreate: boolean,
): readonly Action[] =>
  sorted(declared).flatMap(([path, { size, image, installation, awaitsRelease }]) => {
    const found = files[path] ?? { state: 'missing' }
    const disk: Facts['disk'] = {
      place: { kind: 'file', path, memory },
      id: `file:${path}`,
      resource: path,
      tags: tags[path] ?? [],
      image,
      awaitsRelease,
      mayCreate,
      key: fileKey(path),
    }
    const facts = { path, bytes: size * MiB, found, disk, content: contentFor({ image, installation, awaitsRelease }) }
    return [...actionOf(situationOf(facts), facts), ...(found.state === 'file' ? planFilling(disk) : [])]
  })

const situationOf = ({ found, bytes, disk: { mayCreate } }: Facts): Situation => {
  if (found.state === 'missing') return mayCreate ? 'absent' : 'absent, nothing may be created'
  if (found.state === 'other') return 'no regular file'
  if (found.size === bytes) return 'as declared'
  if (found.size > bytes) return 'larger'
  return mayCreate ? 'smaller' : 'smaller, nothing may be grown'
}

const actionOf = (situation: Situation, facts: Facts): readonly Action[] => {
  const { path, bytes, found } = facts
  switch (situation) {
    case 'absent, nothing may be created':
      return [{ ...createFile(facts), rejected: 'create_filesystems is false', ops: [] }]
    case 'absent':
      return [createFile(facts)]
    case 'as declared':
    case 'smaller, nothing may be grown':
      return []
    case 'smaller':
      return [growFile(path, bytes, found.state === 'file' ? found.size : 0)]
    case 'larger':
      return []
    case 'no regular file':
      return [useFile(path, `it is no regular file, but ${found.state === 'other' ? words[found.type] : ''}`)]
  }
}

const words = { directory: 'a directory', link: 'a link', block: 'a device', other: 'something special' } as const

const fileAction = (path: string, step: string) =>
  ({
    id: `lvm/file:${path}/${step}`,
    component: 'lvm',
    resource: path,
    risk: 'safe',
    provides: [fileKey(path)],
    requires: [],
  }) as const

/**
 * Empty, with its mode, and then as large as it is to be: sparse, and never readable by others. Looked at once more
 * before, for what somebody put there meanwhile would be replaced. A run that is killed between leaves one to be grown.
 */
const createFile = ({ path, bytes, disk: { place }, content }: Facts): Action => {
  const { image } = content
  const made: readonly Op[] = [{ op: 'write', path, content: '', mode: fileMode }, enlarge(path, bytes)]
  const tag = installTagOf(content)
  const marked = tag === undefined ? made : [mark(place, tag), ...made]
  return {
    ...fileAction(path, 'create'),
    kind: '+',
    summary: `create file ${path} of ${printSize(bytes)}${filledFrom(image)}`,
    reasons: ['it is not there'],
    queue: image === undefined ? 'lvm/files' : fillQueue,
    requires: image === undefined ? [] : [unlinkedKey(place)],
    ops: [
      { op: 'mkdir', path: posix.dirname(path), mode: directoryMode },
      ...(image === undefined ? marked : [mark(place), ...made, ...fillOps(place, image)]),
    ],
  }
}

const growFile = (path: string, bytes: number, size: number): Action => {
  const [has, declared] = printSizesAlike(size, bytes)
  return {
    ...fileAction(path, 'grow'),
    kind: '~',
    summary: `grow file ${path} to ${declared}`,
    reasons: [
      `it has ${has}, declared ${declared}`,
      'the guest sees it after its next start, and must then grow its filesystem itself',
    ],
    ops: [enlarge(path, bytes)],
  }
}

/** `>`: at least so large. One that has become larger than this since it was looked at is not cut. */
const enlarge = (path: string, bytes: number): Op => ({
  op: 'exec',
  argv: ['truncate', '--no-create', `--size=>${bytes}`, path],
  timeout: truncateTimeout,
})

const useFile = (path: string, rejected: string): Action => ({
  ...fileAction(path, 'use'),
  kind: '~',
  summary: `use file ${path}`,
  reasons: [],
  rejected,
  ops: [],
})
