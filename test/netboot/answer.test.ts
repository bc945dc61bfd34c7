// Whatever is sent instead of an answer: it is refused, or it is one that xl can be told.
import fc from 'fast-check'
import t from 'tap'
import { parseAnswer } from '../../src/netboot/answer.js'
import { runs } from '../property-runs.js'

const from = new URL('https://provision.example.org/boot/00-16-3e-00-00-01')
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('local', 'install', 'a'.repeat(64), 'file:///etc/shadow', '//host/x'),
)
const image = fc.oneof(
  fc.jsonValue(),
  fc.record({ url: fc.oneof(text, fc.webUrl()), sha256: fc.oneof(text, fc.constant('b'.repeat(64))) }),
)
const answers = fc.record(
  {
    boot: fc.oneof(fc.constantFrom('install', 'rescue', 'local'), fc.jsonValue()),
    machine: fc.oneof(fc.constant('ui'), fc.jsonValue()),
    kernel: image,
    ramdisk: image,
    cmdline: fc.oneof(text, fc.constant('ip=dhcp'), fc.jsonValue()),
  },
  { requiredKeys: [] },
)

t.test('of any JSON', async () => {
  fc.assert(
    fc.property(fc.oneof(answers, fc.jsonValue()), sent => {
      let answer: ReturnType<typeof parseAnswer>
      try {
        answer = parseAnswer(JSON.stringify(sent), from)
      } catch (error) {
        return error instanceof Error && error.message !== ''
      }
      if (answer.boot === 'local') return true
      const images = [answer.kernel, ...(answer.ramdisk ? [answer.ramdisk] : [])]
      return (
        images.every(({ url, sha256 }) => url.protocol === 'https:' && /^[0-9a-f]{64}$/.test(sha256)) &&
        !/\p{Cc}/u.test(answer.cmdline) &&
        /^[\w.-]+$/.test(answer.machine)
      )
    }),
    runs(1000),
  )
})

t.test('of any bytes', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), sent => {
      t.throws(() => parseAnswer(sent, from), Error)
    }),
    runs(200),
  )
})
