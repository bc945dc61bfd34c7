import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { components } from '../../components/index.js'
import { compileSite, isSound } from '../../src/compiler/compile.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { publish } from '../../src/compiler/publish/publish.js'
import { canonicalJson, type Json } from '../../src/model/json.js'
import { parsePointer, valueAt } from '../../src/model/pointer.js'

const example = packageRoot()
const { compiled, diagnostics } = compileSite(example, components)
const value = (machine: string, pointer: string): Json | undefined =>
  valueAt(compiled?.documents.get(machine), parsePointer(pointer))

t.test('the example site compiles without a word', async t => {
  t.same(diagnostics, [])
  t.same([...(compiled?.documents.keys() ?? [])].sort(), [
    ...[
      'blade01',
      'blade02',
      'build-el7',
      'build-el8',
      'build-f43',
      'ce',
      'chassis1',
      'farmhost',
      'gridgate',
      'gridhost',
      'lab-pv',
      'lab-pvh',
      'labhost',
      'mon',
      'repo',
    ],
    ...['se', 'servhost', 'ui', 'voms', 'voms-preprod', 'wn01', 'wn02', 'wn03', 'wn04', 'wn05'],
  ])
})

t.test('a host takes in its guests', async t => {
  const domain = '/software/components/xen/domains'
  t.same(Object.keys(value('gridhost', domain) as object), ['gridgate', 'ce', 'se', 'mon', 'wn01'])
  t.same(
    value('gridhost', `${domain}/gridgate/vifs`),
    { eth0: { mac: '00:16:3e:64:00:11', bridge: 'xenbr0' }, eth1: { mac: '00:16:3e:64:01:11', bridge: 'xenbr1' } },
    'each nic on the bridge whose subnet holds its address',
  )
  t.equal(value('gridhost', `${domain}/wn01/vifs/eth0/bridge`), 'xenbr1', 'the bridge that XEN_VIF_BRIDGE gives it')
  t.equal(value('gridhost', `${domain}/ce/options/memory`), 4096, "the sum of the guest's own memory")
  t.equal(value('gridhost', `${domain}/mon/options/memory`), 2048, 'XEN_RAM where the guest has none')
  t.equal(value('gridhost', `${domain}/se/options/memory`), 6144, "the host's own word wins")
  t.same(
    [value('gridhost', `${domain}/mon/options/type`), value('gridhost', `${domain}/ce/options/type`)],
    ['pv', 'pvh'],
  )
  t.same(value('gridhost', '/software/components/lvm/groups/vg_guests/volumes'), {
    ...{ gridgate: { size: 20480 }, ce: { size: 40960 }, se: { size: 20480 }, 'se-xvdb': { size: 204800 } },
    ...{ mon: { size: 20480 }, wn01: { size: 61440 } },
  })
  t.equal(value('labhost', `${domain}/lab-pv/options/kernel`), '/srv/guest/vmlinux')
  t.equal(value('ce', '/system/enclosure'), undefined, 'a guest never names its host')
})

/** Only what makes a site, so that the copies do not take the whole repository along. */
const copyOfExample = (directory: string): string => {
  mkdirSync(directory, { recursive: true })
  for (const part of ['xenclosure.yaml', 'profiles', 'templates'])
    cpSync(join(example, part), join(directory, part), { recursive: true })
  return directory
}

const publishInto = (site: string, dir: string) => {
  const result = compileSite(site, components)
  if (result.compiled === undefined) throw new Error('the site does not compile')
  const edition = { serial: 1, commit: null, exact: true }
  return publish({
    dir,
    site: result.compiled.site.name,
    documents: result.compiled.documents,
    edition,
    compiler: 'test',
  })
}

t.test('from two paths, the same bytes', async t => {
  const directory = t.testdir()
  publishInto(copyOfExample(join(directory, 'here')), join(directory, 'out-here'))
  publishInto(copyOfExample(join(directory, 'some/where/else')), join(directory, 'out-there'))
  const files = readdirSync(join(directory, 'out-here'))
  t.equal(files.length, 2 * 25 + 1, 'a document and a seal for each of 25 machines, and the index')
  t.same(readdirSync(join(directory, 'out-there')), files)
  for (const file of files) {
    t.ok(readFileSync(join(directory, 'out-here', file)).equals(readFileSync(join(directory, 'out-there', file))), file)
  }
})

t.test('every mistake of a site in one go, each at its place', async t => {
  const site = copyOfExample(t.testdir())
  const edit = (file: string, from: string, to: string) => {
    const path = join(site, file)
    const text = readFileSync(path, 'utf8')
    if (!text.includes(from)) throw new Error(`${file} does not say ${from}`)
    writeFileSync(path, text.replace(from, to))
  }
  edit('profiles/hosts/gridhost.yaml', 'cpu_weight: 128', 'cpu_wieght: 128')
  edit('profiles/guests/ce.yaml', 'CORES: 2', 'CORES: two')
  edit('profiles/guests/mon.yaml', 'machine-types/monitoring_box', 'machine-types/monitoring')
  edit('profiles/hosts/labhost.yaml', 'children: [lab-pv, lab-pvh]', 'children: [lab-pv, lab-hvm]')
  const result = compileSite(site, components)
  t.notOk(isSound(result))
  t.same(
    result.diagnostics.map(({ code, position, hint }) => [
      code,
      `${position?.file}:${position?.line}:${position?.column}`,
      hint,
    ]),
    [
      ['type', 'profiles/guests/ce.yaml:5:46', 'Cores of this processor; of a guest, its vcpus.'],
      ['include-missing', 'profiles/guests/mon.yaml:4:5', 'did you mean "machine-types/monitoring_box"?'],
      ['key-unknown', 'profiles/hosts/gridhost.yaml:42:39', 'did you mean "cpu_weight"?'],
      ['child-unknown', 'profiles/hosts/labhost.yaml:25:24', 'did you mean "lab-pv"?'],
    ],
  )
})

t.test('canonical JSON sorts keys by code units, whatever they look like', async t => {
  t.equal(
    canonicalJson({ b: 1, a: { é: [true, null], '10': 'x', '9': 0.5 }, Z: '\u2028"' }),
    '{"Z":"\u2028\\"","a":{"10":"x","9":0.5,"é":[true,null]},"b":1}\n',
  )
})
