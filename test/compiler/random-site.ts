// Random small sites for the properties of merging, as data for the reference model and (print-site.ts) for files: every
// operation, strength and shape, includes that share, shadow, pass on parameters and depend on conditions.
import fc from 'fast-check'
import type { OperationKind, Strength } from '../../src/compiler/parse/node.js'
import type { JsonMap, Scalar } from '../../src/model/json.js'
import {
  addsUp,
  nameKey,
  type Written,
  type WrittenFile,
  type WrittenInclude,
  type WrittenMap,
  type WrittenSite,
} from './reference-model.js'

/** What the templates of a name take; a word of K can stand in a key. `t3` calls one of its own like a variable. */
const parametersOf: Readonly<Record<string, Readonly<Record<string, Scalar | undefined>>>> = {
  t0: {},
  t1: {},
  t2: { K: undefined, P: 7 },
  t3: { K: 'b', V2: undefined },
}
const templateNames = Object.keys(parametersOf)
const words = ['a', 'b', 'c']
/** Later ones are used by earlier ones only, so that no value needs itself. */
const variableNames = ['V0', 'V1', 'V2', 'V3']

const strength = (weak = 5): fc.Arbitrary<Strength | undefined> =>
  fc.oneof(
    { weight: weak, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom<Strength>('default', 'force') },
  )
const kind = (...others: readonly OperationKind[]): fc.Arbitrary<OperationKind> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<OperationKind>('set') },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  )

const tagged = <Rest extends object>(kinds: fc.Arbitrary<OperationKind>, rest: fc.Arbitrary<Rest>) =>
  fc.record({ kind: kinds, strength: strength(), rest }).map(({ kind, strength, rest }) => ({
    kind,
    ...(strength === undefined ? {} : { strength }),
    ...rest,
  }))

const scalarOf = (texts: readonly string[]): fc.Arbitrary<Scalar> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: 99 }) },
    { weight: 1, arbitrary: fc.constantFrom<Scalar>(true, false, 'plain words', ...texts) },
  )

/** `!remove` takes no value. */
const scalar = (texts: readonly string[]): fc.Arbitrary<Written> =>
  tagged(
    kind('remove', 'replace'),
    scalarOf(texts).map(value => ({ shape: 'scalar' as const, value })),
  ).map(written => (written.kind === 'remove' ? { ...written, value: null } : written))

export const plainMap = (entries: readonly (readonly [string, Written])[]): WrittenMap => ({
  kind: 'set',
  shape: 'map',
  entries,
})

const removal = tagged(fc.constant<OperationKind>('remove'), fc.constant({ shape: 'scalar' as const, value: null }))

/** `{name: a, ...}`, each name once in a list, whatever the parameters. */
const namedItems = (keys: readonly string[], texts: readonly string[]): fc.Arbitrary<readonly Written[]> =>
  fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom<Scalar>(...(keys.includes('${K}') ? ['${K}', 'x${K}'] : words), 1),
        more: fc.dictionary(fc.constantFrom(...words), scalar(texts), { maxKeys: 2, noNullPrototype: true }),
        kind: kind('remove', 'replace'),
      }),
      { maxLength: 3, selector: ({ name }) => name },
    )
    .map(items =>
      items.map(({ name, more, kind }) => ({
        ...plainMap([[nameKey, { kind: 'set', shape: 'scalar', value: name }], ...Object.entries(more)]),
        kind,
      })),
    )

/** What may stand under a key; the schema knows lists under `added` and `named`. */
const value = (
  key: string,
  keys: readonly string[],
  texts: readonly string[],
  depth: number,
): fc.Arbitrary<Written> => {
  const list = tagged(
    kind('append', 'append', 'prepend', 'prepend', 'replace'),
    (key === 'named'
      ? namedItems(keys, texts)
      : fc.array(
          depth === 0
            ? scalar(texts)
            : fc.oneof({ weight: 3, arbitrary: scalar(texts) }, { weight: 1, arbitrary: map(keys, texts, 0) }),
          { maxLength: 3 },
        )
    ).map(items => ({ shape: 'list' as const, items })),
  )
  const leaf = scalar(texts)
  // Most keys have a shape of their own, so that most sites are without mistakes.
  if (key in addsUp || key === 'list')
    return fc.oneof({ weight: 12, arbitrary: list }, { weight: 1, arbitrary: leaf }, { weight: 1, arbitrary: removal })
  if (key === 'leaf' || depth === 0) return leaf
  return fc.oneof(
    { weight: 12, arbitrary: map(keys, texts, depth - 1) },
    { weight: 1, arbitrary: leaf },
    { weight: 1, arbitrary: removal },
  )
}

const map = (keys: readonly string[], texts: readonly string[], depth: number): fc.Arbitrary<Written> =>
  tagged(
    kind('replace'),
    entries([...keys, 'leaf', 'list', 'list', ...Object.keys(addsUp)], keys, texts, depth).map(all => ({
      shape: 'map' as const,
      entries: all,
    })),
  )

const entries = (choices: readonly string[], keys: readonly string[], texts: readonly string[], depth: number) =>
  fc.uniqueArray(
    fc.constantFrom(...choices).chain(key => value(key, keys, texts, depth).map(written => [key, written] as const)),
    { maxLength: 3, selector: ([key]) => key },
  )

const textsWith = (name: string): readonly string[] => [`\${${name}}`, `a-\${${name}}.`]

const variables: fc.Arbitrary<WrittenMap> = fc
  .record(
    {
      ...Object.fromEntries(
        variableNames.map((name, index) => [name, scalar(variableNames.slice(index + 1).flatMap(textsWith))]),
      ),
      M: tagged(
        kind('replace'),
        fc
          .dictionary(fc.constantFrom(...words), scalar([]), { maxKeys: 2, noNullPrototype: true })
          .map(one => ({ shape: 'map' as const, entries: Object.entries(one) })),
      ),
      B: tagged(
        fc.constant('set' as const),
        fc.boolean().map(one => ({ shape: 'scalar' as const, value: one })),
      ),
    },
    { requiredKeys: [] },
  )
  .map(all => plainMap(Object.entries(all as Readonly<Record<string, Written>>)))

/** Everything that is set once in xenclosure.yaml, so that a name is unknown only where a file removes it. */
const everyVariable = plainMap([
  ...variableNames.map((name, index) => [name, { kind: 'set', shape: 'scalar', value: 900 + index }] as const),
  ['M', plainMap([['a', { kind: 'set', shape: 'scalar', value: 950 }]])],
])

type Choice = { readonly target: number; readonly when: boolean | undefined; readonly given: readonly number[] }
const choice: fc.Arbitrary<Choice> = fc.record({
  target: fc.nat(),
  when: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.boolean() }),
  given: fc.array(fc.nat(), { minLength: 2, maxLength: 2 }),
})

type Draft = Omit<WrittenFile, 'include'> & { readonly choices: readonly Choice[] }

const draft = (parameters: WrittenFile['parameters']): fc.Arbitrary<Draft> => {
  const keys = 'K' in parameters ? [...words, '${K}', 'x${K}'] : words
  const names = [...variableNames, ...Object.keys(parameters)]
  const texts = [...names.flatMap(textsWith), '${M}', '${B}']
  return fc.record({
    parameters: fc.constant(parameters),
    choices: fc.array(choice, { maxLength: 3 }),
    variables,
    body: randomBody(texts, keys),
  })
}

/** What may stand in a file, with texts that it may hold. */
export const randomBody = (texts: readonly string[], keys: readonly string[] = words): fc.Arbitrary<WrittenMap> =>
  entries([...keys, ...words, 'list', 'leaf', ...Object.keys(addsUp)], keys, texts, 2).map(plainMap)

const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item

/** An include of one of these templates, which are given words, numbers, or what the file itself was given. */
const includeOf = (
  { target, when, given }: Choice,
  targets: readonly string[],
  own: WrittenFile['parameters'],
): WrittenInclude => {
  const template = pick(targets, target)
  const passed = Object.keys(own).map(name => `\${${name}}`)
  const parameters = Object.entries(parametersOf[template] ?? {}).flatMap(([name, otherwise], index) => {
    const seed = given[index] ?? 0
    if (otherwise !== undefined && seed % 3 === 0) return []
    const choices = name === 'K' ? [...words, ...passed.filter(one => one === '${K}')] : [1, 2, '${V3}', ...passed]
    return [[name, pick(choices, seed)] as const]
  })
  return {
    template,
    ...(parameters.length === 0 ? {} : { with: Object.fromEntries(parameters) }),
    ...(when === undefined ? {} : { when: { name: 'B', is: when } }),
  }
}

/** A site of one machine, `m`; the templates of `near` shadow those of `far`, and may include them. */
export const randomSite: fc.Arbitrary<WrittenSite> = fc
  .record({
    variables,
    near: fc.tuple(...templateNames.map(name => fc.option(draft(parametersOf[name] ?? {}), { nil: undefined }))),
    far: fc.tuple(...templateNames.map(name => fc.option(draft(parametersOf[name] ?? {}), { nil: undefined }))),
    profile: draft({}),
    isB: fc.boolean(),
  })
  .map(({ variables, near, far, profile, isB }) => {
    const exists = (name: string) => [near, far].some(one => one[templateNames.indexOf(name)] !== undefined)
    const behind = (index: number) => templateNames.slice(index + 1).filter(exists)
    const finish = ({ choices, ...rest }: Draft, targets: readonly string[]): WrittenFile => ({
      ...rest,
      include: targets.length === 0 ? [] : choices.map(one => includeOf(one, targets, rest.parameters)),
    })
    const directory = (drafts: readonly (Draft | undefined)[], isNear: boolean) =>
      Object.fromEntries(
        drafts.flatMap((one, index) => {
          const name = templateNames[index] ?? ''
          const shadowed = isNear && far[index] !== undefined ? [name] : []
          return one === undefined ? [] : [[name, finish(one, [...shadowed, ...behind(index)])]]
        }),
      )
    const set = new Set(variables.entries.map(([name]) => name))
    const b = ['B', { kind: 'set', shape: 'scalar', value: isB }] as const
    return {
      variables: plainMap([...variables.entries, ...[...everyVariable.entries, b].filter(([name]) => !set.has(name))]),
      loadpath: [directory(near, true), directory(far, false)],
      profile: finish(profile, behind(-1)),
    }
  })

/** The schema of the whole tree: lists under `added` and `named` add up, as deep as random trees go. */
export const schemaOf = (depth = 6): JsonMap => ({
  properties: {
    added: { 'x-merge': 'append' },
    named: { 'x-merge': { key: nameKey } },
  },
  ...(depth === 0 ? {} : { additionalProperties: schemaOf(depth - 1), items: schemaOf(depth - 1) }),
})
