// What machines fill in is what each of them would compute by itself: of three machines over one template the first computes, the second
// finds the form, the third has it.
import t, { type Test } from 'tap'
import type { Json, JsonMap } from '../../../src/model/json.js'
import { workbench } from '../../fixtures/composed.js'

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
  t.same(told, [])
  const of = (name: string): Json => ({
    plain: { one: 1, list: [2, name] },
    texts: { twice: `${name}-${name}`, both: `${name} of <${name}>`, literal: `\${NAME} ${name}` },
    alone: { name, number: name.charCodeAt(0), all: ['x', 'y'], own: [name] },
  })
  t.same(systems, machines.map(of))
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
  t.same(told, [])
  t.same(
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
  t.same(told, [])
  t.same(systems, [
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
    t.same(told, [`${wrong}: type templates/all.yaml:1`, `${wrong}: variable-undefined templates/all.yaml:1`], wrong)
    const sound = machines.filter(name => name !== wrong)
    t.same(
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
    t.same(
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
  t.same(told, ['b: expression templates/all.yaml:1'])
  t.end()
})
