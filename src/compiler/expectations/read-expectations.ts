// Expectations: what a site's own files in test/site/ say that must come of it (docs/policies.md). This reads them;
// judge-expectations.ts holds them against the compiled site.

import { compileOurs } from '../../model/ajv.js'
import type { Position } from '../../model/diagnostic.js'
import type { Json, JsonMap } from '../../model/json.js'
import { parsePointer } from '../../model/pointer.js'
import type { YamlMap } from '../parse/load.js'
import { nodeAt, placeIn, readBySchemaOf } from '../parse/yaml-by-schema.js'
import { type Expression, placesOf, readExpression } from '../policies/read-policies.js'
import type { Problems } from '../problems.js'
import type { Site } from '../site/site.js'
import { didYouMeanOrOneOf } from '../suggest.js'
import { expectationSchema } from './expectation-schema.js'

export type Expectation = {
  readonly name: string
  readonly position: Position
  readonly machine: string
  readonly at: readonly string[]
  /** What the machine's profile says instead. */
  readonly given: YamlMap | undefined
} & Expected

export type Expected =
  /** `source` is the text of a single value, as it was typed; `placeOf` a part of the value, by its pointer. */
  | {
      readonly kind: 'is'
      readonly value: Json
      readonly source: string | undefined
      readonly placeOf: (below: string) => Position
    }
  | { readonly kind: 'children'; readonly children: readonly string[] }
  | { readonly kind: 'holds'; readonly holds: Expression; readonly text: string }
  | { readonly kind: 'fails'; readonly code: string | undefined; readonly message: string | undefined }

const kinds = ['is', 'children', 'holds', 'fails'] as const

/** The expectations of files, in their order; what is wrong with them goes to `problems`. */
export const readExpectations = (
  { expectations, profiles, sourceLine }: Pick<Site, 'expectations' | 'profiles' | 'sourceLine'>,
  problems: Problems,
): readonly Expectation[] => {
  const machines = [...profiles.keys()]
  const validate = compileOurs(expectationSchema)
  return expectations().flatMap(({ root: yaml }) =>
    (yaml?.entries ?? []).flatMap(({ key: name, position, value }) => {
      const written = readBySchemaOf(value, validate, { takesTags: ([key]) => key === 'given', problems })
      if (written === undefined || value.shape !== 'map') return []
      return readExpectation({ name, position, yaml: value, written }, { machines, sourceLine, problems })
    }),
  )
}

type Written = Pick<Expectation, 'name' | 'position'> & { readonly yaml: YamlMap; readonly written: JsonMap }

type Reading = Pick<Site, 'sourceLine'> & { readonly machines: readonly string[]; readonly problems: Problems }

const readExpectation = (
  { name, position, yaml, written }: Written,
  { machines, sourceLine, problems }: Reading,
): readonly Expectation[] => {
  const machine = String(written.machine)
  if (!machines.includes(machine)) {
    const hint = didYouMeanOrOneOf(machine, machines)
    problems.error('machine-unknown', `there is no machine ${machine}`, {
      position: placeIn(yaml, ['machine']),
      hint,
    })
    return []
  }
  const lack = whatLacks(written)
  if (lack !== undefined) {
    problems.error('schema', lack, { position })
    return []
  }
  const expected = readExpected({ yaml, written }, { sourceLine, problems })
  const given = nodeAt(yaml, ['given'])
  if (expected === undefined) return []
  const at = parsePointer(String(written.at ?? ''))
  if (at.includes('*')) {
    const hint = 'a path of one value, or a policy (docs/policies.md)'
    problems.error('schema', '* stands for many values, and an expectation is about one', {
      position: placeIn(yaml, ['at']),
      hint,
    })
    return []
  }
  return [{ name, position, machine, at, given: given?.shape === 'map' ? given : undefined, ...expected }]
}

const whatLacks = (written: JsonMap): string | undefined => {
  const said = kinds.filter(kind => kind in written)
  if (said.length !== 1)
    return `an expectation says one of ${kinds.join(', ')}, and this one ${said.join(' and ') || 'none'}`
  if ('is' in written && !('at' in written)) return '"is" is the value at a path: "at" says which'
  if ('at' in written && !('is' in written || 'holds' in written))
    return `"at" is the path for "is" and "holds": "${said.join()}" is of the machine`
  if ('fails' in written && !('given' in written))
    return '"fails" is about what the profile does not say: "given" says what'
  return undefined
}

const readExpected = (
  { yaml, written }: Pick<Written, 'yaml' | 'written'>,
  { sourceLine, problems }: Pick<Reading, 'sourceLine' | 'problems'>,
): Expected | undefined => {
  const { is, children, holds, fails } = written
  if (is !== undefined) {
    const node = nodeAt(yaml, ['is'])
    const placeOf = (below: string): Position => placeIn(yaml, ['is', ...parsePointer(below)])
    return { kind: 'is', value: is, source: node?.shape === 'scalar' ? node.source : undefined, placeOf }
  }
  if (children !== undefined) return { kind: 'children', children: children as readonly string[] }
  if (fails !== undefined) {
    const { code, message } = fails as { readonly code?: string; readonly message?: string }
    return { kind: 'fails', code, message }
  }
  const expression = readExpression(String(holds), placesOf(['holds'], { yaml, sourceLine }), problems)
  return expression && { kind: 'holds', holds: expression, text: String(holds) }
}
