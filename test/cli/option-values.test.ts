import { InvalidArgumentError } from 'commander'
import t from 'tap'
import { duration, timeAhead } from '../../src/cli/option-values.js'

const expectedDuration = 'expected a duration: a number with one of ms, s, min, h, d (a bare number is in s)'
const expectedTime =
  'expected a date, 2026-01-31 or 2026-01-31T18:00, or a duration: a number with one of ms, s, min, h, d'

/** Tap runs each file in a process of its own; half an hour tells it from the zone of whoever runs it. */
process.env.TZ = 'Asia/Kolkata'

t.test('a time to come is so long from now, or a day by the local clock', t => {
  const table: readonly (readonly [string, number])[] = [
    ['2100-01-31', Date.UTC(2100, 0, 30, 18, 30)],
    ['2100-01-31T18:00', Date.UTC(2100, 0, 31, 12, 30)],
    ['2100-01-31 18:00:30', Date.UTC(2100, 0, 31, 12, 30, 30)],
    ['2100-01-31T18:00Z', Date.UTC(2100, 0, 31, 18)],
    ['2100-01-31T18:00+01:00', Date.UTC(2100, 0, 31, 17)],
  ]
  for (const [text, expected] of table) t.equal(timeAhead(text).getTime(), expected, text)
  for (const [text, seconds] of [
    ['90s', 90],
    ['30min', 1800],
    ['30m', 1800],
    ['2h', 7200],
    ['2d', 172_800],
  ] as const) {
    const late = timeAhead(text).getTime() - Date.now() - seconds * 1000
    t.ok(late <= 0 && late > -1000, text)
  }
  t.end()
})

t.test('what is no time to come is refused, and a bare number is none', t => {
  for (const text of [
    ...['tomorrow', '', '3600', '2100', '-2h', '2 weeks', '99999999999d'],
    ...['2100-1-5', '2100-02-31', '2100-13-01', '2100-01-31T25:00', '2100-01-31T18', '2100-01-31 (noon)'],
  ])
    t.throws(() => timeAhead(text), new InvalidArgumentError(expectedTime), text)
  for (const text of ['2020-01-01', '2020-01-01T00:00', '0h'])
    t.throws(() => timeAhead(text), new InvalidArgumentError('it is past'), text)
  t.end()
})

t.test('a duration is written as in a profile, and m is min', t => {
  const table: readonly (readonly [string, number])[] = [
    ['90s', 90],
    ['5min', 300],
    ['5 min', 300],
    ['5m', 300],
    ['1.5 m', 90],
    ['300', 300],
    ['1h', 3600],
    ['2d', 172_800],
    ['2000ms', 2],
    ['0s', 0],
  ]
  for (const [text, seconds] of table) t.equal(duration(text), seconds * 1000, text)
  for (const text of ['often', '', 'm', '-5m', '5M', '5mm', '2w'])
    t.throws(() => duration(text), new InvalidArgumentError(expectedDuration), text)
  t.throws(() => duration('1500ms'), /a whole number of s/)
  t.end()
})
