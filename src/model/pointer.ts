// JSON pointers (RFC 6901): how diagnostics, `show`, `explain` and references name a place in a machine's tree.
import { isList, isMap, type Json } from './json.js'

/** `['software', 'a/b']` -> `/software/a~1b`; the whole document is the empty pointer. */
export const printPointer = (path: readonly string[]): string => path.map(printKey).join('')

/** One step of a pointer, with its slash: `a/b` -> `/a~1b`. */
export const printKey = (key: string): string =>
  key.includes('~') || key.includes('/') ? `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` : `/${key}`

/** `/software/a~1b` -> `['software', 'a/b']`; a leading slash may be left out, a trailing one is ignored. */
export const parsePointer = (pointer: string): readonly string[] => {
  const keys = pointer.split('/').filter(key => key !== '')
  return pointer.includes('~') ? keys.map(key => key.replaceAll('~1', '/').replaceAll('~0', '~')) : keys
}

/** The item of a list that a key of a pointer names: `0`, `12`, never `01` or `-1`. */
export const itemAt = <Item>(items: readonly Item[], key: string): Item | undefined =>
  /^(0|[1-9]\d*)$/.test(key) ? items[Number(key)] : undefined

/** The value at a path, or undefined where there is none. List items are named by their index. */
export const valueAt = (root: Json | undefined, path: readonly string[]): Json | undefined => {
  let value = root
  for (const key of path) {
    if (isMap(value)) value = Object.hasOwn(value, key) ? value[key] : undefined
    else if (isList(value)) value = itemAt(value, key)
    else return undefined
  }
  return value
}
