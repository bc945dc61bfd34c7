// validate: the resolved values of a machine against the schemas; every finding gets the position of the value, or of
// the key, that it is about.
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { createAjv, type Finding, judge } from '../model/ajv.js'
import type { Validate } from '../model/component.js'
import type { Position } from '../model/diagnostic.js'
import { isMap, type Json, type JsonMap } from '../model/json.js'
import { parsePointer, printPointer } from '../model/pointer.js'
import type { Folded } from './fold.js'
import { collectProblems, type Problems } from './problems.js'
import { descend, type Resolver } from './resolve.js'
import { readSchemas, type Schemas } from './schemas.js'
import { didYouMean, didYouMeanOrOneOf } from './suggest.js'
import { fullSchema, type VariableDeclarations } from './variables.js'

export type Judge = {
  readonly document: (machine: JudgedMachine) => void
  readonly variables: (machine: string, values: ReadonlyMap<string, JudgedVariable>) => void
}

export type JudgedMachine = {
  readonly name: string
  readonly tree: Folded | undefined
  readonly value: Json
  /** Where the profile begins: the place of what is missing altogether. */
  readonly position: Position
}
export type JudgedVariable = { readonly folded: Folded; readonly value: Json | undefined }

/** Compiles the schemas once; what is wrong goes to `problems`. */
export const createJudge = (
  schemas: Schemas,
  declarations: VariableDeclarations,
  { hasFailed, origin }: Pick<Resolver, 'hasFailed' | 'origin'>,
  problems: Problems,
): Judge => {
  const ajv = createAjv()
  const part = {
    hardware: ajv.compile(schemas.hardware),
    system: ajv.compile(schemas.system),
    components: new Map([...schemas.components].map(([name, schema]) => [name, ajv.compile(schema)])),
    variables: new Map([...declarations].map(([name, declaration]) => [name, ajv.compile(fullSchema(declaration))])),
  }

  const report = (machine: JudgedMachine, base: string, finding: Finding): void => {
    const pointer = base + finding.pointer
    if (finding.missing !== undefined && hasFailed(machine.name, pointer + printPointer([finding.missing]))) return
    const path = parsePointer(pointer)
    const position = blamed(machine, path, finding.code === 'key-unknown')
    problems.error(finding.code, finding.message, { machine: machine.name, pointer, position, hint: hintOf(finding) })
  }

  /** The position of the value at a path (or of its key), or of the nearest place above it. */
  const blamed = ({ name, tree, position }: JudgedMachine, path: readonly string[], ofKey: boolean): Position => {
    for (let length = path.length; length >= 0; length -= 1) {
      const found = descend(tree, path.slice(0, length))?.folded
      if (found === undefined) continue
      return ofKey && length === path.length ? keyPosition(found) : origin(name, found).position
    }
    return position
  }

  const check = (machine: JudgedMachine, base: string, validate: ValidateFunction, value: Json): void => {
    for (const finding of judge(validate, value)) report(machine, base, finding)
  }

  const unknownKeys = (machine: JudgedMachine, base: string, value: JsonMap, known: readonly string[]): void => {
    for (const key of Object.keys(value).filter(key => !known.includes(key))) {
      const written = { word: key, known }
      report(machine, base, {
        code: 'key-unknown',
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
        const position = blamed(machine, parsePointer(pointer), true)
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
    check(machine, '/hardware', part.hardware, value.hardware ?? {})
    check(machine, '/system', part.system, value.system ?? {})
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
        const hint = didYouMeanOrOneOf(name, [...part.variables.keys()])
        problems.error('variable-undeclared', `no variable ${name} is declared`, {
          machine,
          position: keyPosition(folded),
          hint,
        })
      } else if (value !== undefined) {
        for (const finding of judge(validate, value)) {
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

const keyPosition = ({ winner }: Folded): Position => winner.keyPosition ?? winner.position

const hintOf = ({ written, doc }: Finding): string | undefined =>
  (written === undefined ? undefined : didYouMeanOrOneOf(written.word, written.known)) ?? doc

/** The agent's judgement in the full command, by the schemas themselves; compiled when it is first asked for. */
export const createValidate = (): Validate => {
  const validators = new Map<string, ValidateFunction>()
  return (component, desired) => {
    const known = validators.get(component)
    const schema = readSchemas(undefined, collectProblems()).components.get(component)
    if (known === undefined && schema === undefined) throw new Error(`no schema for the component ${component}`)
    const validate = known ?? createAjv().compile(schema ?? {})
    validators.set(component, validate)
    return judge(validate, desired).map(({ pointer, message }) => ({ pointer, message }))
  }
}
