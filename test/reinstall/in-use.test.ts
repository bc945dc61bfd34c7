import t from 'tap'
import type { Document } from '../../src/model/document.js'
import { askedOf, inUseOn, isInUse } from '../../src/reinstall/in-use.js'
import { foundOn } from '../../src/reinstall/known.js'
import type { Target } from '../../src/reinstall/target.js'
import { HostUnreachable, NotLetIn, type RemoteHost } from '../../src/remote/remote-host.js'

const document = { name: 'any' } as unknown as Document
const way = 'provisioner' as const
const host: Target = { name: 'h', document, way, guests: ['a', 'b'] }
const guest: Target = { name: 'a', document, way, host: 'h' }
const plain: Target = { name: 'p', document, way }

t.test('asked are hosts, those of guests, and what is neither', async t => {
  t.strictSame(askedOf([host, guest, plain]), ['h', 'p'])
  t.strictSame(askedOf([guest]), ['h'])
})

t.test('in use is what runs and would be ended, or what nobody knows of', async t => {
  const domains = { domains: ['xa', 'other'] }
  const table = [
    ['all on a host that goes down', 'h', domains, [host, guest], ['xa', 'other']],
    ['of a host that stays, the guests that are named', 'h', domains, [guest], ['a']],
    ['a machine that is no host, where it runs', 'p', { domains: [] }, [plain], ['p']],
    ['a machine that is off', 'p', 'off', [plain], []],
  ] as const
  for (const [what, name, found, targets, running] of table) {
    const inUse = inUseOn(name, found, targets, guestName => `x${guestName}`)
    t.same([inUse.running, isInUse(inUse)], [running, running.length > 0], what)
  }
  t.ok(isInUse(inUseOn('h', { unknown: 'no route', isDenied: false }, [host], guest => guest)))
})

t.test('what runs is read as the agent reads it: a dying domain without a name is nobody', async t => {
  const head = 'Name                                        ID   Mem VCPUs\tState\tTime(s)\n'
  const dom0 = 'Domain-0                                     0   512     2     r-----     100.3\n'
  const list = (stdout: string, code = 0) => ({
    reach: async (name: string): Promise<RemoteHost> => ({
      name,
      exec: async () => ({ code, stdout, stderr: 'no Xen\n' }),
      agent: () => Promise.reject(new Error('not asked')),
      put: () => Promise.reject(new Error('not asked')),
      close: async () => undefined,
    }),
    powerOf: () => undefined,
  })
  const dying = '(null)                                       7     0     1     -----d       2.9\n'
  const a = 'a.example.org                                8   128     1     -b----       2.9\n'
  t.strictSame(await foundOn('h', true, list(head + dom0 + dying)), { domains: [] })
  t.strictSame(await foundOn('h', true, list(head + dom0 + dying + a)), { domains: ['a.example.org'] })
  t.match(await foundOn('h', true, list(`${head}what is this\n`)), {
    unknown: /^xl list: printed a line of no known form/,
  })
  t.match(await foundOn('h', true, list('', 1)), { unknown: 'xl list: exit code 1: no Xen' })
})

t.test('one that answers nobody is off where its controller says so', async t => {
  const reach = async (name: string) => {
    throw new HostUnreachable(`${name}: no route`)
  }
  const power = (isOn: () => Promise<boolean>) => () => ({
    isOn,
    on: async () => undefined,
    off: async () => undefined,
  })
  t.equal(await foundOn('h', true, { reach, powerOf: power(async () => false) }), 'off')
  const silent = power(() => Promise.reject(new HostUnreachable('bmc: no answer')))
  for (const powerOf of [power(async () => true), silent, () => undefined])
    t.strictSame(await foundOn('h', true, { reach, powerOf }), { unknown: 'h: no route', isDenied: false })
  const denying = async (name: string) => {
    throw new NotLetIn(`${name}: it accepts none of our keys`)
  }
  const found = await foundOn('h', true, { reach: denying, powerOf: power(async () => true) })
  t.strictSame(found, { unknown: 'h: it accepts none of our keys', isDenied: true })
  t.equal(await foundOn('h', true, { reach: denying, powerOf: power(async () => false) }), 'off')
})
