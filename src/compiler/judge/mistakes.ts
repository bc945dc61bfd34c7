// mistakes: what is wrong with the machines of a site is held back until all of it is known, and then told, each cause
// once. Left out is what only follows: a key that is missing because it is misspelt, what a host misses of a guest that
// it could not take in, what it took from a guest that is wrong itself. After validate, before check.
import type { DiagnosticCode, Position } from '../../model/diagnostic.js'
import { parsePointer, printPointer } from '../../model/pointer.js'
import { namesText } from '../../model/shorten.js'
import { distinct } from '../../model/sorted.js'
import type { Composition } from '../compose/include.js'
import type { PulledFault } from '../enclose/enclose.js'
import type { Parentage } from '../enclose/parentage.js'
import { enclosurePath } from '../enclose/survey.js'
import type { Problems } from '../problems.js'
import { createPlaces } from '../resolve/places.js'

/** What one machine's schemas find. */
export type Mistake = {
  readonly machine: string
  readonly code: DiagnosticCode
  readonly message: string
  readonly hint: string | undefined
  /** In the machine's tree; of a variable `${NAME}` and the pointer below it. */
  readonly pointer: string
  readonly position: Position
  /** Of an unknown key: the place that it was probably meant to be. */
  readonly meant?: string
  /** The key that should stand below the pointer. */
  readonly missing?: string
  /** Of a key that is missing below one that stands among a machine's children, and is none of them: that one. */
  readonly stranger?: { readonly pointer: string; readonly position: Position; readonly message: string }
  /** Whether it is about a value that a parent took from a child, or that came with it. */
  readonly pulled: boolean
  /** The place that the value stands for, or was taken from: what is wrong there is told there. */
  readonly source?: { readonly machine: string; readonly pointer: string } | undefined
}

export type Telling = {
  readonly mistakes: readonly Mistake[]
  /** What components missed in the children of machines. */
  readonly faults: readonly PulledFault[]
  readonly children: Parentage['children']
  readonly isHypervisor: Parentage['isHypervisor']
  readonly compositions: Pick<ReadonlyMap<string, Composition>, 'get' | 'has'>
  /** Whether what a machine encloses could not be computed. */
  readonly isEnclosureLost: (machine: string) => boolean
  readonly problems: Problems
}

/** Reports what is wrong with all machines of a site. */
export const tellMistakes = (telling: Telling): void => {
  const { mistakes, faults, isHypervisor, problems } = telling
  const isWrong = createIsWrong(mistakes)
  const ofVariables = placesOf(mistakes.filter(isOfVariable))
  const own = placesOf(mistakes.filter(({ pulled }) => !pulled))
  // Told where it was said first: of the variable, before what was made of it; of a child, before its parent.
  const isToldAlready = (mistake: Mistake): boolean => {
    const place = placeOf(mistake.position)
    return (
      (!isOfVariable(mistake) && ofVariables.has(place)) ||
      (mistake.pulled && own.has(place)) ||
      follows(mistake, isWrong)
    )
  }
  const told = mistakes.filter(mistake => mistake.missing === undefined && !isToldAlready(mistake))
  for (const { code, message, machine, position, hint, pointer } of told)
    problems.error(code, message, { machine, pointer: pointer.startsWith('/') ? pointer : '', position, hint })
  tellMissing(telling, isWrong)
  const lacking = faults.filter(({ causes }) => !causes.some(isWrong))
  tellHosts(
    lacking.filter(({ child }) => isHypervisor(child)),
    telling,
  )
  tellFaults(
    lacking.filter(({ child }) => !isHypervisor(child)),
    problems,
  )
}

type Place = Pick<Mistake, 'machine' | 'pointer' | 'missing'>
/** Whether something is wrong with what stands at a place, or was meant to; of a key that is missing, beside that. */
type IsWrong = (place: Place) => boolean

const createIsWrong = (mistakes: readonly Mistake[]): IsWrong => {
  const [wrong, lacking] = [createPlaces(), createPlaces()]
  for (const { machine, pointer, meant, missing } of mistakes) {
    if (missing !== undefined) lacking.add(machine, pointer + printPointer([missing]))
    else for (const place of [pointer, meant ?? pointer]) wrong.add(machine, place)
  }
  return ({ machine, pointer, missing }) =>
    missing === undefined
      ? wrong.touches(machine, pointer) || lacking.touches(machine, pointer)
      : wrong.touches(machine, pointer + printPointer([missing]))
}

const follows = ({ source, missing }: Mistake, isWrong: IsWrong): boolean =>
  source !== undefined &&
  isWrong({ ...source, pointer: source.pointer + (missing === undefined ? '' : printPointer([missing])) })

const placeOf = ({ file, line, column }: Position): string => `${file}:${line}:${column}`

const placesOf = (mistakes: readonly Mistake[]): ReadonlySet<string> =>
  new Set(mistakes.map(({ position }) => placeOf(position)))

const isOfVariable = ({ pointer }: Mistake): boolean => pointer.startsWith('${')

/** The keys that a map lacks are one mistake. */
const tellMissing = (telling: Telling, isWrong: IsWrong): void => {
  const { mistakes, problems } = telling
  const awaited = createAwaited(isWrong, telling)
  const lacking = mistakes.filter(
    mistake =>
      mistake.missing !== undefined &&
      !isWrong(mistake) &&
      !follows(mistake, isWrong) &&
      !parsePointer(mistake.pointer).some(key => awaited(mistake.machine, key)),
  )
  const placeToTell = ({ machine, pointer, stranger }: Mistake) => `${machine} ${stranger?.pointer ?? pointer}`
  for (const all of groupsBy(lacking, placeToTell)) {
    const [{ code, machine, hint, stranger, ...found }] = all
    const { pointer, position } = stranger ?? found
    const keys = all.map(({ missing }) => `${missing}`)
    const message = keys.length === 1 ? `the key ${keys[0]} is missing` : `the keys ${keys.join(', ')} are missing`
    problems.error(code, stranger?.message ?? message, { machine, pointer, position, hint })
  }
}

/** Those of one name together, in the order of the first of each. */
const groupsBy = <Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): Iterable<readonly [Item, ...Item[]]> => {
  const groups = new Map<string, [Item, ...Item[]]>()
  for (const item of items) {
    const group = groups.get(nameOf(item))
    if (group === undefined) groups.set(nameOf(item), [item])
    else group.push(item)
  }
  return groups.values()
}

/** Whether a name is that of a machine which another would have taken in, had not something been wrong with that. */
const createAwaited = (isWrong: IsWrong, { children, compositions, isEnclosureLost }: Telling) => {
  const isInDoubt = (machine: string): boolean =>
    isEnclosureLost(machine) ||
    children(machine).some(({ name }) => !compositions.has(name)) ||
    ['children', 'type'].some(key => isWrong({ machine, pointer: printPointer([...enclosurePath, key]) }))
  return (machine: string, key: string): boolean =>
    (isInDoubt(machine) && compositions.has(key)) ||
    children(machine).some(({ name }) => key === name && !compositions.get(name)?.complete)
}

/** A host among the guests of another is likely there by mistake: then what it lacks as a guest only follows. */
const tellHosts = (faults: readonly PulledFault[], { children, problems }: Telling): void => {
  for (const all of groupsBy(faults, ({ parent, child }) => `${parent} ${child}`)) {
    const [{ parent, child }] = all
    const lacks = namesText([...new Set(all.map(({ fault }) => fault.message))])
    const hint = `take ${child} out of ${parent}'s children; a host that is to run as a guest says what every guest says`
    problems.error('enclosure', `${child} is a hypervisor itself, and as a guest of ${parent}: ${lacks}`, {
      machine: parent,
      pointer: printPointer([...enclosurePath, 'children']),
      position: children(parent).find(({ name }) => name === child)?.position,
      hint,
    })
  }
}

/** Children that lack the same variable, or the same at one place of a template, have one fault; the first one's place counts. */
const tellFaults = (faults: readonly PulledFault[], problems: Problems): void => {
  const causeOf = ({ fault, position }: PulledFault) => `${fault.message}\n${fault.variable ?? placeOf(position)}`
  for (const all of groupsBy(faults, causeOf)) {
    const [{ fault, position, pointer }] = all
    const children = distinct(all.map(({ child }) => child))
    for (const machine of new Set(all.map(({ parent }) => parent))) {
      const message = `${namesText(children)}: ${fault.message}`
      problems.error('enclosure', message, { machine, pointer, position, hint: fault.hint })
    }
  }
}
