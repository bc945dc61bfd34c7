import t from 'tap'
import type { Component, MachineView, Pulled } from '../../../src/model/component.js'
import { siteIn } from '../../fixtures/site-in.js'

/** A component that takes each child's memory, and the bridge that the parent has for it. */
const inventory: Component<unknown, null> = {
  name: 'inventory',
  observe: async () => null,
  plan: () => [],
  pull: (parent: MachineView, child: MachineView): Pulled => {
    const size = child.get('/hardware/ram/0/size')
    const bridge = parent.variable('BRIDGE', child.name)
    const place = `/software/components/inventory/${child.name}`
    if (size === undefined) return { values: [], faults: [{ message: 'no memory', pointer: '/hardware/ram' }] }
    return {
      values: [
        { pointer: `${place}/memory`, value: size, from: { kind: 'child', pointer: '/hardware/ram/0/size' } },
        ...(bridge === undefined
          ? []
          : [{ pointer: `${place}/bridge`, value: bridge, from: { kind: 'variable', name: 'BRIDGE' } as const }]),
      ],
      faults: [],
    }
  },
}

const fixed = {
  'components/inventory/schema.json': JSON.stringify({
    type: 'object',
    additionalProperties: {
      type: 'object',
      additionalProperties: false,
      properties: { memory: { type: 'integer' }, bridge: { type: 'string' } },
    },
  }),
  'variables.schema.json': '{"BRIDGE": {"type": "string", "perChild": true, "doc": "a bridge"}}',
}
const site = {
  ...fixed,
  'profiles/hosts/h.yaml':
    'variables: { BRIDGE: { b: br1, default: br0 } }\nsystem: { enclosure: { type: hypervisor, children: [a, b] } }\n',
  'profiles/guests/a.yaml': 'hardware: { ram: [{ size: 2 GiB }] }\n',
  'profiles/guests/b.yaml': 'hardware: { ram: [{ size: 512 }] }\n',
}

t.test('a parent takes what its components pull from each child', async t => {
  const { value, found } = siteIn(t, site, [inventory])
  t.same(found, [])
  t.same(value('h', '/software/components/inventory'), {
    a: { memory: 2048, bridge: 'br0' },
    b: { memory: 512, bridge: 'br1' },
  })
  t.same(value('a', '/software'), undefined, 'and the child knows nothing of it')
})

t.test("the host's word on a guest that is none of its is told with the near spelling", async t => {
  const strict = {
    type: 'object',
    additionalProperties: { type: 'object', required: ['memory'], properties: { memory: { type: 'integer' } } },
  }
  const told = (guest: string): readonly (string | undefined)[] => {
    const own = `\nsoftware: { components: { inventory: { ${guest}: { } } } }\n`
    const files = {
      ...site,
      'components/inventory/schema.json': JSON.stringify(strict),
      'profiles/hosts/h.yaml': `system: { enclosure: { type: hypervisor, children: [web, mail] } }${own}`,
      'profiles/guests/web.yaml': site['profiles/guests/a.yaml'],
      'profiles/guests/mail.yaml': site['profiles/guests/b.yaml'],
    }
    const found = siteIn(t, files, [inventory]).result.diagnostics.filter(({ code }) => code === 'schema')
    return found.flatMap(({ message, pointer, hint }) => [message, pointer, hint])
  }
  const at = '/software/components/inventory'
  t.same(told('mai'), ['mai is no child of h', `${at}/mai`, 'did you mean "mail"?'])
  t.same(told('database'), ['database is no child of h', `${at}/database`, 'known: web, mail'])
  t.same(told('web'), [], 'and nothing is missing of a child')
})

t.test('a value per child is for a machine that there is', async t => {
  const perChild = (written: string) =>
    siteIn(
      t,
      {
        ...site,
        'templates/more.yaml': `variables: { BRIDGE: ${written} }\n`,
        'profiles/other.yaml': 'include: [more]\n',
      },
      [inventory],
    )
  t.same(perChild('{ default: br0, b: br1 }').found, [], 'be it another host that encloses it')
  const { found, result } = perChild('{ default: br0, bb: br1, eth0: br2 }')
  t.same(found, ['machine-unknown templates/more.yaml:1:38', 'machine-unknown templates/more.yaml:1:47'])
  t.equal(result.diagnostics[0]?.hint, 'did you mean "b"?')
  t.equal(result.diagnostics[1]?.hint, 'BRIDGE is a value for all children, or a map by child with the key default')
})

t.test("a host's own value per child is for a child of its own: a warning", async t => {
  const told = (bridge: string, more = ''): readonly string[] => {
    const files = {
      ...site,
      'templates/more.yaml': 'variables: { BRIDGE: { other: br1 } }\n',
      'profiles/other.yaml': '',
      'profiles/hosts/h.yaml': more + site['profiles/hosts/h.yaml'].replace('{ b: br1, default: br0 }', bridge),
    }
    return siteIn(t, files, [inventory]).result.diagnostics.map(
      ({ severity, code, message, hint, position }) =>
        `${severity} ${code} ${position?.file}:${position?.line}:${position?.column} ${message} | ${hint}`,
    )
  }
  t.same(told('{ default: br0, a: br1, b: br1 }'), [])
  t.same(told('{ default: br0 }', 'include: [more]\n'), [], 'what several hosts include names the children of all')
  t.same(told('{ default: br0, other: br1 }'), [
    'warning advice profiles/hosts/h.yaml:1:38 variable BRIDGE: other is no child of h | known: a, b',
  ])
})

t.test("the parent's own word wins on the same path", async t => {
  const own = '\nsoftware: { components: { inventory: { a: { memory: !default 4096 }, b: { bridge: !remove } } } }\n'
  const { value, found } = siteIn(t, { ...site, 'profiles/hosts/h.yaml': site['profiles/hosts/h.yaml'] + own }, [
    inventory,
  ])
  t.same(found, [])
  t.same(value('h', '/software/components/inventory'), { a: { memory: 4096, bridge: 'br0' }, b: { memory: 512 } })
})

t.test('a parent may read what was pulled, and another machine may read the parent', async t => {
  const { value, found } = siteIn(
    t,
    {
      ...site,
      'profiles/hosts/h.yaml': `${site['profiles/hosts/h.yaml']}hardware: { location: "\${/software/components/inventory/a/memory}" }\n`,
      'profiles/other.yaml': 'hardware: { location: "${h:/software/components/inventory/b/bridge}" }\n',
    },
    [inventory],
  )
  t.same(found, [])
  t.equal(value('h', '/hardware/location'), '2048')
  t.equal(value('other', '/hardware/location'), 'br1')
})

t.test('an enclosure may be what an expression stands for', async t => {
  const { value, found } = siteIn(
    t,
    {
      ...site,
      'variables.schema.json': '{"E": {"type": "object", "doc": "an enclosure"}}',
      'profiles/hosts/h.yaml': 'variables: { E: { type: hypervisor, children: [a] } }\nsystem: { enclosure: "${E}" }\n',
    },
    [inventory],
  )
  t.same(found, [])
  t.same(value('h', '/software/components/inventory'), { a: { memory: 2048 } })
})

t.test('what a component missed is not missed once more by the schema', async t => {
  const strict = {
    type: 'object',
    additionalProperties: { type: 'object', required: ['memory'], properties: { memory: {} } },
  }
  const own = '\nsoftware: { components: { inventory: { a: { bridge: x }, c: { bridge: x } } } }\n'
  const lacking: Component<unknown, null> = {
    ...inventory,
    pull: (_, child) => ({
      values: [],
      faults: [{ message: 'no memory', pointer: '', unless: [`/software/components/inventory/${child.name}/memory`] }],
    }),
  }
  const files = {
    ...site,
    'components/inventory/schema.json': JSON.stringify(strict),
    'profiles/hosts/h.yaml': `system: { enclosure: { type: hypervisor, children: [a, c] } }${own}`,
    'profiles/guests/c.yaml': 'include: [none]\n',
  }
  t.same(siteIn(t, files, [lacking]).found, [
    'enclosure profiles/guests/a.yaml:1:1',
    'include-missing profiles/guests/c.yaml:1:11',
  ])
})

t.test('only a hypervisor pulls', async t => {
  const chassis = { ...site, 'profiles/hosts/h.yaml': 'system: { enclosure: { type: blade, children: [a, b] } }\n' }
  t.same(siteIn(t, chassis, [inventory]).value('h', '/software'), undefined)
})

t.test('what is wrong with an enclosure is said where it stands', async t => {
  const table: readonly [string, Readonly<Record<string, string>>, readonly string[]][] = [
    [
      'an unknown child',
      { 'profiles/hosts/h.yaml': 'system: { enclosure: { type: hypervisor, children: [a, bb] } }\n' },
      ['child-unknown profiles/hosts/h.yaml:1:56'],
    ],
    [
      'children that are no list',
      { 'profiles/hosts/h.yaml': 'system: { enclosure: { type: hypervisor, children: { a: 1 } } }\n' },
      ['type profiles/hosts/h.yaml:1:52'],
    ],
    [
      'children that are no names',
      { 'profiles/hosts/h.yaml': 'system: { enclosure: { type: hypervisor, children: [[a], "${NO}", bb] } }\n' },
      [
        'type profiles/hosts/h.yaml:1:53',
        'variable-undefined profiles/hosts/h.yaml:1:58',
        'child-unknown profiles/hosts/h.yaml:1:67',
      ],
    ],
    [
      'children that depend on what is taken from them',
      {
        'profiles/hosts/h.yaml':
          'system: { enclosure: { type: hypervisor, children: "${/software/components/inventory/a}" } }\n',
      },
      ['reference-missing profiles/hosts/h.yaml:1:52'],
    ],
    [
      'a child that stands twice',
      { 'profiles/hosts/h.yaml': 'system: { enclosure: { type: hypervisor, children: [a, a] } }\n' },
      ['schema profiles/hosts/h.yaml:1:56'],
    ],
    [
      'two parents',
      { 'profiles/hosts/i.yaml': 'system: { enclosure: { type: hypervisor, children: [b] } }\n' },
      ['enclosure profiles/hosts/i.yaml:1:53'],
    ],
    [
      'a cycle',
      {
        'profiles/guests/a.yaml':
          'system: { enclosure: { type: dumb, children: [h] } }\nhardware: { ram: [{ size: 1 }] }\n',
      },
      ['cycle profiles/hosts/h.yaml:2:53'],
    ],
    [
      'more than there is room for',
      { 'profiles/hosts/h.yaml': 'system: { enclosure: { type: hypervisor, maxchildren: 1, children: [a, b] } }\n' },
      ['enclosure profiles/hosts/h.yaml:1:72'],
    ],
    [
      'a child that reads its parent',
      {
        'profiles/guests/a.yaml':
          'system: { function: "${h:/system/enclosure/type}" }\nhardware: { ram: [{ size: 1 }] }\n',
      },
      ['reference-ancestor profiles/guests/a.yaml:1:21'],
    ],
    [
      'a child that reads its parent through a third machine',
      {
        'profiles/guests/a.yaml': 'system: { function: "${c:/system/function}" }\nhardware: { ram: [{ size: 1 }] }\n',
        'profiles/c.yaml': 'system: { function: "${h:/system/enclosure/type}" }\n',
      },
      ['reference-ancestor profiles/guests/a.yaml:1:21'],
    ],
    [
      'an enclosure that depends on what is taken from its children',
      {
        'profiles/hosts/h.yaml':
          'system: { enclosure: { type: hypervisor, children: [a, "${/software/components/inventory/a/memory:-b}"] } }\n',
      },
      ['reference-missing profiles/hosts/h.yaml:1:56'],
    ],
    [
      'a guest that reads its host through another machine',
      {
        'profiles/guests/a.yaml': 'hardware: { ram: [{ size: "${c:/system/function}" }] }\n',
        'profiles/c.yaml': 'system: { function: "${h:/software/components/inventory/b/memory}" }\n',
        'profiles/reader.yaml': 'system: { function: "${c:/system/function}" }\n',
      },
      ['reference-ancestor profiles/guests/a.yaml:1:27'],
    ],
    [
      'what one host takes from its guests would depend on what another takes from its own',
      {
        'profiles/hosts/a-host.yaml': 'system: { enclosure: { type: hypervisor, children: [d] } }\n',
        'profiles/d.yaml': 'hardware: { ram: [{ size: "${h:/software/components/inventory/b/memory:-4}" }] }\n',
      },
      ['reference-missing profiles/d.yaml:1:27'],
    ],
    [
      'what a component misses in the child',
      { 'profiles/guests/a.yaml': 'hardware: { model: x }\n' },
      ['enclosure profiles/guests/a.yaml:1:11'],
    ],
    [
      'one cause once: a value that the parent wanted and that could not be read',
      { 'profiles/guests/a.yaml': 'hardware: { ram: [{ size: 0.5 KiB }] }\n' },
      ['quantity profiles/guests/a.yaml:1:27'],
    ],
  ]
  for (const [say, files, expected] of table)
    t.same([...siteIn(t, { ...site, ...files }, [inventory]).found].sort(), [...expected].sort(), say)
})

t.test('what a child lacks is no fault where its parent says it', async t => {
  const lacking: Component<unknown, null> = {
    ...inventory,
    pull: () => ({
      values: [],
      faults: [{ message: 'no memory', pointer: '/hardware', unless: ['/software/components/inventory/a/memory'] }],
    }),
  }
  const own = '\nsoftware: { components: { inventory: { a: { memory: 1 } } } }\n'
  t.same(siteIn(t, site, [lacking]).found.length, 2, 'one for each child')
  t.same(siteIn(t, { ...site, 'profiles/hosts/h.yaml': site['profiles/hosts/h.yaml'] + own }, [lacking]).found, [])
})

t.test('nothing depends on the names of machines, which say who is read first', async t => {
  const memory = '/software/components/inventory/NAME/memory'
  const taken = (host: string, guest: string) => `\${${host}:${memory.replace('NAME', guest)}:-5}`
  const host = (...children: readonly string[]) =>
    `system: { enclosure: { type: hypervisor, children: [${children.join(', ')}] } }\n`
  const size = (text: string) => `hardware: { ram: [{ size: "${text}" }] }\n`
  const model = (text: string) => `hardware: { model: "${text}" }\n`
  const table: readonly [string, (h: string) => Record<string, string>, readonly string[]][] = [
    [
      'a guest that reads what its host has not, through another machine',
      h => ({
        [`profiles/${h}.yaml`]: host('g'),
        'profiles/g.yaml': 'hardware: { ram: [{ size: 1 }], model: "${o:/hardware/model}" }\n',
        'profiles/o.yaml': model(`\${${h}:/hardware/model:-x}`),
      }),
      ['reference-ancestor profiles/g.yaml:1:40'],
    ],
    [
      'a guest whose memory would be that of another guest of its host',
      h => ({
        [`profiles/${h}.yaml`]: host('g', 'q'),
        'profiles/q.yaml': size('2'),
        'profiles/g.yaml': size('${o:/hardware/ram/0/size}'),
        'profiles/o.yaml': size(taken(h, 'q')),
      }),
      ['reference-ancestor profiles/g.yaml:1:27'],
    ],
    [
      'the same, and another host that takes it',
      h => ({
        [`profiles/${h}.yaml`]: host('g', 'q'),
        'profiles/k.yaml': host('d'),
        'profiles/q.yaml': size('2'),
        'profiles/d.yaml': size('${o:/hardware/ram/0/size}'),
        'profiles/g.yaml': size('1'),
        'profiles/o.yaml': size(taken(h, 'q')),
      }),
      ['reference-missing profiles/o.yaml:1:27'],
    ],
    [
      'a host whose variable is made of what it takes',
      h => ({
        [`profiles/${h}.yaml`]: `variables: { BRIDGE: "\${${memory.replace('NAME', 'g')}:-5}" }\n${host('g')}`,
        'profiles/g.yaml': size('1'),
      }),
      ['reference-missing profiles/NAME.yaml:1:22'],
    ],
    [
      'a chassis, which takes nothing',
      h => ({
        [`profiles/${h}.yaml`]: host('g'),
        'profiles/rack.yaml': 'system: { enclosure: { type: blade, children: [] } }\n',
        'profiles/g.yaml': size('${rack:/software/components/x/y:-5}'),
      }),
      [],
    ],
    [
      'who reads a host has not read what its guests read',
      h => ({
        [`profiles/${h}.yaml`]: host('g'),
        'profiles/g.yaml': size('${rack:/hardware/ram/0/size}'),
        'profiles/rack.yaml': `system: { enclosure: { type: blade, children: [m] } }\n${size('3')}`,
        'profiles/m.yaml': model(`\${${h}:${memory.replace('NAME', 'g')}}`),
      }),
      [],
    ],
  ]
  for (const [say, files, expected] of table) {
    for (const h of ['a-host', 'z-host']) {
      const found = siteIn(t, { ...fixed, ...files(h) }, [inventory]).found
      t.same(
        [...found].sort(),
        expected.map(one => one.replace('NAME', h)),
        `${say}: ${h}`,
      )
    }
  }
})
