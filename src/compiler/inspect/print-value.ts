// How a compiled value is written for people and for other programs.
import { stringify } from 'yaml'
import { byCodeUnit, isList, isMap, type Json, sortKeys } from '../../model/json.js'
import { printPointer } from '../../model/pointer.js'

export const valueFormats = ['json', 'yaml', 'flat'] as const
export type ValueFormat = (typeof valueFormats)[number]

/** A value with sorted keys and a final newline; `base` is the pointer that the lines of `flat` begin with. */
export const printValue = (value: Json, format: ValueFormat, base = ''): string => {
  switch (format) {
    case 'json':
      return `${JSON.stringify(sortKeys(value), null, 2)}\n`
    case 'yaml':
      return stringify(sortKeys(value), { lineWidth: 0, aliasDuplicateObjects: false })
    case 'flat':
      return flatLines(value, base).sort(byCodeUnit).join('')
  }
}

/** `/path = value` for every scalar and every empty list or map; the value as JSON. */
const flatLines = (value: Json, pointer: string): string[] => {
  const entries = isList(value) ? value.map((item, index) => [`${index}`, item] as const) : []
  const below = isMap(value) ? Object.entries(value) : entries
  if (below.length === 0) return [`${pointer} = ${JSON.stringify(value)}\n`]
  return below.flatMap(([key, item]) => flatLines(item, pointer + printPointer([key])))
}
