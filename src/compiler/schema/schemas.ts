// The schemas of everything a document may hold: ours for /hardware, /system and /software, one per component, and those that a
// site brings for components of its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { byCodeUnit, isMap, type JsonMap } from '../../model/json.js'
import { schemaFaults } from '../../model/schema-fault.js'
import { packageRoot } from '../package-root.js'
import type { Problems } from '../problems.js'
import type { Site } from '../site/site.js'

export type Schemas = {
  readonly hardware: JsonMap
  readonly system: JsonMap
  readonly software: JsonMap
  /** By component. */
  readonly components: ReadonlyMap<string, JsonMap>
  /** The components of the package that the site has a schema of its own for. */
  readonly replaced: ReadonlySet<string>
  /** The components whose schemas are the site's. */
  readonly theirs: ReadonlySet<string>
}

/** The schemas of the package; they do not change while a process runs. */
export const packageSchemas = (): Schemas => {
  known ??= readPackageSchemas()
  return known
}

let known: Schemas | undefined

const readPackageSchemas = (): Schemas => {
  const components = join(packageRoot(), 'components')
  const names = readdirSync(components).filter(name => existsSync(join(components, name, 'schema.json')))
  return {
    hardware: readSchema(join(packageRoot(), 'src/model/schemas/hardware.json')),
    system: readSchema(join(packageRoot(), 'src/model/schemas/system.json')),
    software: readSchema(join(packageRoot(), 'src/model/schemas/software.json')),
    components: new Map(names.sort(byCodeUnit).map(name => [name, readSchema(join(components, name, 'schema.json'))])),
    replaced: new Set(),
    theirs: new Set(),
  }
}

const readSchema = (path: string): JsonMap => JSON.parse(readFileSync(path, 'utf8')) as JsonMap

/**
 * Those of the package and of a site; a site's own component of the same name is its own affair. `ajv` is absent where they are
 * known to be sound.
 */
export const readSchemas = (site: Site, ajv: (() => Ajv2020) | undefined, problems: Problems): Schemas => {
  const own = packageSchemas()
  if (site.dir === packageRoot()) return own
  const theirs = site.componentSchemas().map(({ component, value, placeOf }) => {
    const faults = value === undefined || ajv === undefined ? [] : schemaFaults(ajv(), value)
    for (const { message, pointer, ofKey } of faults)
      problems.error('schema', `not a schema: ${message}`, { position: placeOf(pointer, ofKey) })
    return [component, isMap(value) && faults.length === 0 ? value : {}] as const
  })
  const replaced = new Set(theirs.map(([component]) => component).filter(component => own.components.has(component)))
  return {
    ...own,
    components: new Map([...own.components, ...theirs]),
    replaced,
    theirs: new Set(theirs.map(([name]) => name)),
  }
}

/** One schema of the whole document, for reading values by it; judging is done part by part (validate.ts). */
export const documentSchema = ({ hardware, system, software, components }: Schemas): JsonMap => ({
  additionalProperties: false,
  properties: {
    hardware: inline(hardware),
    system: inline(system),
    software: {
      additionalProperties: false,
      properties: {
        ...(inline(software).properties as JsonMap),
        components: {
          additionalProperties: false,
          properties: Object.fromEntries([...components].map(([name, schema]) => [name, inline(schema)])),
        },
      },
    },
  },
})

/** `$ref` is looked up in the schema that it stands in: its definitions are put in place of it. */
const inline = (schema: JsonMap): JsonMap => {
  const known = inlined.get(schema) ?? inlineDefinitions(schema)
  inlined.set(schema, known)
  return known
}

/** The package's schemas serve all sites that a process compiles. */
const inlined = new WeakMap<JsonMap, JsonMap>()

const inlineDefinitions = (schema: JsonMap): JsonMap => {
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
