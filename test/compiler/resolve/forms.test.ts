// What machines fill in is what each of them would compute by itself: of three machines over one template the first computes, the second
// finds the form, the third has it.
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Json, JsonMap } from '../../../src/model/json.js'
import { workbench } from '../../fixtures/composed.js'
import { runs } from '../../property-runs.js'

const machines = ['a', 'b', 'c']

type Written = {
  readonly template: string
  /** Of a machine. */
  readonly variables?: (name: string) => string
  readonly files?: Readonly<Record<string, string>>
  readonly schema?: JsonMap
}

/** Three machines that include the template `all`: what their `system` comes to, and what is told of which. */
const compose = (t: Test, { template, variables = () => '', files = {}, schema = {} }: Written) => {
  const profiles = machines.map(name => [
    `profiles/${name}.yaml`,
    `include: [all]\nvariables: { ${variables(name)} }\nhardware: { location: ${name} }\n`,
  ])
  const { values, diagnostics } = workbench(t.testdir())(
    { 'xenclosure.yaml': 'site: s\n', 'templates/all.yaml': template, ...Object.fromEntries(profiles), ...files },
    schema,
  )
  return {
    systems: machines.map(name => (values.get(name) as { readonly system?: Json } | undefined)?.system),
    told: diagnostics.flatMap(({ code, position, machines }) =>
      (machines.length === 0 ? ['no machine'] : machines).map(
        machine => `${machine}: ${code} ${position?.file}:${position?.line}`,
      ),
    ),
  }
}

t.test('texts, lists and maps are filled in with what the variables of each machine are', t => {
  const { systems, told } = compose(t, {
    template: `
variables: { all: [x, y] }
system:
  plain: { one: 1, list: [2, "\${NAME}"] }
  texts: { twice: "\${NAME}-\${NAME}", both: "\${NAME} of \${OF}", literal: "$$\{NAME} \${NAME}" }
  alone: { name: "\${NAME}", number: "\${NUMBER}", all: "\${all}", own: "\${OWN}" }
`,
    variables: name => `NAME: ${name}, OF: "<\${NAME}>", NUMBER: ${name.charCodeAt(0)}, OWN: [${name}]`,
  })
  t.strictSame(told, [])
  const of = (name: string): Json => ({
    plain: { one: 1, list: [2, name] },
    texts: { twice: `${name}-${name}`, both: `${name} of <${name}>`, literal: `\${NAME} ${name}` },
    alone: { name, number: name.charCodeAt(0), all: ['x', 'y'], own: [name] },
  })
  t.strictSame(systems, machines.map(of))
  t.end()
})

t.test('parameters are the same for all, whether they are set or have an expression', t => {
  const { systems, told } = compose(t, {
    template: `include: [{ template: one, with: { P: p, Q: "\${NAME}?" } }]\n`,
    files: {
      'templates/one.yaml': `
parameters: { P: {}, Q: {}, N: { default: 4 } }
system: { part: { "of\${P}": "\${P} \${NAME} \${N}", sum: "\${= N + 1 }", q: "\${Q}", inText: "\${Q} \${NAME}" } }
`,
    },
    variables: name => `NAME: ${name}`,
  })
  t.strictSame(told, [])
  t.strictSame(
    systems,
    machines.map(name => ({ part: { ofp: `p ${name} 4`, sum: 5, q: `${name}?`, inText: `${name}? ${name}` } })),
  )
  t.end()
})

t.test('a schema makes of what is filled in what it makes of it elsewhere', t => {
  const quantity = { 'x-quantity': { kind: 'size', unit: 'MiB' } }
  const { systems, told } = compose(t, {
    template: `system: { part: { size: "\${SIZE}", text: "\${NUMBER}", sizes: "\${SIZES}" }, other: { long: "\${HALF} GiB" } }\n`,
    variables: name =>
      `SIZE: 1 GiB, NUMBER: 7, SIZES: [${name === 'c' ? '"${SIZE}"' : '2 GiB'}, ${name === 'a' ? 1 : 2}], HALF: ${name === 'c' ? 3 : 2}`,
    schema: {
      properties: {
        system: {
          properties: {
            part: {
              properties: {
                size: quantity,
                text: { type: 'string' },
                sizes: { items: quantity },
              },
            },
            other: { properties: { long: quantity } },
          },
        },
      },
    },
  })
  t.strictSame(told, [])
  t.strictSame(systems, [
    { part: { size: 1024, text: '7', sizes: [2048, 1] }, other: { long: 2048 } },
    { part: { size: 1024, text: '7', sizes: [2048, 2] }, other: { long: 2048 } },
    { part: { size: 1024, text: '7', sizes: [1024, 2] }, other: { long: 3072 } },
  ])
  t.end()
})

t.test('what a machine cannot fill in is told of it, and of no other', t => {
  const template = `system: { part: { text: "at \${V}" }, other: { alone: "\${W}" } }\n`
  for (const wrong of machines) {
    const { systems, told } = compose(t, {
      template,
      variables: name => (name === wrong ? 'V: [1]' : `V: ${name}, W: ${name}`),
    })
    t.strictSame(
      told,
      [`${wrong}: type templates/all.yaml:1`, `${wrong}: variable-undefined templates/all.yaml:1`],
      wrong,
    )
    const sound = machines.filter(name => name !== wrong)
    t.strictSame(
      systems.filter((_, index) => machines[index] !== wrong),
      sound.map(name => ({ part: { text: `at ${name}` }, other: { alone: name } })),
      `beside ${wrong}`,
    )
  }
  t.end()
})

t.test('a variable that needs what it would fill in is a cycle of its machine', t => {
  for (const wrong of machines) {
    const { told } = compose(t, {
      template: `system: { part: { text: "at \${V}" } }\n`,
      variables: name => (name === wrong ? 'V: "${/system/part/text}"' : `V: ${name}`),
    })
    t.strictSame(
      told.map(line => line.split(' ').slice(0, 2).join(' ')),
      [`${wrong}: cycle`],
      wrong,
    )
  }
  t.end()
})

t.test('what is filled in counts among what the expressions of a machine stand for', t => {
  const long = 'x'.repeat(300_000)
  const { told } = compose(t, {
    template: `system: { part: { one: "\${V}", two: "\${V}.", three: "\${V}", four: "\${V}" } }\n`,
    variables: name => `V: ${name === 'b' ? `${long}` : 'short'}`,
  })
  t.strictSame(told, ['b: expression templates/all.yaml:1'])
  t.end()
})

t.test('what no machine can read is told of all of them', t => {
  const size = { 'x-quantity': { kind: 'size', unit: 'MiB' } }
  const sizes = {
    properties: { part: { properties: { sizes: { items: size }, limits: { additionalProperties: size } } } },
  }
  const templates = {
    number: 'system: { part: { n: 9007199254740993 } }\n',
    map: 'parameters: { P: { default: { soft: 1 GiB, hard: 2 Q } } }\nsystem: { part: { limits: "${P}" } }\n',
    list: 'parameters: { P: { default: [1 GiB, 2 Q] } }\nsystem: { part: { sizes: "${P}" } }\n',
    variable: 'variables: { V: [1 GiB, 2 Q] }\nsystem: { part: { sizes: "${V}" } }\n',
  }
  for (const [kind, template] of Object.entries(templates)) {
    const { told } = compose(t, { template, schema: { properties: { system: sizes } } })
    t.strictSame(
      told.map(line => line.replace(/ templates.*/, '')),
      machines.map(name => `${name}: ${kind === 'number' ? 'type' : 'quantity'}`),
      kind,
    )
  }
  t.end()
})

t.test('a form that is asked for while its first machine computes it keeps what each part of it is', t => {
  const { systems, told } = compose(t, {
    template: `parameters: { P: { default: 4 } }
system: { first: "\${V}", part: { one: "\${W}", two: "\${P}" } }
`,
    variables: name =>
      ({ a: 'V: v, W: "${b:/system/part}"', b: 'V: v, W: w', c: 'V: "${W}", W: w' })[name as 'a' | 'b' | 'c'],
  })
  t.strictSame(told, [])
  t.strictSame(systems, [
    { first: 'v', part: { one: { one: 'w', two: 4 }, two: 4 } },
    { first: 'v', part: { one: 'w', two: 4 } },
    { first: 'w', part: { one: 'w', two: 4 } },
  ])
  t.end()
})

t.test('what stands too far above each other does so at every machine', t => {
  const nested = (scalar: string) => `${'['.repeat(50)}${scalar}${']'.repeat(50)}`
  const chain = (length: number) =>
    Array.from({ length }, (_, index) => `V${index}: "\${V${index + 1}}", `).join('') + `V${length}: "\${/system/deep}"`
  for (const scalar of ['"$${V} at all"', '"${V}"', '"${P} of it"', '"${= P }"']) {
    const told = (height: number) =>
      compose(t, {
        template: `parameters: { P: { default: p } }
variables: { V: v, ${chain(height)} }
system: { top: "\${V0}", deep: ${nested(scalar)} }
`,
      }).told
    t.strictSame(told(180), [], scalar)
    const tooHigh = told(220)
    const toldOf = (name: string) => tooHigh.filter(line => line.startsWith(`${name}: cycle templates/all.yaml`))
    t.equal(machines.flatMap(toldOf).length, tooHigh.length, `nothing else of ${scalar}`)
    for (const name of machines)
      t.strictSame(
        toldOf(name).map(line => line.slice(1)),
        toldOf('a').map(line => line.slice(1)),
        `${scalar}, of ${name}`,
      )
    t.ok(toldOf('a').length > 0, scalar)
  }
  t.end()
})

t.test('what is filled in counts once, whoever reads it', t => {
  const { systems, told } = compose(t, {
    template: `system: { length: "\${= size(V) }", part: { one: "\${V}" }, copy: "\${/system/part/one}" }\n`,
    variables: () => `V: ${'x'.repeat(400_000)}`,
  })
  t.strictSame(told, [])
  for (const system of systems) t.match(system, { length: 400_000, copy: /^x{400000}$/ })
  t.end()
})

/** As YAML. Values of every type, some of which no schema, no text or no machine can read. */
const plainValues = [
  '7',
  'true',
  'null',
  'words',
  '1 GiB',
  '2 Q',
  '9007199254740993',
  '[1 GiB, x]',
  '{ a: 1 GiB, b: 2 }',
]
const expressions = [
  ...['${P}', '${V}', '${W}', '${V}-${P}', '<${W}>', '${V:-none}', '${= size(string(V)) }', '$${V}'],
  ...['/system/x', 'b:/system', 'c:/system/sizes'].map(path => `\${${path}}`),
].map(text => JSON.stringify(text))

const randomValue = (...more: readonly string[]) => fc.constantFrom(...plainValues, ...more)

const someOf = (keys: readonly string[], value: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 3, selector: ([key]) => key })
    .map(entries => `{ ${entries.map(([key, value]) => `${key}: ${value}`).join(', ')} }`)

const randomTemplate = fc.letrec<{ tree: string; list: string }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    randomValue(...expressions, ...expressions),
    someOf(['x', 'y', 'sizes'], tie('tree')),
    tie('list'),
  ),
  list: fc.array(tie('tree'), { maxLength: 3 }).map(items => `[${items.join(', ')}]`),
})).tree

const sizesOf = (depth: number): JsonMap => {
  const below = depth === 0 ? {} : sizesOf(depth - 1)
  const size = { 'x-quantity': { kind: 'size', unit: 'MiB' } }
  const sizes = { ...size, items: size, additionalProperties: size }
  return { properties: { sizes }, additionalProperties: below, items: below }
}

t.test('a machine is the same over one template with others as over a template of its own', t => {
  const compose = workbench(t.testdir())
  const schema = { properties: { system: sizesOf(5) } }
  const compute = (files: Readonly<Record<string, string>>) => {
    const { values, diagnostics } = compose(files, schema)
    const told = diagnostics.flatMap(({ code, message, position, machines }) =>
      machines.map(machine => `${machine}: ${code} ${position?.file}:${position?.line}:${position?.column} ${message}`),
    )
    const sameFile = told.map(line => line.replaceAll(/templates\/of-.\.yaml/g, 'templates/all.yaml'))
    return JSON.stringify({ values: Object.fromEntries(values), told: sameFile.sort() }, null, 1)
  }
  let sound = 0
  fc.assert(
    fc.property(
      fc.record({ P: randomValue('"${W}"'), system: someOf(['x', 'y', 'sizes'], randomTemplate) }),
      fc.array(someOf(['V', 'W'], randomValue('own', ...expressions)), { minLength: 3, maxLength: 3 }),
      ({ P, system }, variables) => {
        const written = `parameters: { P: { default: ${P} } }\nsystem: ${system}\n`
        const compiled = (template: (name: string) => string) =>
          compute({
            'xenclosure.yaml': 'site: s\nvariables: { V: v, W: 3 }\n',
            ...Object.fromEntries(machines.map(name => [`templates/${template(name)}.yaml`, written])),
            ...Object.fromEntries(
              machines.map((name, index) => [
                `profiles/${name}.yaml`,
                `include: [${template(name)}]\nvariables: ${variables[index]}\n`,
              ]),
            ),
          })
        const together = compiled(() => 'all')
        const apart = compiled(name => `of-${name}`)
        if (together !== apart) throw new Error(`together ${together}\napart ${apart}`)
        if (together.includes('"told": []')) sound += 1
      },
    ),
    runs(1000),
  )
  t.ok(sound > 100, `${sound} sites without a mistake`)
  t.end()
})
