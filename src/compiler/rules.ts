// The rules by which all machines of a site are compiled: schemas, declared variables, policies, and where guests are
// known to live.
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { createAjv } from '../model/ajv.js'
import type { AnyComponent } from '../model/component.js'
import { createJudgings, type Judgings } from './judge/validate.js'
import { isOfPackage } from './package-root.js'
import { type Policy, readPolicies } from './policies/read-policies.js'
import type { Problems } from './problems.js'
import { type SchemaView, viewSchema } from './schema/schema-view.js'
import { documentSchema, readSchemas, type Schemas } from './schema/schemas.js'
import { declareVariables, type VariableDeclarations } from './schema/variables.js'
import { residencesOf } from './site/lock.js'
import type { Residences } from './site/plain-lock.js'
import type { Site } from './site/site.js'

export type Rules = {
  readonly schemas: Schemas
  readonly judgings: Judgings
  readonly declarations: VariableDeclarations
  /** What the schemas say, from the root of a machine's tree. */
  readonly root: SchemaView
  readonly residences: Residences
  /** Those whose values are judged by their own schema, not by one of the site's. */
  readonly judged: readonly AnyComponent[]
  /** The site's own. */
  readonly policies: readonly Policy[]
}

/**
 * Of a site; what is wrong with them goes to `problems`. Where they are known to be sound, nothing is, and where guests live
 * was looked at as well: neither is done again.
 */
export const readRules = (
  site: Site,
  components: readonly AnyComponent[],
  problems: Problems,
  { areSound = false } = {},
): Rules => {
  let made: Ajv2020 | undefined
  const ajv = (): Ajv2020 => {
    made ??= createAjv({ validateSchema: false }) // schemaFaults() has done it
    return made
  }
  const schemas = readSchemas(site, areSound ? undefined : ajv, problems)
  // Tests know that the package's are sound; to compile them takes longer than the rest of a small site.
  const ajvFor = (file: string) => (areSound || isOfPackage(file) ? undefined : ajv())
  const declarations = declareVariables(site, ajvFor, problems)
  const root = viewSchema(documentSchema(schemas))
  return {
    ...{ schemas, declarations, root },
    judgings: createJudgings(ajv, schemas, declarations),
    policies: readPolicies(site, root, problems),
    residences: areSound ? new Map() : residencesOf(site, problems),
    judged: components.filter(({ name }) => !schemas.replaced.has(name)),
  }
}
