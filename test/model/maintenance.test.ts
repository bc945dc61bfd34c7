import fc from 'fast-check'
import t from 'tap'
import {
  days,
  isOpen,
  type Maintenance,
  nextOpening,
  parseMaintenance,
  parseTimeOfDay,
} from '../../src/model/maintenance.js'
import { siteIn } from '../fixtures/site-in.js'
import { runs } from '../property-runs.js'

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

t.test('the next window opens at the first minute in which one is open', async t => {
  const weekend = [{ days: ['sat', 'sun'], from: '02:00', to: '04:00' }]
  const night = [{ from: '01:10', to: '01:50' }]
  // 2025-06-07 is a Saturday. Europe/Dublin: 2025-03-30 01:00 -> 02:00, 2025-10-26 02:00 -> 01:00.
  const table: readonly (readonly [string, Maintenance, string, string | undefined])[] = [
    ['in days', read(weekend), '2025-06-02T12:34:56.789Z', '2025-06-07T02:00:00.000Z'],
    ['at its end, the next one', read(weekend), '2025-06-07T04:00:00Z', '2025-06-08T02:00:00.000Z'],
    ['at the end of the last one of a week', read(weekend), '2025-06-08T04:00:00Z', '2025-06-14T02:00:00.000Z'],
    ['while one is open, now', read(weekend), '2025-06-07T03:59:59.999Z', '2025-06-07T03:59:59.999Z'],
    ['of two, the first', read([...weekend, ...night]), '2025-06-07T00:00:00Z', '2025-06-07T01:10:00.000Z'],
    [
      'from the end of a day',
      read([{ days: ['sun'], from: '24:00', to: '01:00' }]),
      '2025-06-08T23:59:00Z',
      '2025-06-09T00:00:00.000Z',
    ],
    ['by the clock of its zone', read(weekend, 'Europe/Dublin'), '2025-06-02T12:00:00Z', '2025-06-07T01:00:00.000Z'],
    ['after summer has begun', read(weekend, 'Europe/Dublin'), '2025-03-29T12:00:00Z', '2025-03-30T01:00:00.000Z'],
    [
      'not in an hour that is skipped',
      read(night, 'Europe/Dublin'),
      '2025-03-29T12:00:00Z',
      '2025-03-31T00:10:00.000Z',
    ],
    [
      'in the middle, where its beginning is skipped',
      read([{ from: '01:30', to: '02:30' }], 'Europe/Dublin'),
      '2025-03-29T12:00:00Z',
      '2025-03-30T01:00:00.000Z',
    ],
    [
      'the first time of an hour that comes twice',
      read(night, 'Europe/Dublin'),
      '2025-10-25T12:00:00Z',
      '2025-10-26T00:10:00.000Z',
    ],
    ['and its second time', read(night, 'Europe/Dublin'), '2025-10-26T00:50:00Z', '2025-10-26T01:10:00.000Z'],
    ['no window', read([]), '2025-06-07T03:00:00Z', undefined],
    ['one without a day', read([{ days: [], from: '02:00', to: '04:00' }]), '2025-06-07T03:00:00Z', undefined],
    ['one without a minute', read([{ from: '24:00', to: '00:00' }]), '2025-06-07T03:00:00Z', undefined],
  ]
  for (const [name, maintenance, now, opening] of table)
    t.equal(nextOpening(maintenance, new Date(now))?.toISOString(), opening, name)
})

t.test('whatever the windows, the zone and the hour: no minute before the next opening is open, and it is', async t => {
  const minute = 60_000
  const time = fc.integer({ min: 0, max: 24 * 60 })
  const window = fc.record({ days: fc.subarray([...days], { minLength: 1 }), from: time, to: time })
  // Around the hours at which clocks are put forward or back.
  const now = fc.tuple(
    fc.constantFrom(
      '2025-03-30T01:00Z',
      '2025-10-26T01:00Z',
      '2025-04-05T15:00Z',
      '2025-10-04T15:30Z',
      '2025-07-01T00:00Z',
    ),
    fc.integer({ min: -900, max: 900 }),
  )
  const zone = fc.constantFrom('UTC', 'Europe/Dublin', 'Australia/Lord_Howe', 'Asia/Kathmandu')
  const property = fc.property(
    fc.array(window, { minLength: 1, maxLength: 2 }),
    zone,
    now,
    (windows, timezone, [hour, offset]) => {
      const maintenance = { windows, timezone }
      const start = Date.parse(hour) + offset * minute
      const opening = nextOpening(maintenance, new Date(start))?.getTime()
      // Of an opening that is far, its last hours.
      const end = opening ?? start + 300 * minute
      for (let at = Math.max(start, end - 300 * minute); at < end; at += minute)
        if (isOpen(maintenance, new Date(at))) return false
      return opening === undefined || isOpen(maintenance, new Date(opening))
    },
  )
  t.doesNotThrow(() => fc.assert(property, runs(200)))
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
