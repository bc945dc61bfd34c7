// Why a JSON schema that somebody wrote is none, and where in it. ajv says it of the whole schema, in words of its own.
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { createAjv, findingsOf } from './ajv.js'
import { isList, isMap, type Json } from './json.js'
import { printPointer } from './pointer.js'

export type SchemaFault = {
  readonly message: string
  /** In the schema. */
  readonly pointer: string
  /** Whether it is about the key at the pointer, not its value. */
  readonly ofKey?: boolean
}

/** Of JSON Schema: draft 2020-12. */
const dialectRead = 'https://json-schema.org/draft/2020-12/schema'

/** What a schema breaks of JSON Schema, or else the first thing that ajv cannot use; nothing where it is sound. */
export const schemaFaults = (ajv: Ajv2020, schema: Json): readonly SchemaFault[] => {
  if (!isMap(schema)) return [{ message: 'a schema is a map', pointer: '' }]
  if (schema.$async !== undefined)
    return [{ message: '$async is not for schemas of documents', pointer: '/$async', ofKey: true }]
  const { $schema: dialect = dialectRead } = schema
  if (dialect !== dialectRead)
    return [{ message: `its dialect is not ${dialectRead}, the only one that is read`, pointer: '/$schema' }]
  metaAjv ??= createAjv()
  if (metaAjv.validateSchema(schema) !== true) return findingsOf(metaAjv.errors ?? [])
  try {
    ajv.compile(schema)
    return []
  } catch (error) {
    const { message } = error as Error // ajv throws what a keyword, a reference or a pattern is wrong with
    return [{ message: message.replace(/^strict mode: /, ''), ...placeIn(schema, message) }]
  }
}

/** It compiles the schema of schemas when it is first asked, which takes longer than the schemas of a site. */
let metaAjv: Ajv2020 | undefined

const placeIn = (schema: Json, message: string): Pick<SchemaFault, 'pointer' | 'ofKey'> => {
  const [, keyword] = /unknown keyword: "(.*?)"/.exec(message) ?? []
  if (keyword !== undefined) return { pointer: find(schema, key => key === keyword) ?? '', ofKey: true }
  const [, reference] = /resolve reference (\S*) from/.exec(message) ?? []
  if (reference !== undefined)
    return { pointer: find(schema, (key, value) => key === '$ref' && value === reference) ?? '' }
  const [, pattern] = /Invalid regular expression: \/(.*)\/u?:/s.exec(message) ?? []
  if (pattern !== undefined) {
    const value = find(schema, (key, value) => key === 'pattern' && value === pattern)
    return value === undefined
      ? { pointer: find(schema, key => key === pattern) ?? '', ofKey: true }
      : { pointer: value }
  }
  const [, place = ''] = / at (?:path )?"#(.*?)"/.exec(message) ?? []
  const [, keywordThere] = /^(?:unknown (format)|keyword "(.*?)")/.exec(message)?.filter(Boolean) ?? []
  return { pointer: decodeURIComponent(place) + (keywordThere === undefined ? '' : printPointer([keywordThere])) }
}

/** The place of the first key, with its value, of which something holds. */
const find = (schema: Json, holds: (key: string, value: Json) => boolean): string | undefined => {
  if (!isMap(schema) && !isList(schema)) return undefined
  for (const [key, value] of Object.entries(schema)) {
    const pointer = printPointer([key])
    if (holds(key, value)) return pointer
    const below = find(value, holds)
    if (below !== undefined) return pointer + below
  }
  return undefined
}
