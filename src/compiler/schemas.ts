// The schemas of everything a document may hold: ours for /hardware and /system, one per component, and those that a
// site brings for components of its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { byCodeUnit, type JsonMap } from '../model/json.js'
import { packageRoot } from './package-root.js'
import type { Problems } from './problems.js'

export type Schemas = {
  readonly hardware: JsonMap
  readonly system: JsonMap
  /** By component. */
  readonly components: ReadonlyMap<string, JsonMap>
}

/** Reads the schemas of the package and of a site; a site's own component of the same name is its own affair. */
export const readSchemas = (siteDir: string | undefined, problems: Problems): Schemas => {
  const own = componentSchemas(join(packageRoot(), 'components'), problems)
  const theirs = siteDir === undefined ? [] : componentSchemas(join(siteDir, 'components'), problems)
  return {
    hardware: readSchema(join(packageRoot(), 'src/model/schemas/hardware.json')),
    system: readSchema(join(packageRoot(), 'src/model/schemas/system.json')),
    components: new Map([...own, ...theirs]),
  }
}

const readSchema = (path: string): JsonMap => JSON.parse(readFileSync(path, 'utf8')) as JsonMap

const componentSchemas = (dir: string, problems: Problems): readonly (readonly [string, JsonMap])[] => {
  if (!existsSync(dir)) return []
  const names = readdirSync(dir).filter(name => existsSync(join(dir, name, 'schema.json')))
  return names.sort(byCodeUnit).flatMap(name => {
    try {
      return [[name, readSchema(join(dir, name, 'schema.json'))] as const]
    } catch (error) {
      const position = { file: `components/${name}/schema.json`, line: 1, column: 1 }
      problems.error('syntax', `not a schema: ${(error as Error).message}`, { position })
      return []
    }
  })
}

/** One schema of the whole document, for reading values by it; judging is done part by part (validate.ts). */
export const documentSchema = ({ hardware, system, components }: Schemas): JsonMap => ({
  properties: {
    hardware: inline(hardware),
    system: inline(system),
    software: {
      properties: {
        components: { properties: Object.fromEntries([...components].map(([name, schema]) => [name, inline(schema)])) },
        packages: { additionalProperties: {} },
        repositories: { additionalProperties: {} },
      },
    },
  },
})

/** `$ref` is looked up in the schema that it stands in: its definitions are put in place of it. */
const inline = (schema: JsonMap): JsonMap => {
  const definitions = (schema.$defs ?? {}) as JsonMap
  const replace = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) return value.map(item => replace(item, depth))
    if (typeof value !== 'object' || value === null) return value
    const reference = (value as JsonMap).$ref
    if (typeof reference === 'string' && depth < 8)
      return replace(definitions[reference.replace('#/$defs/', '')], depth + 1)
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replace(child, depth)]))
  }
  const { $defs: _, ...rest } = schema
  return replace(rest, 0) as JsonMap
}
