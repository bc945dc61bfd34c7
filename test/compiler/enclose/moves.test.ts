// Guests that move: what xenclosure.lock.yaml records, what both hosts are told, and when a guest is released.
import t, { type Test } from 'tap'
import { movesOf, recordedHosts, unrecordedGuests } from '../../../src/compiler/enclose/moves.js'
import { releaseGuest } from '../../../src/compiler/enclose/release.js'
import { collectProblems } from '../../../src/compiler/problems.js'
import { printLock, readLock } from '../../../src/compiler/site/lock.js'
import type { Component } from '../../../src/model/component.js'
import { canonicalJson, type JsonMap } from '../../../src/model/json.js'
import { digestOf } from '../../../src/model/seal.js'
import { siteIn } from '../../fixtures/site-in.js'

/** A component that notes the comings and goings of guests. */
const ledger: Component<unknown, null> = {
  name: 'ledger',
  observe: async () => null,
  plan: () => [],
  misplaced: () => [],
  pull: (_, child) => ({
    values: [
      { pointer: `/software/components/ledger/${child.name}/here`, value: true, from: { kind: 'rule', rule: '-' } },
    ],
    faults: [],
  }),
  move: (guest, { from, to }) => ({
    onOldHost: [{ pointer: `/software/components/ledger/${guest}/to`, value: to }],
    onNewHost: [{ pointer: `/software/components/ledger/${guest}/from`, value: from }],
  }),
}

const enclosing = (type: string, ...children: readonly string[]): string =>
  `system: { enclosure: { type: ${type}, children: [${children.join(', ')}] } }\n`
const lock = (guests: Readonly<Record<string, string>>): string => printLock(new Map(Object.entries(guests)))

const files = {
  'components/ledger/schema.json': '{}',
  'profiles/a.yaml': enclosing('hypervisor', 'ce'),
  'profiles/b.yaml': enclosing('hypervisor', 'se'),
  'profiles/ce.yaml': '',
  'profiles/se.yaml': '',
}
const site = (t: Test, more: Readonly<Record<string, string>> = {}) => siteIn(t, { ...files, ...more }, [ledger])

t.test('what each host is told of a guest', async t => {
  type Row = readonly [string, Readonly<Record<string, string>>, onA: unknown, onB: unknown]
  const rows: readonly Row[] = [
    ['no lock file', {}, { ce: { here: true } }, { se: { here: true } }],
    [
      'recorded where it is',
      { 'xenclosure.lock.yaml': lock({ ce: 'a', se: 'b' }) },
      { ce: { here: true } },
      { se: { here: true } },
    ],
    [
      'recorded on another host',
      { 'xenclosure.lock.yaml': lock({ ce: 'b', se: 'b' }) },
      { ce: { here: true, from: 'b' } },
      { se: { here: true }, ce: { to: 'a' } },
    ],
    [
      'recorded on a host that encloses nothing any more',
      {
        'xenclosure.lock.yaml': lock({ se: 'b' }),
        'profiles/a.yaml': enclosing('hypervisor', 'ce', 'se'),
        'profiles/b.yaml': 'system: { enclosure: { type: hypervisor } }\n',
      },
      { ce: { here: true }, se: { here: true, from: 'b' } },
      { se: { to: 'a' } },
    ],
    [
      'recorded on a machine that is no hypervisor any more',
      {
        'xenclosure.lock.yaml': lock({ se: 'b' }),
        'profiles/a.yaml': enclosing('hypervisor', 'se'),
        'profiles/b.yaml': '',
      },
      { se: { here: true, from: 'b' } },
      undefined,
    ],
    [
      'on no host',
      { 'xenclosure.lock.yaml': lock({ ce: 'b' }), 'profiles/a.yaml': '' },
      undefined,
      { se: { here: true } },
    ],
    [
      'no guest: in a chassis',
      { 'xenclosure.lock.yaml': lock({ ce: 'b' }), 'profiles/a.yaml': enclosing('blade', 'ce') },
      undefined,
      { se: { here: true } },
    ],
  ]
  for (const [name, more, onA, onB] of rows) {
    const { value, found } = site(t, more)
    t.same(found, [], name)
    t.strictSame(
      [value('a', '/software/components/ledger'), value('b', '/software/components/ledger')],
      [onA, onB],
      name,
    )
  }
})

t.test('what is wrong with the lock file is said where it stands', async t => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['another key', 'guest: { ce: a }\n', ['key-unknown xenclosure.lock.yaml:1:1']],
    ['a list', 'guests: [ce]\n', ['type xenclosure.lock.yaml:1:9']],
    ['no host', 'guests:\n  ce:\n  se: [b]\n', ['type xenclosure.lock.yaml:2:6', 'type xenclosure.lock.yaml:3:7']],
    ['a guest twice', 'guests:\n  ce: a\n  ce: b\n', ['duplicate-key xenclosure.lock.yaml:3:3']],
    ['no YAML', 'guests: {\n', ['syntax xenclosure.lock.yaml:2:1']],
    ['a host without a profile', 'guests: { ce: bb }\n', ['machine-unknown xenclosure.lock.yaml:1:15']],
    ['the same, of a guest that moves nowhere', 'guests: { old: bb }\n', []],
  ]
  for (const [name, text, expected] of rows) t.same(site(t, { 'xenclosure.lock.yaml': text }).found, expected, name)
})

t.test('the lock file is written in one form, and read back', async t => {
  const hosts = new Map([
    ['se', 'b'],
    ['null', '0x1'],
    ['1e3', 'true'],
    ['ce', 'a'],
  ])
  const text = printLock(hosts)
  t.equal(text, printLock(new Map([...hosts].reverse())))
  t.match(text, /\nguests:\n {2}"1e3": "true"\n {2}ce: a\n {2}"null": "0x1"\n {2}se: b\n$/)
  const { result } = site(t, { 'xenclosure.lock.yaml': text })
  t.same([...(result.compiled?.residences ?? [])].map(([guest, { host }]) => [guest, host]).sort(), [...hosts].sort())
  const problems = collectProblems()
  t.same([readLock(undefined, problems), problems.list()], [new Map(), []])
})

t.test('compile adds guests and changes no entry', async t => {
  const position = { file: 'xenclosure.lock.yaml', line: 3, column: 3 }
  const residences = new Map([
    ['ce', { host: 'b', position }],
    ['old', { host: 'a', position }],
  ])
  const hosts = new Map([
    ['ce', 'a'],
    ['se', 'b'],
  ])
  t.same(unrecordedGuests(residences, hosts), ['se'])
  t.same([...recordedHosts(residences, hosts)].sort(), [
    ['ce', 'b'],
    ['old', 'a'],
    ['se', 'b'],
  ])
  t.same(movesOf(residences, hosts), [{ guest: 'ce', from: 'b', to: 'a', position }])
})

t.test('a guest is released by the word of the administrator, or by a report that shows it gone', async t => {
  const moving = { 'xenclosure.lock.yaml': lock({ ce: 'b', se: 'b', old: 'a' }) }
  const { compiled } = site(t, moving).result
  if (compiled === undefined) throw new Error('the site does not compile')
  const sha256 = digestOf(canonicalJson(compiled.documents.get('b') ?? {}))
  const report: JsonMap = { host: 'b', document: { sha256 }, observed: { ledger: 'x' }, misplaced: [] }
  const release = (guest: string, given?: JsonMap) => releaseGuest(compiled, guest, given, [ledger])
  const rows: readonly (readonly [string, string, JsonMap | undefined, object])[] = [
    ['unrecorded', 'nobody', undefined, { kind: 'unrecorded' }],
    ['at home', 'se', undefined, { kind: 'at home', host: 'b' }],
    [
      'by word',
      'ce',
      undefined,
      {
        kind: 'released',
        from: 'b',
        to: 'a',
        hosts: new Map([
          ['se', 'b'],
          ['old', 'a'],
          ['ce', 'a'],
        ]),
      },
    ],
    ['by report', 'ce', report, { kind: 'released', from: 'b', to: 'a' }],
    [
      'on no host: forgotten',
      'old',
      undefined,
      {
        kind: 'released',
        from: 'a',
        to: undefined,
        hosts: new Map([
          ['ce', 'b'],
          ['se', 'b'],
        ]),
      },
    ],
    ['no report', 'ce', {}, { kind: 'refused', reason: 'this is not the report of an agent' }],
    [
      'of another host',
      'ce',
      { ...report, host: 'a' },
      { kind: 'refused', reason: 'this is the report of a, and ce leaves b' },
    ],
    ['on no host, by report', 'old', { ...report, host: 'a' }, { kind: 'refused', reason: /does not name old/ }],
    [
      'from before the move',
      'ce',
      { ...report, document: { sha256: 'x' } },
      { kind: 'refused', reason: 'the report is of another edition of b' },
    ],
    [
      'of one component',
      'ce',
      { ...report, observed: {} },
      { kind: 'refused', reason: 'the report is of a part of b' },
    ],
    [
      'still there',
      'ce',
      { ...report, misplaced: [{ guest: 'ce', to: 'a' }] },
      { kind: 'refused', reason: 'ce is still on b' },
    ],
    [
      'still there, by the report of an older agent',
      'ce',
      { ...report, misplaced: ['ce'] },
      { kind: 'refused', reason: 'ce is still on b' },
    ],
    ['another one is there', 'ce', { ...report, misplaced: [{ guest: 'se', to: 'a' }] }, { kind: 'released' }],
    [
      'of guests that have no name',
      'ce',
      { ...report, misplaced: [{ domain: 'ce' }] },
      { kind: 'refused', reason: 'this is not the report of an agent' },
    ],
  ]
  for (const [name, guest, given, expected] of rows) t.match(release(guest, given), expected, name)
  t.match(releaseGuest(compiled, 'ce', report, []), { reason: /does not name ce/ }, 'nothing there watches it')
})
