// What a few guests are asked of is what taking the whole file apart gives.
import fc from 'fast-check'
import t from 'tap'
import { printLock } from '../../../src/compiler/site/lock.js'
import { openPlainLock, readPlainLock } from '../../../src/compiler/site/plain-lock.js'

const name = fc.oneof(
  fc.constantFrom(
    'a',
    'a.b',
    'b',
    'x-a',
    'x_a',
    'aa',
    'guests',
    '1',
    '1.0',
    'true',
    'null',
    '-',
    '~',
    'a: b',
    ' a',
    'a#',
  ),
  fc.stringMatching(/^[\w.-]{1,3}$/),
)
const hostsBy = fc.dictionary(name, name, { maxKeys: 8 }).map(hosts => new Map(Object.entries(hosts)))

t.test('few guests and hosts are found as all are read', async () => {
  fc.assert(
    fc.property(hostsBy, name, (hosts, other) => {
      const text = printLock(hosts)
      const [all, few] = [readPlainLock(text), openPlainLock(text)]
      if (few === undefined) return hosts.size === 0 || all === undefined
      if (all === undefined) return false
      const names = [...hosts.keys(), ...hosts.values(), other]
      return names.every(asked => {
        const its = all.get(asked)
        const guests = [...all].flatMap(([guest, { host }]) => (host === asked ? [guest] : []))
        return (
          String(few.hostsOf(asked)) === String(its === undefined ? [] : [its.host]) &&
          String([...few.guestsOf(asked)].sort()) === String(guests.sort())
        )
      })
    }),
    { numRuns: 500 },
  )
})

t.test('a site without the file records nothing', async t => {
  const lock = openPlainLock(undefined)
  t.same([lock?.hostsOf('a'), lock?.guestsOf('h1')], [[], []])
})

t.test('where it is not as it is printed, nothing is said', async t => {
  const text = printLock(
    new Map([
      ['a', 'h1'],
      ['b', 'h2'],
    ]),
  )
  t.same(openPlainLock(text)?.hostsOf('b'), ['h2'])
  for (const other of [
    text.replace('h1', '"h1"'),
    text.replace('h1', 'h1 # moved'),
    text.replace('h1', '!lock h1'),
    text.replace('  a', '   a'),
    text.replaceAll('\n', '\r\n'),
    `${text}more: 1\n`,
    `${text}# more\n`,
    text.trimEnd(),
    text.slice(text.indexOf('\n') + 1),
    text.replace('guests:', 'guests: {}'),
    '',
  ])
    t.equal(openPlainLock(other), undefined, other)
})

t.test('a guest that stands there twice has two hosts', async t => {
  const text = `${printLock(
    new Map([
      ['a', 'h1'],
      ['b', 'h2'],
    ]),
  )}  a: h1\n`
  t.same(openPlainLock(text)?.hostsOf('a'), ['h1', 'h1'])
  t.equal(readPlainLock(text), undefined)
})
