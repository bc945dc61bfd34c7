// One cause is one diagnostic: what only follows from a mistake is not told beside it, whichever machine it follows for.
// In a site that is otherwise right, one mistake at a time.
import t from 'tap'
import { components } from '../../components/index.js'
import { siteIn } from '../fixtures/site-in.js'
import { a, b, c, check, conf, edits, type Files, guest, h1, h2, site, toldAsEdits } from '../fixtures/two-hosts.js'

const guestTemplate = 'templates/guest.yaml'

t.test('a variable that all hosts need', async t => {
  const cycle = 'XEN_BRIDGE: ${XEN_TYPE}\n  XEN_TYPE: ${XEN_BRIDGE}\n  XEN_VG'
  edits(t, [
    ['of the wrong type', conf, 'XEN_VG: vg_guests', 'XEN_VG: [vg]', 'type xenclosure.yaml:4:11'],
    ['misspelt', conf, 'XEN_VG:', 'XEN_GV:', 'variable-undeclared xenclosure.yaml:4:3'],
    ['missing', conf, '  XEN_VG: vg_guests\n', '', 'enclosure profiles/h1.yaml:14:16'],
    ['missing, of another sort', conf, '  XEN_BOOTLOADER: pygrub\n', '', 'enclosure profiles/h1.yaml:14:16'],
    ['of the wrong type, for every child', conf, 'pygrub', '{ default: [pygrub] }', 'type xenclosure.yaml:5:30'],
    ['of the wrong type, for one child', conf, 'pygrub', '{ a: [x], default: pygrub }', 'type xenclosure.yaml:5:24'],
    ['in a circle', conf, 'XEN_VG', cycle, 'cycle xenclosure.yaml:4:15'],
    ['in a circle with itself', conf, 'vg_guests', '${XEN_VG}', 'cycle xenclosure.yaml:4:11'],
  ])
})

t.test('a variable that a value is made of', async t => {
  const dom0 = 'XEN_DOM0_MEM: 4 GiB\n  XEN_VG'
  const files = {
    [conf]: `${site[conf]}`.replace('XEN_VG', dom0),
    [h1]: `${site[h1]}`.replace('"1024M,max:1024M"', '"${XEN_DOM0_MEM}"'),
  }
  check(t, 'in the form of another', files, ['schema xenclosure.yaml:4:17'])
})

t.test('a value that another is made of, or is taken into a host', async t => {
  const same = `${site[h1]}`.replace('    xen:\n', '    network: ${/system/network}\n    xen:\n')
  const files = { [h1]: same.replace('bridge: br0 }', 'bridge: br0, mastr: bond0 }') }
  check(t, 'the network of the machine, which a component is told', files, ['key-unknown profiles/h1.yaml:19:67'])
  const image = `capacity: 4 GiB, image: { source: /srv/a.tgz, sha256: ${'a'.repeat(64)}, unpack: tgz }`
  edits(t, [['an image that cannot be', a, 'capacity: 4 GiB', image, 'schema profiles/a.yaml:4:141']])
})

t.test('of alternatives, what is wrong with the one that was meant', async t => {
  const options = 'options: { vcpus: 1 }'
  edits(t, [
    ['a number for a state', h1, options, 'ready: 5432', 'schema profiles/h1.yaml:32:18'],
    ['a port that is a word', h1, options, 'ready: { port: ssh }', 'type profiles/h1.yaml:32:26'],
    ['a port with a delay', h1, options, 'ready: { port: 22, delay: 30 }', 'key-unknown profiles/h1.yaml:32:30'],
    ['neither', h1, options, 'ready: {}', 'schema profiles/h1.yaml:32:18'],
  ])
})

t.test('what names templates, variables or parameters is misspelt: what it was to bring is not missed', async t => {
  edits(t, [
    ['a directory of the load path', conf, '[templates]', '[template]', 'file xenclosure.yaml:2:12'],
    ['include', b, 'include:', 'inclde:', 'key-unknown profiles/b.yaml:1:1'],
    ['variables', b, 'hardware:', 'varables: {}\nhardware:', 'key-unknown profiles/b.yaml:2:1'],
    ['what a parameter is called', h1, 'NAME: data', 'NAM: data', 'include-parameters profiles/h1.yaml:2:17'],
    ['parameters', 'templates/volume.yaml', 'parameters', 'paramters', 'key-unknown templates/volume.yaml:1:1'],
  ])
})

t.test('what a guest misspells, its host does not miss', async t => {
  edits(t, [
    ['its address', b, 'ip:', 'ipp:', 'key-unknown profiles/b.yaml:12:15'],
    ['its interfaces', b, 'interfaces', 'interfacse', 'key-unknown profiles/b.yaml:11:5'],
    ['its network', b, 'network', 'newtork', 'key-unknown profiles/b.yaml:9:3'],
    ['its system', b, 'system', 'sytem', 'key-unknown profiles/b.yaml:8:1'],
    ['its hardware', guestTemplate, 'hardware', 'hardwre', 'key-unknown templates/guest.yaml:1:1'],
    ['its memory', guestTemplate, 'ram', 'rma', 'key-unknown templates/guest.yaml:2:3'],
    ['the size of its memory', guestTemplate, 'size', 'sise', 'key-unknown templates/guest.yaml:2:11'],
    ['its cards', b, 'cards', 'crads', 'key-unknown profiles/b.yaml:5:3'],
    ['its MAC', b, 'hwaddr', 'hwadr', 'key-unknown profiles/b.yaml:7:15'],
    ['the capacity of a disk', b, 'capacity', 'capacty', 'key-unknown profiles/b.yaml:4:13'],
    ['another key of a disk', b, '4 GiB', '4 GiB, bot: true', 'key-unknown profiles/b.yaml:4:30'],
  ])
})

t.test('what a guest has of the wrong type, its host does not miss', async t => {
  edits(t, [
    ['a capacity that is a list', b, '4 GiB', '[4]', 'type profiles/b.yaml:4:23'],
    ['a capacity that is true', b, '4 GiB', 'true', 'type profiles/b.yaml:4:23'],
    ['a disk that is a size', b, '{ capacity: 4 GiB }', '4 GiB', 'type profiles/b.yaml:4:11'],
    ['memory without a size', guestTemplate, '[{ size: 1 GiB }]', '[{}]', 'schema templates/guest.yaml:2:9'],
    ['memory that is a size', guestTemplate, 'ram: [{ size: 1 GiB }]', 'ram: 1 GiB', 'type templates/guest.yaml:2:8'],
    ['a MAC that is a map', b, '"00:16:3e:00:00:02"', '{ mac: 1 }', 'type profiles/b.yaml:7:23'],
    ['interfaces that are a list', b, 'interfaces:\n      eth0:', 'interfaces:\n      -', 'type profiles/b.yaml:12:7'],
    [
      'a way to be virtualised that is none',
      guestTemplate,
      'ram',
      'type: hmv\n  ram',
      'schema templates/guest.yaml:2:9',
    ],
    [
      'a way to be virtualised, for a host',
      guestTemplate,
      'ram',
      'type: [hvm]\n  ram',
      'type templates/guest.yaml:2:9',
    ],
  ])
})

t.test('a host that cannot take in its guests does not miss what they would bring', async t => {
  edits(t, [
    ['children that are a word', h1, '[a, b]', 'b', 'type profiles/h1.yaml:14:15'],
    ['children in a list too many', h1, '[a, b]', '[[a, b]]', 'type profiles/h1.yaml:14:16'],
    ['children that are misspelt', h1, 'children', 'childern', 'key-unknown profiles/h1.yaml:14:5'],
    [
      'children that are numbers',
      h1,
      '[a, b]',
      '[1, 2]',
      'child-unknown profiles/h1.yaml:14:16',
      'child-unknown profiles/h1.yaml:14:19',
    ],
    ['a child that is misspelt', h1, '[a, b]', '[a, bb]', 'child-unknown profiles/h1.yaml:14:19'],
    ['a kind that is misspelt', h1, 'hypervisor', 'hypervisorr', 'schema profiles/h1.yaml:13:11'],
    ['the key of the kind', h1, 'type:', 'typ:', 'key-unknown profiles/h1.yaml:13:5'],
    ['no kind', h1, 'type: hypervisor\n    ', '', 'schema profiles/h1.yaml:13:5'],
    ['the whole enclosure', h1, 'enclosure', 'encolsure', 'key-unknown profiles/h1.yaml:12:3'],
    ['the whole system', h1, 'system', 'sytem', 'key-unknown profiles/h1.yaml:11:1'],
    ['a word on a guest that is misspelt', h1, '        b:', '        bb:', 'schema profiles/h1.yaml:31:9'],
    ['a word on a guest of another host', h1, '        b:', '        c:', 'schema profiles/h1.yaml:31:9'],
  ])
})

t.test('a host that misspells its network does not place its guests', async t => {
  edits(t, [
    [
      'its bridges',
      h2,
      '    bridges:\n      br0: { netdev: eth0 }',
      '    brigdes: {}',
      'key-unknown profiles/h2.yaml:20:5',
    ],
    ['its interfaces', h2, 'interfaces:', 'interfacs:', 'key-unknown profiles/h2.yaml:18:5'],
    ['the bridge of an interface', h2, 'bridge: br0', 'brige: br0', 'key-unknown profiles/h2.yaml:19:54'],
  ])
})

t.test('a host among the guests of another: not what it lacks as a guest, one by one', async t => {
  const files: Files = {
    [h1]: `${site[h1]}`.replace('[a, b]', '[a, b, h2]'),
    [h2]: `${site[h2]}`.replace('{ capacity: 10 GiB }', '{}').replace('{ capacity: 20 GiB }', '{}'),
  }
  check(t, 'disks without a capacity', files, ['enclosure profiles/h1.yaml:14:22'])
  const elsewhere = { ...files, [h2]: `${files[h2]}`.replaceAll('192.0.2.2', '198.51.100.2') }
  check(t, 'and an address on no bridge', { ...elsewhere, [c]: guest('c', 3).replace('192.0.2', '198.51.100') }, [
    'enclosure profiles/h1.yaml:14:22',
  ])
  const { result } = siteIn(t, { ...site, ...files }, components)
  t.match(result.diagnostics, [
    {
      message: 'h2 is a hypervisor itself, and as a guest of h1: disk sda has no capacity, disk sdb has no capacity',
      hint: /^take h2 out of h1's children/,
      machines: ['h1'],
    },
  ])
  const both = { ...files, [b]: `${site[b]}`.replace('{ capacity: 4 GiB }', '{}') }
  check(t, 'a guest that lacks one, too', both, ['enclosure profiles/b.yaml:4:11', 'enclosure profiles/h1.yaml:14:22'])
})

t.test('a circle of enclosures is told where it closes', async t => {
  const encloses = (child: string): string => `system:\n  enclosure: { type: dumb, children: [${child}] }`
  edits(t, [
    ['a machine in itself', h2, '[c]', '[c, h2]', 'cycle profiles/h2.yaml:14:19'],
    ['two in each other', c, 'system:', encloses('h2'), 'cycle profiles/h2.yaml:14:16'],
    ['below a host of which nothing is wrong', a, 'system:', encloses('a'), 'cycle profiles/a.yaml:9:39'],
  ])
  const three = {
    [c]: guest('c', 3).replace('system:', encloses('a')),
    [a]: guest('a', 1).replace('system:', encloses('h2')),
    [h1]: `${site[h1]}`.replace('[a, b]', '[b]'),
  }
  check(t, 'three', three, ['cycle profiles/c.yaml:9:39'])
})

t.test('a circle of needs is told by one of its guests', async t => {
  const { [h1]: host = '' } = site
  const needing = (domains: string): Files => ({
    [h1]: host.replace('[a, b]', '[a, b, c]').replace('b:\n          options: { vcpus: 1 }', domains),
    [h2]: `${site[h2]}`.replace('[c]', '[]'),
  })
  const line = (name: string, needs: string): string => `        ${name}: { needs: [${needs}] }\n`
  const circle = line('a', 'b') + line('b', 'c') + line('c', 'a')
  check(t, 'of three', needing(circle.trim()), ['contradiction profiles/h1.yaml:31:22'])
  const two = line('c', 'a, b') + line('b', 'c') + line('a', 'c')
  const both = ['contradiction profiles/h1.yaml:32:22', 'contradiction profiles/h1.yaml:33:22']
  check(t, 'two with one guest in common', needing(two.trim()), both)
  check(t, 'a guest of itself', needing(line('a', 'a').trim()), ['contradiction profiles/h1.yaml:31:22'])
  check(t, 'those that need one of them are none of it', needing((line('a', 'b') + line('b', 'b')).trim()), [
    'contradiction profiles/h1.yaml:32:22',
  ])
})

t.test('a placeholder of another language is one mistake, whatever was to stand there', async t => {
  const twice = { 'templates/guest.yaml': `${site[guestTemplate]}`.replace('example.org', '{{ domain }}') }
  edits(t, [
    ['a text', b, 'hostname: b', 'hostname: {{ name }}', 'type profiles/b.yaml:10:15'],
    ['a size', b, '4 GiB', '{{ size }}', 'type profiles/b.yaml:4:23'],
    ['a MAC', b, '"00:16:3e:00:00:02"', '{{ mac }}', 'type profiles/b.yaml:7:23'],
    ['a map', b, '{ capacity: 4 GiB }', '{{ disk }}', 'type profiles/b.yaml:4:11'],
    ['a parameter', h1, 'NAME: data', 'NAME: {{ name }}', 'type profiles/h1.yaml:2:39'],
    ['a template', b, '[guest]', '[guest, {{ more }}]', 'type profiles/b.yaml:1:18'],
    ['a variable', conf, 'vg_guests', '{{ group }}', 'type xenclosure.yaml:4:11'],
  ])
  check(t, 'a template of many machines', twice, ['type templates/guest.yaml:5:17'])
})

t.test('the hint says what to do about this fault, not about another', async t => {
  const options = 'options: { vcpus: 1 }'
  const when = (condition: string): string => `include: [guest, { template: guest, when: '${condition}' }]`
  const table: readonly (readonly [string, string, string, string, RegExp])[] = [
    ['a misspelt include', b, 'include:', 'inclde:', /^did you mean "include"\?$/],
    ['a template with the end of its file', b, '[guest]', '[guest.yaml]', /^did you mean "guest"\?$/],
    ['a template with its directory', b, '[guest]', '[templates/guest]', /^did you mean "guest"\?$/],
    ['a key a level too high', h1, options, 'memory: 1 GiB', /^it belongs in \S+\/domains\/b\/options$/],
    ['a key a level too deep', h1, options, 'options: { order: 1 }', /^it belongs in \S+\/domains\/b, beside options$/],
    ['a state that is none', h1, options, 'ready: 5432', /\{ port: 5432 \}/],
    ['a condition that does not end', b, 'include: [guest]', when('XEN_VG =='), /^a condition is a CEL expression/],
    ['a condition that is a number', b, 'include: [guest]', when('1 + 1'), /^a condition is a CEL expression/],
    ['a condition of an unknown name', b, 'include: [guest]', when('HAS_IPMI'), /^known before merging are/],
    ['a guest that needs a misspelt one', h1, options, 'needs: [aa]', /^did you mean "a"\?$/],
    ['a guest that needs one that is not here', h1, options, 'needs: [database]', /^known: a$/],
    ['a misspelt path', b, ': b', ': ${/hardware/rma/0/size}', /^\/hardware has no rma: did you mean "ram"\?$/],
    ['a path of another machine', b, ': b', ': ${c:/system/netwrok}', /^\/system has no netwrok: did .* "network"\?$/],
    ['a path to what is not there', b, ': b', ': ${/hardware/location}', /^\/hardware has no location: known: ram, /],
    ['a path beyond a list', b, ': b', ': ${/hardware/ram/7}', /^\/hardware\/ram is a list of 1, /],
    ['a path below a value', b, ': b', ': ${c:/system/network/hostname/a}', /hostname is a single value$/],
    ['a condition of a misspelt name', b, 'include: [guest]', when('XEN_VGG'), /^did you mean "XEN_VG"\?$/],
  ]
  for (const [say, file, from, to, hint] of table) {
    const files = { ...site, [file]: `${site[file]}`.replace(from, to) }
    t.match(siteIn(t, files, components).result.diagnostics, [{ hint }], say)
  }
})

t.test('all of it is told as of an edit, where not all machines have to be compiled for that', async t => {
  t.ok((await toldAsEdits(t)) > 55)
})
