import t from 'tap'
import { isOpen, type Maintenance, parseMaintenance, parseTimeOfDay } from '../../src/model/maintenance.js'
import { siteIn } from '../fixtures/site-in.js'

const read = (windows: readonly object[], timezone?: string): Maintenance => {
  const maintenance = parseMaintenance({ windows, ...(timezone && { timezone }) } as never)
  if (maintenance === undefined) throw new Error('not a maintenance')
  return maintenance
}

t.test('a window is open from its beginning up to its end, on its days, by the clock of its zone', async t => {
  const weekend = [{ days: ['sat', 'sun'], from: '02:00', to: '04:00' }]
  const overnight = [{ days: ['sat'], from: '22:00', to: '04:00' }]
  const always = [{ from: '00:00', to: '24:00' }]
  // 2025-06-07 is a Saturday.
  const table: readonly (readonly [string, Maintenance, string, boolean])[] = [
    ['at its first minute', read(weekend), '2025-06-07T02:00:00Z', true],
    ['before', read(weekend), '2025-06-07T01:59:59Z', false],
    ['in its last second', read(weekend), '2025-06-07T03:59:59Z', true],
    ['at its end', read(weekend), '2025-06-07T04:00:00Z', false],
    ['on another day', read(weekend), '2025-06-06T03:00:00Z', false],
    ['the other of its days', read(weekend), '2025-06-08T03:00:00Z', true],
    ['over midnight, in the evening', read(overnight), '2025-06-07T23:59:00Z', true],
    ['over midnight, the next morning', read(overnight), '2025-06-08T03:59:00Z', true],
    ['over midnight, the morning of its own day', read(overnight), '2025-06-07T03:00:00Z', false],
    ['over midnight, the evening after', read(overnight), '2025-06-08T22:00:00Z', false],
    ['over the end of the week', read([{ days: ['sun'], from: '23:00', to: '01:00' }]), '2025-06-09T00:30:00Z', true],
    ['a whole day', read(always), '2025-06-07T23:59:59Z', true],
    [
      'from an hour to the same: a day long',
      read([{ days: ['sat'], from: '06:00', to: '06:00' }]),
      '2025-06-08T05:59:00Z',
      true,
    ],
    ['and then over', read([{ days: ['sat'], from: '06:00', to: '06:00' }]), '2025-06-08T06:00:00Z', false],
    ['no window', read([]), '2025-06-07T03:00:00Z', false],
    ['in summer, an hour earlier by UTC', read(weekend, 'Europe/Dublin'), '2025-06-07T01:30:00Z', true],
    ['in winter, as by UTC', read(weekend, 'Europe/Dublin'), '2025-01-04T01:30:00Z', false],
    ['where it is another day', read(weekend, 'Pacific/Auckland'), '2025-06-06T14:30:00Z', true],
    // Europe/Dublin: 2025-03-30 01:00 -> 02:00, 2025-10-26 02:00 -> 01:00.
    ['an hour that is skipped', read([{ from: '01:00', to: '02:00' }], 'Europe/Dublin'), '2025-03-30T01:00:00Z', false],
    ['the minute before it', read([{ from: '01:00', to: '02:00' }], 'Europe/Dublin'), '2025-03-30T00:59:00Z', false],
    ['an hour that comes twice', read([{ from: '01:00', to: '02:00' }], 'Europe/Dublin'), '2025-10-26T00:30:00Z', true],
    ['and its second time', read([{ from: '01:00', to: '02:00' }], 'Europe/Dublin'), '2025-10-26T01:30:00Z', true],
  ]
  for (const [name, maintenance, now, open] of table) t.equal(isOpen(maintenance, new Date(now)), open, name)
})

t.test('a time of the day is HH:MM, to the end of the day', async t => {
  const table: readonly (readonly [string, number | undefined])[] = [
    ['00:00', 0],
    ['09:30', 570],
    ['24:00', 1440],
    ['24:01', undefined],
    ['9:30', undefined],
    ['12:60', undefined],
    ['12:00:00', undefined],
    ['', undefined],
  ]
  for (const [text, minutes] of table) t.equal(parseTimeOfDay(text), minutes, text)
})

t.test('what has not the form is not read; what is absent is never', async t => {
  t.same(parseMaintenance(undefined), { windows: [], timezone: 'UTC' })
  const window = { from: '02:00', to: '04:00' }
  const wrong = [
    [],
    { windows: {} },
    { windows: [{ from: '02:00' }] },
    { windows: [{ ...window, to: '4' }] },
    { windows: [{ ...window, days: 'sat' }] },
    { windows: [{ ...window, days: ['saturday'] }] },
    { windows: [window], timezone: 'Dublin' },
    { windows: [window], timezone: '+01:00' },
  ]
  for (const value of wrong) t.equal(parseMaintenance(value), undefined, JSON.stringify(value))
})

t.test('a profile with a window that cannot be is told where', async t => {
  const host = (maintenance: string): string => `system:\n  maintenance:\n${maintenance}`
  const { found, value } = siteIn(t, {
    'profiles/good.yaml': host(
      '    windows:\n      - { days: [sat, sun], from: "02:00", to: "04:00" }\n    timezone: Europe/Dublin\n',
    ),
    'profiles/time.yaml': host('    windows:\n      - { from: "25:00", to: "04:00" }\n'),
    'profiles/days.yaml': host('    windows:\n      - { days: [saturday], from: "02:00", to: "04:00" }\n'),
    'profiles/zone.yaml': host('    windows: []\n    timezone: Dublin\n'),
  })
  t.same(found, ['schema profiles/days.yaml:4:18', 'schema profiles/time.yaml:4:17', 'schema profiles/zone.yaml:4:15'])
  t.same(value('good', '/system/maintenance/timezone'), 'Europe/Dublin')
})
