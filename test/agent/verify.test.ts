import t from 'tap'
import { DocumentRejected } from '../../src/agent/document-rejected.js'
import type { Pair } from '../../src/agent/source.js'
import { type Expectations, verifyDocument } from '../../src/agent/verify.js'
import { canonicalJson, type JsonMap } from '../../src/model/json.js'
import { generateKeys, isSignedBy, parseSeal, printSeal, sealOf, signSeal } from '../../src/model/seal.js'

const ours = generateKeys()
const theirs = generateKeys()

const documentOf = (name: string, components: JsonMap = { toy: { a: 1 } }): string =>
  canonicalJson({ name, software: { components } })

const text = documentOf('gridhost.example.org')
const pan = Buffer.from(canonicalJson({ system: { network: { hostname: 'gridhost' } }, software: { components: {} } }))
const edition = { name: 'gridhost.example.org', serial: 7, commit: 'c0ffee', compiler: '0.1.0' }
const seal = sealOf(text, edition)
const signed = printSeal(signSeal(seal, ours.privateKey))

const fetched = (more: Partial<Pair> = {}): Pair => ({
  source: 'gridhost.json',
  bytes: Buffer.from(text),
  seal: signed,
  ...more,
})

const expected = (more: Partial<Expectations> = {}): Expectations => ({
  hostname: 'gridhost',
  trust: [ours.publicKey],
  lastSerial: 7,
  validate: () => [],
  components: ['toy'],
  ...more,
})

t.test('a signed document of this machine and of no older edition is accepted', async t => {
  const accepted = verifyDocument(fetched(), expected())
  t.match(accepted, { document: { name: 'gridhost.example.org' }, sha256: seal.sha256, seal, text, ignored: [] })
  t.same([...accepted.desired], [['toy', { a: 1 }]])
})

t.test('what breaks a rule is rejected by its code', async t => {
  const changed = Buffer.from(text.replace('gridhost', 'gridhosT'))
  const table: readonly (readonly [string, Partial<Pair>, Partial<Expectations>, string])[] = [
    ['a changed byte', { bytes: changed }, {}, 'digest'],
    ['no seal where a key is trusted', { seal: undefined }, {}, 'unsigned'],
    ['a seal without signature where a key is trusted', { seal: printSeal(seal) }, {}, 'unsigned'],
    ['an unknown signer', { seal: printSeal(signSeal(seal, theirs.privateKey)) }, {}, 'signature'],
    ['a seal that was changed after signing', { seal: signed.replace('"serial":7', '"serial":8') }, {}, 'signature'],
    ['a seal that is none', { seal: '{"name":"gridhost"}' }, {}, 'seal-syntax'],
    ['an older edition than the last', {}, { lastSerial: 8 }, 'serial'],
    [
      'the seal of another machine',
      { seal: printSeal(sealOf(text, { ...edition, name: 'ce' })) },
      { trust: [] },
      'name',
    ],
    ['a document for another machine', {}, { hostname: 'otherhost' }, 'machine'],
    ['the same name in another domain', {}, { hostname: 'gridhost.example.com' }, 'machine'],
    ['no JSON', { bytes: Buffer.from('{'), seal: undefined }, { trust: [] }, 'syntax'],
    ['JSON that is no document', { bytes: Buffer.from('[]'), seal: undefined }, { trust: [] }, 'syntax'],
    [
      'a pan document where a key is trusted',
      { bytes: pan, seal: printSeal(signSeal(sealOf(pan, edition), ours.privateKey)) },
      {},
      'unsigned',
    ],
    ['what a schema refuses', {}, { validate: () => [{ pointer: '/a', message: 'expected text' }] }, 'schema'],
  ]
  for (const [name, document, rule, code] of table) {
    t.throws(() => verifyDocument(fetched(document), expected(rule)), { name: DocumentRejected.name, code }, name)
  }
})

t.test('a machine answers to its short and its full name, whatever the case, and a nameless one to any', async t => {
  for (const hostname of ['gridhost', 'gridhost.example.org', 'GridHost', null]) {
    t.ok(verifyDocument(fetched(), expected({ hostname })), String(hostname))
  }
})

t.test('of several trusted keys, one that has signed is enough', async t => {
  t.ok(verifyDocument(fetched(), expected({ trust: [theirs.publicKey, ours.publicKey] })))
  const strangers = expected({ trust: [theirs.publicKey, generateKeys().publicKey] })
  t.throws(() => verifyDocument(fetched(), strangers), { code: 'signature' })
})

t.test('without a trust key a document needs no seal, and a seal no signature', async t => {
  t.equal(verifyDocument(fetched({ seal: undefined }), expected({ trust: [] })).seal, undefined)
  t.same(verifyDocument(fetched({ seal: printSeal(seal) }), expected({ trust: [] })).seal, seal)
})

t.test('a pan document is read where no key is trusted, and named by its hostname', async t => {
  const accepted = verifyDocument(fetched({ bytes: pan, seal: undefined }), expected({ trust: [] }))
  t.equal(accepted.document.name, 'gridhost')
})

t.test('a pan document that gives a guest a device of a volume group is rejected, and says which', async t => {
  const conflicting = (hostdevice: string): Buffer =>
    Buffer.from(
      JSON.stringify({
        system: {
          network: { hostname: 'gridhost' },
          blockdevices: { volume_groups: { vg: { device_list: ['partitions/sdb1', 'physical_devs/sdd'] } } },
        },
        software: {
          components: {
            xen: {
              domains: { g_2dh: { options: { disk: [{ type: 'phy', guestdevice: 'xvda', hostdevice }] } } },
            },
          },
        },
      }),
    )
  const verify = (device: string) =>
    verifyDocument(fetched({ bytes: conflicting(device), seal: undefined }), expected({ trust: [] }))
  for (const [device, taken] of [
    ['sdb1', '/dev/sdb1'],
    ['/dev/sdb', '/dev/sdb1'],
    ['sdd2', '/dev/sdd'],
  ] as const) {
    const named = device.startsWith('/') ? device : `/dev/${device}`
    const message = `${named}, given to g-h as xvda, overlaps ${taken} of group vg`
    t.throws(() => verify(device), { code: 'contradiction', message: new RegExp(`: ${message}$`) }, device)
  }
  t.ok(verify('sdb2'), 'another partition of the same disk')
})

t.test('a component that the agent lacks is ignored and named', async t => {
  const bytes = Buffer.from(documentOf('gridhost', { ntp: {}, toy: {} }))
  const accepted = verifyDocument(fetched({ bytes, seal: undefined }), expected({ trust: [] }))
  t.same(accepted.ignored, ['/software/components/ntp'])
  t.same([...accepted.desired.keys()], ['toy'])
})

t.test('a seal is read as it was printed; only its own key vouches for it', async t => {
  const read = parseSeal(signed)
  t.ok(read !== undefined && isSignedBy(read, ours.publicKey))
  t.notOk(read !== undefined && isSignedBy(read, theirs.publicKey))
  t.notOk(isSignedBy(seal, ours.publicKey))
  for (const broken of ['', '[]', '{}', '{"name":"a","sha256":"b","serial":1.5,"commit":null,"compiler":"c"}']) {
    t.equal(parseSeal(broken), undefined)
  }
})
