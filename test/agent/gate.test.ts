import t from 'tap'
import { gate } from '../../src/agent/gate.js'
import type { Action, Status } from '../../src/model/action.js'
import type { Maintenance } from '../../src/model/maintenance.js'
import { action } from './toy.js'

const ops: Action['ops'] = [{ op: 'remove', path: '/x' }]
const consent = 'destroy:lvm/vg0/se'
const waitsFor = 'restart:se'

/** The rows of the table in gate.ts, in its order. */
const table: readonly (readonly [string, Partial<Action>, readonly string[], Status])[] = [
  [
    'a rejected action, whatever is allowed',
    { rejected: 'foreign data', consent, waitsFor, ops },
    [consent, waitsFor],
    'rejected',
  ],
  ['one whose consent is missing', { consent, ops }, [], 'refused'],
  ['one whose consent is missing, and that waits', { consent, waitsFor, ops }, [waitsFor], 'refused'],
  ['one that waits', { waitsFor, ops }, [], 'pending'],
  ['one whose consent is given, and that waits', { consent, waitsFor, ops }, [consent], 'pending'],
  ['one that waits, allowed, but with nothing to carry out', { waitsFor: 'reboot' }, ['reboot'], 'pending'],
  ['one that requires what it waits for, allowed', { waitsFor, requires: [waitsFor], ops }, [waitsFor], 'pending'],
  ['one that waits, allowed', { waitsFor, ops }, [waitsFor], 'due'],
  ['one whose consent is given', { consent, ops }, [consent], 'due'],
  ['one that needs nothing', { ops }, [], 'due'],
]

for (const [name, part, consents, status] of table) {
  t.test(`${name}: ${status}`, async t => {
    t.match(gate([action({ id: 'a', ...part })], { consents: new Set(consents) }), [{ id: 'a', status }])
  })
}

/** Sunday, 02:00 to 04:00 UTC. */
const maintenance: Maintenance = { timezone: 'UTC', windows: [{ days: ['sun'], from: 120, to: 240 }] }
const windows: readonly (readonly [string, Partial<Action>, string, Status])[] = [
  ['a restart in an open window', { waitsFor, ops }, '2025-06-01T03:00:00Z', 'due'],
  ['a restart when the window is over', { waitsFor, ops }, '2025-06-01T04:00:00Z', 'pending'],
  ['what waits for a window, in one', { waitsFor: 'window', ops }, '2025-06-01T03:00:00Z', 'due'],
  ['a restart in a window, with nothing to carry out', { waitsFor }, '2025-06-01T03:00:00Z', 'pending'],
  ['a reboot in a window', { waitsFor: 'reboot', ops }, '2025-06-01T03:00:00Z', 'pending'],
  ['readiness in a window', { waitsFor: 'domain:mon/ready', ops }, '2025-06-01T03:00:00Z', 'pending'],
  ['a release in a window', { waitsFor: 'release:se', ops }, '2025-06-01T03:00:00Z', 'pending'],
  ['a restart in a window without consent', { waitsFor, consent, ops }, '2025-06-01T03:00:00Z', 'refused'],
  ['a rejected restart in a window', { waitsFor, rejected: 'x', ops }, '2025-06-01T03:00:00Z', 'rejected'],
]

for (const [name, part, now, status] of windows) {
  t.test(`${name}: ${status}`, async t => {
    const leave = { consents: new Set<string>(), maintenance, now: new Date(now) }
    t.match(gate([action({ id: 'a', ...part })], leave), [{ id: 'a', status }])
  })
}

t.test('what waits for a key comes with an action that provides it and is due, and with nothing else', async t => {
  const key = 'filled:/dev/vg0/ce'
  const start = action({ id: 'start', waitsFor: key, requires: [key], ops })
  const fill = action({ id: 'fill', provides: [key], ops })
  const statusesOf = (...actions: readonly Action[]) =>
    gate(actions, { consents: new Set() }).map(({ status }) => status)
  t.same(statusesOf(start), ['pending'])
  t.same(statusesOf(fill, start), ['due', 'due'])
  t.same(statusesOf({ ...fill, rejected: 'foreign data' }, start), ['rejected', 'pending'])
  t.same(statusesOf({ ...fill, waitsFor: 'release:ce' }, start), ['pending', 'pending'])
  t.same(statusesOf(fill, { ...start, requires: [] }), ['due', 'pending'], 'it has to require it')
})

t.test('what needs something from an action that is not due is pending, all along the chain', async t => {
  const volume = action({ id: 'volume', provides: ['block:/dev/vg0/ce'], rejected: 'foreign data' })
  const start = action({
    id: 'start',
    requires: ['block:/dev/vg0/ce'],
    provides: ['domain:ce/running'],
    reasons: ['absent'],
  })
  const next = action({ id: 'next', requires: ['domain:ce/running'] })
  const other = action({ id: 'other', requires: ['block:/dev/vg0/se'] })
  t.match(gate([volume, start, next, other], { consents: new Set() }), [
    { id: 'volume', status: 'rejected' },
    {
      id: 'start',
      status: 'pending',
      reasons: ['absent', 'needs block:/dev/vg0/ce, which volume provides (rejected)'],
    },
    { id: 'next', status: 'pending', reasons: ['needs domain:ce/running, which start provides (pending)'] },
    { id: 'other', status: 'due', reasons: [] },
  ])
})
