// What a machine may be called in its network.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { createAjv, judge } from '../../src/model/ajv.js'

t.test('the schema of /system tells a host name or a domain that is none', async t => {
  const validate = createAjv().compile(JSON.parse(readFileSync('src/model/schemas/system.json', 'utf8')))
  const found = (network: object): readonly string[] =>
    judge(validate, { network }).map(({ pointer, message }) => `${pointer} ${message}`)
  const long = Array(4).fill('a'.repeat(63)).join('.')
  for (const name of ['host1', 'Host-1', 'wn01.example.org', 'my_host', '3com', 'a--b', 'a'.repeat(63), long.slice(2)])
    t.same(found({ hostname: name, domainname: name }), [], name)
  const none = [
    '',
    ' ',
    'a b',
    'host 1; x',
    'a/b "c',
    'a\nb',
    '-a',
    'a-',
    '.a',
    'a.',
    'a..b',
    'é',
    'a'.repeat(64),
    long,
  ]
  for (const name of none)
    t.match(
      found({ hostname: name, domainname: name }),
      [/^\/network\/hostname expected a name of letters, /, /^\/network\/domainname expected a name of letters, /],
      name,
    )
})
