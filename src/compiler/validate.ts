// validate: the resolved values of a machine against the schemas; every finding gets the position of the value, or of
// the key, that it is about.
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js'
import { createAjv, type Finding, judge } from '../model/ajv.js'
import type { Validate } from '../model/component.js'
import { isMap, type Json, type JsonMap } from '../model/json.js'
import { parsePointer, printPointer, valueAt } from '../model/pointer.js'
import { type BlamedMachine, blame, keyPosition } from './blame.js'
import { descend } from './descend.js'
import type { Folded } from './fold.js'
import type { Problems } from './problems.js'
import type { Resolver } from './resolve.js'
import { packageSchemas, type Schemas } from './schemas.js'
import { didYouMean, didYouMeanOrOneOf } from './suggest.js'
import type { VariableDeclarations } from './variables.js'

export type Judge = {
  readonly document: (machine: JudgedMachine) => void
  readonly variables: (machine: string, values: ReadonlyMap<string, JudgedVariable>) => void
}

export type JudgedMachine = BlamedMachine & {
  readonly value: Json
  /** Its children whose own profiles could not be read: what it misses of them is no mistake of its own. */
  readonly unread: ReadonlySet<string>
  readonly children: readonly string[]
}
export type JudgedVariable = { readonly folded: Folded; readonly value: Json | undefined }

/** Compiles the schemas once; what is wrong goes to `problems`. */
export const createJudge = (
  ajv: Ajv2020,
  schemas: Schemas,
  declarations: VariableDeclarations,
  { hasFailed, isInFailed, origin }: Pick<Resolver, 'hasFailed' | 'isInFailed' | 'origin'>,
  problems: Problems,
): Judge => {
  const part = {
    hardware: ajv.compile(schemas.hardware),
    system: ajv.compile(schemas.system),
    components: new Map([...schemas.components].map(([name, schema]) => [name, ajv.compile(schema)])),
    variables: new Map([...declarations].map(([name, declaration]) => [name, ajv.compile(declaration.schema)])),
  }

  const report = (machine: JudgedMachine, base: string, finding: Finding): void => {
    const pointer = base + finding.pointer
    if (isInFailed(machine.name, pointer)) return
    if (finding.missing !== undefined && hasFailed(machine.name, pointer + printPointer([finding.missing]))) return
    const path = parsePointer(pointer)
    if (finding.missing !== undefined && path.some(key => machine.unread.has(key))) return
    const position = blame(machine, path, origin, finding.ofKey)
    const hint = (finding.missing === undefined ? undefined : strangerIn(path, machine)) ?? hintOf(finding)
    problems.error(finding.code, finding.message, { machine: machine.name, pointer, position, hint })
  }

  const check = (machine: JudgedMachine, base: string, validate: ValidateFunction, value: Json): void => {
    for (const finding of judge(validate, value)) report(machine, base, finding)
  }

  const unknownKeys = (machine: JudgedMachine, base: string, value: JsonMap, known: readonly string[]): void => {
    for (const key of Object.keys(value).filter(key => !known.includes(key))) {
      const written = { word: key, known }
      report(machine, base, {
        code: 'key-unknown',
        ofKey: true,
        pointer: printPointer([key]),
        message: `unknown key ${key}`,
        written,
      })
    }
  }

  const componentsOf = (machine: JudgedMachine, components: JsonMap): void => {
    for (const [name, value] of Object.entries(components)) {
      const validate = part.components.get(name)
      const pointer = `/software/components${printPointer([name])}`
      if (validate !== undefined) check(machine, pointer, validate, value)
      else {
        const position = blame(machine, parsePointer(pointer), origin, true)
        const hint =
          didYouMean(name, [...part.components.keys()]) ??
          `a component of the site's own needs components/${name}/schema.json`
        problems.error('component-unknown', `there is no component ${name}`, {
          machine: machine.name,
          pointer,
          position,
          hint,
        })
      }
    }
  }

  const document = (machine: JudgedMachine): void => {
    const { value } = machine
    if (!isMap(value)) return
    unknownKeys(machine, '', value, ['hardware', 'system', 'software'])
    const { hardware = {}, system = {} } = value
    check(machine, '/hardware', part.hardware, hardware)
    check(machine, '/system', part.system, system)
    const software = mapAt(machine, '/software', value.software)
    unknownKeys(machine, '/software', software, ['components', 'packages', 'repositories'])
    componentsOf(machine, mapAt(machine, '/software/components', software.components))
  }

  /** What stands at a place where only a map makes sense; an empty one in the place of anything else. */
  const mapAt = (machine: JudgedMachine, pointer: string, value: Json = {}): JsonMap => {
    if (isMap(value)) return value
    report(machine, pointer, { code: 'type', pointer: '', message: 'expected a map' })
    return {}
  }

  const variables = (machine: string, values: ReadonlyMap<string, JudgedVariable>): void => {
    for (const [name, { folded, value }] of values) {
      const validate = part.variables.get(name)
      if (validate === undefined) {
        const hint =
          didYouMean(name, [...part.variables.keys()]) ??
          `one of the site's own is declared in variables.schema.json: "${name}": { "type": "string", "doc": "..." }`
        problems.error('variable-undeclared', `no variable ${name} is declared`, {
          machine,
          position: keyPosition(folded),
          hint,
        })
      } else if (value !== undefined) {
        for (const finding of judge(validate, value)) {
          if (isInFailed(machine, `\${${name}}${finding.pointer}`)) continue
          const position =
            descend(folded, parsePointer(finding.pointer))?.folded.winner.position ?? folded.winner.position
          problems.error(finding.code, `variable ${name}: ${finding.message}`, {
            machine,
            position,
            hint: hintOf(finding),
          })
        }
      }
    }
  }

  return { document, variables }
}

/**
 * Of a path through a map that has the machine's children, with a key that is none of them: what is missing there would
 * have been taken from a child.
 */
const strangerIn = (path: readonly string[], { name, value, children }: JudgedMachine): string | undefined => {
  const isAmongChildren = (index: number): boolean => {
    const map = valueAt(value, path.slice(0, index))
    return isMap(map) && children.some(child => Object.hasOwn(map, child))
  }
  const stranger = path.find((key, index) => !children.includes(key) && isAmongChildren(index))
  if (stranger === undefined) return undefined
  return didYouMean(stranger, children) ?? `${stranger} is no child of ${name}: ${children.join(', ')}`
}

const hintOf = ({ written, doc }: Finding): string | undefined =>
  (written === undefined ? undefined : didYouMeanOrOneOf(written.word, written.known)) ?? doc

/** The agent's judgement in the full command, by the schemas themselves; compiled when it is first asked for. */
export const createValidate = (): Validate => {
  const validators = new Map<string, ValidateFunction>()
  const compiled = (component: string): ValidateFunction => {
    const schema = packageSchemas().components.get(component)
    if (schema === undefined) throw new Error(`no schema for the component ${component}`)
    return createAjv().compile(schema)
  }
  return (component, desired) => {
    const validate = validators.get(component) ?? compiled(component)
    validators.set(component, validate)
    return judge(validate, desired).map(({ pointer, message }) => ({ pointer, message }))
  }
}
