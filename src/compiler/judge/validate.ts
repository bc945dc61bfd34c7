// validate: the resolved values of a machine against the schemas; every finding gets the position of the value, or of
// the key, that it is about. Which of them are told is decided when all are known (mistakes.ts).
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { compileOurs, type Finding, judge } from '../../model/ajv.js'
import type { Validate } from '../../model/component.js'
import type { DiagnosticCode } from '../../model/diagnostic.js'
import { isMap, type Json, type JsonMap } from '../../model/json.js'
import { parsePointer, printPointer, valueAt } from '../../model/pointer.js'
import { descend } from '../compose/descend.js'
import type { Folded } from '../compose/fold.js'
import { isOfPackage } from '../package-root.js'
import { documentKeys } from '../parse/language-keys.js'
import type { Resolver } from '../resolve/resolve.js'
import { type BoundedJudging, judgeBounded, judgeTogether, judgeUnbounded } from '../schema/judge-bounded.js'
import { type SchemaView, viewAt } from '../schema/schema-view.js'
import { packageSchemas, type Schemas } from '../schema/schemas.js'
import type { VariableDeclarations } from '../schema/variables.js'
import { didYouMean, didYouMeanOrOneOf, nearest } from '../suggest.js'
import { type BlamedMachine, blame, isPulled, keyPosition, sourceOf } from './blame.js'
import type { Mistake } from './mistakes.js'

export type Judge = {
  /** Of each machine, what its document does not fit. */
  readonly documents: (machines: readonly JudgedMachine[]) => readonly (readonly Mistake[])[]
  readonly variables: (machine: string, values: ReadonlyMap<string, JudgedVariable>) => readonly Mistake[]
}

export type JudgedMachine = BlamedMachine & { readonly value: Json; readonly children: readonly string[] }
export type JudgedVariable = { readonly folded: Folded; readonly value: Json | undefined }

/** What a machine says of a component that has a schema. */
type Said = { readonly name: string; readonly value: Json; readonly judging: BoundedJudging }

type JudgedComponents = readonly { readonly name: string; readonly findings: readonly Finding[] }[]

type Found = Omit<Finding, 'code'> & { readonly code: DiagnosticCode }

/** Judging by each schema of a site, which is compiled when it is first needed and serves all machines. */
export type Judgings = {
  readonly hardware: () => BoundedJudging
  readonly system: () => BoundedJudging
  readonly software: () => BoundedJudging
  readonly components: ReadonlyMap<string, () => BoundedJudging>
  readonly variables: ReadonlyMap<string, () => BoundedJudging>
}

export const createJudgings = (ajv: () => Ajv2020, schemas: Schemas, declarations: VariableDeclarations): Judgings => {
  const compile = (schema: JsonMap, isTheirs = false): (() => BoundedJudging) => {
    let judging: BoundedJudging | undefined
    return () => {
      judging ??= isTheirs ? judgeBounded(schema, one => ajv().compile(one)) : judgeUnbounded(schema, compileOurs)
      return judging
    }
  }
  return {
    hardware: compile(schemas.hardware),
    system: compile(schemas.system),
    software: compile(schemas.software),
    components: new Map(
      [...schemas.components].map(([name, schema]) => [name, compile(schema, schemas.theirs.has(name))]),
    ),
    variables: new Map(
      [...declarations].map(([name, { schema, file }]) => [name, compile(schema, !isOfPackage(file))]),
    ),
  }
}

/** What could not be computed has been reported, and is no mistake here. */
export const createJudge = (
  part: Judgings,
  view: SchemaView,
  { hasFailed, isInFailed, origin }: Pick<Resolver, 'hasFailed' | 'isInFailed' | 'origin'>,
): Judge => {
  const mistakeAt = (machine: JudgedMachine, base: string, finding: Found): readonly Mistake[] => {
    const pointer = base + finding.pointer
    if (isInFailed(machine.name, pointer)) return []
    if (finding.missing !== undefined && hasFailed(machine.name, pointer + printPointer([finding.missing]))) return []
    const path = parsePointer(pointer)
    const position = blame(machine, path, origin, finding.ofKey)
    const stranger = finding.missing === undefined ? undefined : strangerIn(path, machine)
    const mistake = mistakeOf(finding, machine.name, pointer)
    const misplaced =
      finding.code === 'key-unknown' && mistake.meant === undefined ? properPlace(machine, path) : undefined
    const hint = misplaced ?? mistake.hint
    const told = { ...mistake, hint, position, pulled: isPulled(machine, path), source: sourceOf(machine, path) }
    if (stranger === undefined) return [told]
    const strangerPath = path.slice(0, stranger.depth)
    const at = { pointer: printPointer(strangerPath), position: blame(machine, strangerPath, origin, true) }
    return [{ ...told, hint: stranger.hint, stranger: { ...at, message: stranger.message } }]
  }

  /** Where a key is known that stands a level too high or too deep. */
  const properPlace = ({ value }: JudgedMachine, path: readonly string[]): string | undefined => {
    const [above, key = ''] = [path.slice(0, -1), path.at(-1)]
    const around = viewAt(view, value, above)
    const within = around.keys().find(sibling => around.child(sibling).keys().includes(key))
    if (within !== undefined) return `it belongs in ${printPointer([...above, within])}`
    const outside = above.slice(0, -1)
    const isKnownOutside = viewAt(view, value, outside).keys().includes(key)
    return isKnownOutside
      ? `it belongs in ${printPointer(outside) || 'the document itself'}, beside ${above.at(-1)}`
      : undefined
  }

  const check = (machine: JudgedMachine, base: string, judging: () => BoundedJudging, value: Json) =>
    judging()
      .alone(value)
      .flatMap(finding => mistakeAt(machine, base, finding))

  const unknownKeys = (
    machine: JudgedMachine,
    base: string,
    value: JsonMap,
    known: readonly string[],
  ): readonly Mistake[] =>
    Object.keys(value)
      .filter(key => !known.includes(key))
      .flatMap(key =>
        mistakeAt(machine, base, {
          code: 'key-unknown',
          ofKey: true,
          pointer: printPointer([key]),
          message: `unknown key ${key}`,
          written: { word: key, known },
        }),
      )

  const saidBy = ({ value }: JudgedMachine): readonly Said[] => {
    const components = valueAt(value, ['software', 'components'])
    return Object.entries(isMap(components) ? components : {}).flatMap(([name, value]) => {
      const judging = part.components.get(name)
      return judging === undefined ? [] : [{ name, value, judging: judging() }]
    })
  }

  const componentsOf = (machine: JudgedMachine, components: JsonMap, judged: JudgedComponents): readonly Mistake[] => [
    ...judged.flatMap(({ name, findings }) =>
      findings.flatMap(finding => mistakeAt(machine, `/software/components${printPointer([name])}`, finding)),
    ),
    ...Object.keys(components).flatMap(name => (part.components.has(name) ? [] : unknownComponent(machine, name))),
  ]

  const unknownComponent = (machine: JudgedMachine, name: string): readonly Mistake[] => {
    const [base, pointer] = ['/software/components', printPointer([name])]
    const message = `there is no component ${name}`
    const known = [...part.components.keys()]
    const hint = didYouMean(name, known) ?? `a component of the site's own needs components/${name}/schema.json`
    const written = { word: name, known }
    return mistakeAt(machine, base, { code: 'component-unknown', ofKey: true, pointer, message, written }).map(
      mistake => ({ ...mistake, hint }),
    )
  }

  const documents = (machines: readonly JudgedMachine[]): readonly (readonly Mistake[])[] => {
    const said = machines.map(saidBy)
    const found = judgeTogether(said.map(all => all.map(({ judging, value }) => [judging, value])))
    return machines.map((machine, index) =>
      document(
        machine,
        (said[index] ?? []).map(({ name }, at) => ({ name, findings: found[index]?.[at] ?? [] })),
      ),
    )
  }

  const document = (machine: JudgedMachine, judged: JudgedComponents): readonly Mistake[] => {
    const { value } = machine
    if (!isMap(value)) return []
    const { hardware = {}, system = {} } = value
    const software = mapAt(machine, '/software', value.software)
    const components = mapAt(machine, '/software/components', software.map.components)
    return [
      ...unknownKeys(machine, '', value, documentKeys),
      ...check(machine, '/hardware', part.hardware, hardware),
      ...check(machine, '/system', part.system, system),
      ...software.mistakes,
      ...check(machine, '/software', part.software, otherThanComponents(software.map)),
      ...components.mistakes,
      ...componentsOf(machine, components.map, judged),
    ]
  }

  /** What stands at a place where only a map makes sense; an empty one in the place of anything else. */
  const mapAt = (
    machine: JudgedMachine,
    pointer: string,
    value: Json = {},
  ): { readonly map: JsonMap; readonly mistakes: readonly Mistake[] } => {
    if (isMap(value)) return { map: value, mistakes: [] }
    return { map: {}, mistakes: mistakeAt(machine, pointer, { code: 'type', pointer: '', message: 'expected a map' }) }
  }

  const variables = (machine: string, values: ReadonlyMap<string, JudgedVariable>): readonly Mistake[] =>
    [...values].flatMap(([name, { folded, value }]): readonly Mistake[] => {
      const judging = part.variables.get(name)
      const place = `\${${name}}`
      if (judging === undefined) {
        const known = [...part.variables.keys()]
        const near = nearest(name, known)
        const undeclared: Mistake = {
          machine,
          code: 'variable-undeclared',
          message: `no variable ${name} is declared`,
          hint: near === undefined ? declareHint(name) : `did you mean "${near}"?`,
          pointer: place,
          position: keyPosition(folded),
          pulled: false,
          ...(near === undefined ? {} : { meant: `\${${near}}` }),
        }
        return [undeclared]
      }
      const findings = value === undefined ? [] : judging().alone(value)
      return findings
        .filter(finding => !isInFailed(machine, place + finding.pointer))
        .map(finding => {
          const { winner } = descend(folded, parsePointer(finding.pointer))?.folded ?? folded
          const message = `variable ${name}: ${finding.message}`
          return {
            ...mistakeOf({ ...finding, message }, machine, place + finding.pointer),
            position: winner.position,
            pulled: false,
          }
        })
    })

  return { documents, variables }
}

/** Components are judged one by one, each by its own schema. */
const otherThanComponents = ({ components: _, ...rest }: JsonMap): JsonMap => rest

const declareHint = (name: string): string =>
  `one of the site's own is declared in variables.schema.json: "${name}": { "type": "string", "doc": "..." }`

/**
 * Of a path through a map that has the machine's children, with a key that is none of them: what is missing there would
 * have been taken from a child.
 */
const strangerIn = (
  path: readonly string[],
  { name, value, children }: JudgedMachine,
): { readonly depth: number; readonly message: string; readonly hint: string | undefined } | undefined => {
  const isAmongChildren = (index: number): boolean => {
    const map = valueAt(value, path.slice(0, index))
    return isMap(map) && children.some(child => Object.hasOwn(map, child))
  }
  const index = path.findIndex((key, index) => !children.includes(key) && isAmongChildren(index))
  const stranger = path[index]
  if (stranger === undefined) return undefined
  const message = `${stranger} is no child of ${name}`
  return { depth: index + 1, message, hint: didYouMeanOrOneOf(stranger, children) }
}

/** A finding without its place in a file. */
const mistakeOf = (finding: Found, machine: string, pointer: string): Omit<Mistake, 'position' | 'pulled'> => {
  const { code, message, missing, written } = finding
  const near = finding.ofKey === true && written !== undefined ? nearest(written.word, written.known) : undefined
  return {
    machine,
    code,
    message,
    hint: hintOf(finding),
    pointer,
    ...(near === undefined ? {} : { meant: pointer.slice(0, pointer.lastIndexOf('/')) + printPointer([near]) }),
    ...(missing === undefined ? {} : { missing }),
  }
}

const hintOf = ({ written, doc }: Found): string | undefined =>
  (written === undefined ? undefined : didYouMeanOrOneOf(written.word, written.known)) ?? doc

/** The agent's judgement in the full command, by the schemas themselves; compiled when it is first asked for. */
export const createValidate = (): Validate => (component, desired) => {
  const schema = packageSchemas().components.get(component)
  if (schema === undefined) throw new Error(`no schema for the component ${component}`)
  return judge(compileOurs(schema), desired).map(({ pointer, message }) => ({ pointer, message }))
}
