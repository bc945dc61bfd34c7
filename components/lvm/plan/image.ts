// What disks are filled with: volumes and files when they are made, partitions while they are blank, and whatever a run
// that was killed left half filled. Part of plan.ts; pure. The table "Images" of README.md has the same rows in the same
// order.
import type { Action, Key, Op } from '../../../src/model/action.js'
import { filledTag, fillingTag, installTag, printTags, tagFile } from '../../../src/model/disk-tags.js'
import type { Image } from '../desired.js'
import { lvmCommand } from '../keys.js'

/** One after the other: each gets the disks' whole speed, and is looked at once more before. */
export const fillQueue = 'lvm/fill'

export type Disk = {
  readonly place: Place
  /** Its part of the ids of actions: `vg0/ce`, `file:/srv/ce.img`. */
  readonly id: string
  readonly resource: string
  readonly tags: readonly string[]
  readonly image: Image | undefined
  /** The guest that brings the disk along from another host. */
  readonly awaitsRelease: string | undefined
  readonly mayCreate: boolean
  /** What a partition holds, in words; undefined for what was made to be filled, and for what need not be looked at. */
  readonly content?: readonly string[] | undefined
  /** What its guest requires. */
  readonly key: Key
}

/** Where a disk is, and so where its tags are. */
export type Place =
  | { readonly kind: 'volume'; readonly group: string; readonly name: string }
  /** `memory` is this component's. */
  | { readonly kind: 'file' | 'partition'; readonly path: string; readonly memory: string }

/** What a new disk is made for: to be filled, or to have its guest installed on it. */
export type Content = { readonly image?: Image | undefined; readonly installation?: string | undefined }

/** For neither, where a guest brings its content along. */
export const contentFor = ({ image, installation, awaitsRelease }: Content & Pick<Disk, 'awaitsRelease'>): Content =>
  awaitsRelease === undefined ? { image, installation } : {}

export const installTagOf = ({ installation }: Content): string | undefined =>
  installation === undefined ? undefined : installTag(installation)

/** For the summary of what makes a disk. */
export const filledFrom = (image: Image | undefined): string =>
  image === undefined ? '' : `, filled from ${image.source}`

const targetOf = (place: Place): string => (place.kind === 'volume' ? `/dev/${place.group}/${place.name}` : place.path)

/** What a guest waits for that finds its disk half filled. */
const filledKey = (place: Place): Key => `filled:${targetOf(place)}`

/** No guest starts with the host while its disk is filled: whoever knows of such a start provides that it is undone. */
export const unlinkedKey = (place: Place): Key => `unlinked:${targetOf(place)}`

/** Fills a disk that is marked, and takes the mark off: from then on it is its guest's. */
export const fillOps = (place: Place, image: Image): readonly Op[] => [
  { op: 'fill', ...image, target: targetOf(place) },
  unmark(place),
]

/** What a file or partition is marked with before it is made or filled. Of a volume, lvcreate gives the mark itself. */
export const mark = (place: Extract<Place, { path: string }>, tag = fillingTag): Op => writeTags(place, [tag])

const unmark = (place: Place): Op => {
  switch (place.kind) {
    case 'volume':
      return lvmCommand(['lvchange', '--deltag', fillingTag, `${place.group}/${place.name}`])
    case 'file':
      return { op: 'remove', path: tagFile(place.memory, place.path) }
    case 'partition':
      return writeTags(place, [filledTag])
  }
}

const writeTags = ({ memory, path }: Extract<Place, { path: string }>, tags: readonly string[]): Op => ({
  op: 'write',
  path: tagFile(memory, path),
  content: printTags(tags),
  mode: 0o600,
})

type Situation =
  | 'half filled, nothing may be created'
  | 'half filled, no image'
  | 'half filled, not released'
  | 'half filled'
  | 'nothing to fill'
  | 'not blank'
  | 'blank, nothing may be created'
  | 'blank'

const situationOf = ({ tags, image, awaitsRelease, mayCreate, content }: Disk): Situation => {
  if (tags.includes(fillingTag)) {
    if (!mayCreate) return 'half filled, nothing may be created'
    if (image === undefined) return 'half filled, no image'
    return awaitsRelease === undefined ? 'half filled' : 'half filled, not released'
  }
  if (image === undefined || awaitsRelease !== undefined || content === undefined || tags.includes(filledTag))
    return 'nothing to fill'
  if (content.length > 0) return 'not blank'
  return mayCreate ? 'blank' : 'blank, nothing may be created'
}

/** For a disk that is there. */
export const planFilling = (disk: Disk): readonly Action[] => {
  const { place, image, awaitsRelease, content = [] } = disk
  const halfFilled = { ...fillAction(disk), reasons: ['its filling was cut short'] }
  switch (situationOf(disk)) {
    case 'half filled, nothing may be created':
      return [{ ...halfFilled, rejected: 'it is half filled, and create_filesystems is false' }]
    case 'half filled, no image':
      return [
        {
          ...halfFilled,
          rejected: `it is half filled, and no image is declared: declare it again, or ${remedy(place)}`,
        },
      ]
    case 'half filled, not released':
      return [{ ...halfFilled, waitsFor: `release:${awaitsRelease}` }]
    case 'half filled':
      return [{ ...halfFilled, ops: image === undefined ? [] : fillOps(place, image) }]
    case 'nothing to fill':
      return []
    case 'not blank': {
      const rejected = `it holds ${content.join(', ')}, and was not filled by this agent: wipefs --all to have it filled, or declare no image`
      return [{ ...fillAction(disk), rejected }]
    }
    case 'blank, nothing may be created':
      return [{ ...fillAction(disk), rejected: 'create_filesystems is false' }]
    case 'blank':
      if (place.kind === 'volume' || image === undefined) return []
      return [{ ...fillAction(disk), reasons: ['it is blank'], ops: [mark(place), ...fillOps(place, image)] }]
  }
}

/** A guest waits for it in whatever way it is not filled. It may have to grow before. */
const fillAction = ({ id, resource, place, image, key }: Disk): Action => ({
  id: `lvm/${id}/fill`,
  component: 'lvm',
  resource,
  kind: '~',
  summary: `fill ${resource}${image === undefined ? '' : ` from ${image.source}`}`,
  reasons: [],
  risk: 'safe',
  queue: fillQueue,
  provides: [key, filledKey(place)],
  requires: [key, unlinkedKey(place)],
  ops: [],
})

const remedy = (place: Place): string =>
  place.kind === 'volume'
    ? `lvchange --deltag ${fillingTag} ${place.group}/${place.name}`
    : `remove ${tagFile(place.memory, place.path)}`
