// Which machines are installed anew, by which way, and what keeps one from it before anything is touched.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import type { Document } from '../../src/model/document.js'
import type { Enclosed } from '../../src/model/enclosed.js'
import type { Json, JsonMap } from '../../src/model/json.js'
import type { FindTextTemplate } from '../../src/provision/text-template-files.js'
import { strangers, targetsOf } from '../../src/reinstall/target.js'
import { ui } from '../fixtures/ui-to-install.js'

const find: FindTextTemplate = name => {
  const file = `templates/${name}.hbs`
  return { file, text: readFileSync(join(packageRoot(), file), 'utf8') }
}
const guest = (name: string): Enclosed => ({ name, type: 'guest', children: [] })
const host: Enclosed = { name: 'h', type: 'hypervisor', children: [guest('a'), guest('net')] }
const site: readonly Enclosed[] = [{ name: 'chassis', type: 'blade', children: [host] }]

const disks = { xvda: { type: 'lvm', group: 'vg', volume: 'any' } }
const a: JsonMap = { disks, install_options: { kernel: '/srv/vmlinuz' }, options: {} }
const net: JsonMap = { disks, options: { bootloader: '/usr/bin/xenclosure-netboot' } }
type Part = { readonly a?: JsonMap; readonly net?: JsonMap; readonly device?: string; readonly h?: JsonMap }

const documentsOf = (part: Part): ReadonlyMap<string, Document> => {
  const lvm = { groups: { vg: { devices: [{ path: part.device ?? '/dev/sdb' }] } } }
  const domains = { a: { ...a, ...part.a }, net: { ...net, ...part.net } }
  const { hardware, ...rest } = ui()
  const machine = { ...rest, hardware: { ...hardware, harddisks: { sda: { capacity: 20480 }, sdb: {} } } }
  const documents: readonly JsonMap[] = [
    {
      ...(machine as unknown as JsonMap),
      name: 'h',
      software: { components: { lvm, xen: { domains } } } as Json,
      ...part.h,
    },
    { name: 'a' },
    { ...(ui() as unknown as JsonMap), name: 'net' },
    { name: 'chassis' },
  ]
  return new Map(documents.map(document => [String(document.name), document as unknown as Document]))
}
const targetsIn = (enclosure: string, only: readonly string[] = [], part: Part = {}) =>
  targetsOf(site, { enclosure, only }, { documents: documentsOf(part), find })
const tell = (result: ReturnType<typeof targetsIn>): readonly string[] =>
  result.ok
    ? result.targets.map(({ name, way, host }) => `${name} by ${way}${host === undefined ? '' : ` on ${host}`}`)
    : result.faults.map(({ machine, pointer }) => `${machine}:${pointer}`)

t.test('a host and its guests, each by its way; what encloses them has no system', async t => {
  const all = ['h by provisioner', 'a by agent on h', 'net by provisioner on h']
  t.strictSame(tell(targetsIn('h')), all)
  t.strictSame(tell(targetsIn('chassis')), all)
  t.strictSame(tell(targetsIn('h', ['net'])), ['net by provisioner on h'])
  t.strictSame(tell(targetsIn('a')), ['a by agent on h'])
  t.strictSame(tell(targetsIn('h', ['h'])), ['h by provisioner'], 'its guests are on a disk of their own')
  t.strictSame(strangers(site, { enclosure: 'h', only: ['net', 'chassis', 'h'] }), ['chassis'])
})

const domain = (name: string, rest = ''): string => `h:/software/components/xen/domains/${name}${rest}`
const rows: readonly (readonly [string, readonly string[], Part, readonly string[]])[] = [
  [
    'the disks of others are lost',
    ['h'],
    { device: '/dev/sda2' },
    [domain('a', '/disks/xvda'), domain('net', '/disks/xvda')],
  ],
  ['the disk of one of them is', ['h', 'a'], { device: '/dev/sda2' }, [domain('net', '/disks/xvda')]],
  [
    'all of them are installed anew',
    ['h', 'a', 'net'],
    { device: '/dev/sda2' },
    ['h by provisioner', 'a by agent on h', 'net by provisioner on h'],
  ],
  ['not to run', ['a'], { a: { ensure: 'stopped' } }, [domain('a', '/ensure')]],
  ['without a disk', ['a'], { a: { disks: {} } }, [domain('a')]],
  ['never asks its provisioner', ['net'], { net: { options: { bootloader: 'pygrub' } } }, [domain('net', '/options')]],
  [
    'HVM that boots by the network',
    ['net'],
    { net: { options: { type: 'hvm', boot: 'nc' } } },
    ['net by provisioner on h'],
  ],
  ['without an entry', ['h', 'a', 'net'], { h: { system: {} } }, ['h:/system/netboot']],
]
for (const [what, only, part, expected] of rows)
  t.test(what, async t => t.strictSame(tell(targetsIn('h', only, part)), expected))

t.test('without a kickstart file, or whom to tell, or off at its end, nothing would ever be over', async t => {
  const { system, ...rest } = ui()
  const { kickstart, ...others } = system
  const { provisioner: _nobody, ...silent } = kickstart
  const ofNet = (replaced: object) => {
    const documents = new Map(documentsOf({}))
    documents.set('net', { ...rest, name: 'net', system: replaced } as unknown as Document)
    return tell(targetsOf(site, { enclosure: 'net', only: [] }, { documents, find }))
  }
  t.strictSame(ofNet(others), ['net:/system/kickstart'])
  t.strictSame(ofNet({ ...system, kickstart: silent }), ['net:/system/kickstart/provisioner'])
  t.strictSame(ofNet({ ...system, os: {} }), ['net:/system/os'])
  t.strictSame(ofNet({ ...system, kickstart: { ...kickstart, finish: 'poweroff' } }), ['net:/system/kickstart/finish'])
  t.strictSame(ofNet({ ...system, kickstart: { ...kickstart, finish: 'reboot' } }), ['net by provisioner on h'])
})

t.test('a guest that is a host itself goes with all that it encloses', async t => {
  const nested: Enclosed = { ...host, children: [{ name: 'a', type: 'hypervisor', children: [] }] }
  const result = targetsOf([nested], { enclosure: 'a', only: [] }, { documents: documentsOf({}), find })
  t.strictSame(tell(result), [domain('a')])
})
