// What ends a line of a kickstart file, and which values of a document could not stand in one. Pure.
import { isList, isMap, type Json } from '../../model/json.js'
import { printPointer } from '../../model/pointer.js'
import type { ProvisionFault } from '../fault.js'

/**
 * pykickstart takes a file apart by Python's splitlines, for which a line also ends at U+2028, U+2029 and some control
 * characters; here at all of these but the tab.
 */
export const lineEnd = /\r\n|(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/u

/** Texts of several lines, which stand in scripts: those of the hooks are looked through by themselves. */
const ofLines = ['/system/kickstart/hooks', '/system/kickstart/agent/trust', '/system/kickstart/provisioner/ca']

/** Values and names below this place that have more than one line: no quotes keep these together. */
export const brokenLines = (value: Json | undefined, path: readonly string[]): readonly ProvisionFault[] => {
  const pointer = printPointer(path)
  if (ofLines.includes(pointer)) return []
  if (typeof value === 'string') return lineEnd.test(value) ? [brokenAt(pointer, 'this value')] : []
  if (isList(value)) return value.flatMap((one, index) => brokenLines(one, [...path, `${index}`]))
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([key, one]) => [
    ...(lineEnd.test(key) ? [brokenAt(printPointer([...path, key]), 'this name')] : []),
    ...brokenLines(one, [...path, key]),
  ])
}

const brokenAt = (pointer: string, what: string): ProvisionFault => ({
  pointer,
  message: `a command of a kickstart file is one line, and ${what} has a line break or a control character`,
})
