import t from 'tap'
import type { JsonMap } from '../../../src/model/json.js'
import { refusalOf } from '../../../src/provision/serve/access.js'

const eth0 = { hwaddr: '00:16:3e:00:00:01', boot: true }
const machine = (interfaces: JsonMap, nic: JsonMap = { eth0 }) => ({
  name: 'ui',
  hardware: { cards: { nic } },
  system: { netboot: { server: '192.0.2.20' }, network: { interfaces } },
})
const fixed = machine({ eth0: { ip: '192.0.2.9', prefix: 24 } })
const bonded = machine({ eth0: { master: 'bond0' }, bond0: { ip: '192.0.2.7', prefix: 24 } })
const bridged = {
  name: 'ui',
  hardware: { cards: { nic: { eth0 } } },
  system: {
    netboot: { server: '192.0.2.20' },
    network: { interfaces: { xenbr0: { ip: '192.0.2.6', prefix: 24 } }, bridges: { xenbr0: { netdev: 'eth0' } } },
  },
}
const several = machine({ eth0: { ip: '192.0.2.9', prefix: 24 }, 'eth0.7': { ip: '2001:DB8:0::7', prefix: 64 } })
const both = machine({
  eth0: { ip: '192.0.2.9', prefix: 24, ipv6addr: '2001:db8::9/64', aliases: { a: { ip: '192.0.2.19' } } },
})
const dynamic = machine({ eth0: { bootproto: 'dhcp' }, eth1: { ip: '192.0.2.9', prefix: 24 } })
const twoCards = machine(
  { eth0: { ip: '192.0.2.9', prefix: 24 } },
  { eth0, eth1: { hwaddr: '00:16:3e:00:00:02', boot: true } },
)

const validity = { from: '2026-11-28T12:00:00.000Z', until: '2026-11-29T12:00:00.000Z' }
const installation = { token: 'right', ...validity }
const ordered = { machine: 'ui', state: 'install' as const, order: undefined, installation }
const local = { machine: 'ui', state: 'local' as const, installation: undefined, order: undefined }

t.test('the table of docs/provisioning.md: who is refused, and why', async t => {
  const table = [
    ['the token, from the address', fixed, ordered, 'right', '192.0.2.9', 0, undefined],
    ['without a token', fixed, ordered, undefined, '192.0.2.9', 0, /^without a token/],
    ['no entry', fixed, undefined, 'right', '192.0.2.9', 0, /^no installation is ordered/],
    ['a used token', fixed, local, 'right', '192.0.2.9', 0, /^no installation is ordered: the token was used/],
    ['another token', fixed, ordered, 'wrong', '192.0.2.9', 0, /^the token is not of the installation/],
    ['no token in it', fixed, ordered, '', '192.0.2.9', 0, /^the token is not of the installation/],
    ['just in time', fixed, ordered, 'right', '192.0.2.9', -1, undefined],
    [
      'too late',
      fixed,
      ordered,
      'right',
      '192.0.2.9',
      86_400_000,
      /^the installation was to be begun until 2026-11-29T12:00/,
    ],
    ['by a clock that was put right', fixed, ordered, 'right', '192.0.2.9', -60_000, undefined],
    [
      'before it was ordered',
      fixed,
      ordered,
      'right',
      '192.0.2.9',
      -86_400_000,
      /^the installation was ordered at 2026-11-28T12:00:00.000Z, which is yet to come: the clock/,
    ],
    ['another address', fixed, ordered, 'right', '192.0.2.10', 0, /^not from an address of the machine: 192.0.2.9$/],
    ['another address of it', several, ordered, 'right', '2001:db8::7', 0, undefined],
    ['its IPv6 address', both, ordered, 'right', '2001:db8::9', 0, undefined],
    ['the address of an alias', both, ordered, 'right', '192.0.2.19', 0, undefined],
    ['the address of its bond', bonded, ordered, 'right', '192.0.2.7', 0, undefined],
    ['not that of its bond', bonded, ordered, 'right', '192.0.2.8', 0, /^not from an address/],
    ['the address of its bridge', bridged, ordered, 'right', '192.0.2.6', 0, undefined],
    ['not that of its bridge', bridged, ordered, 'right', '192.0.2.8', 0, /^not from an address/],
    ['an address that nobody knows', dynamic, ordered, 'right', '192.0.2.77', 0, undefined],
    ['one of two cards is not known', twoCards, ordered, 'right', '192.0.2.77', 0, undefined],
  ] as const
  for (const [what, document, entry, token, address, late, expected] of table) {
    const now = new Date(Date.parse('2026-11-28T12:00:00Z') + late)
    const refusal = refusalOf({ document, entry, token, address, begins: now })
    if (expected === undefined) t.equal(refusal, undefined, what)
    else
      t.match(
        refusal,
        { reason: expected, isOver: /^(no installation|the token is not)/.test(refusal?.reason ?? '') },
        what,
      )
  }
})

t.test('an entry whose time nobody can read is over', async t => {
  const now = new Date('2026-11-28T12:00:00Z')
  for (const unreadable of [{ until: 'soon' }, { from: 'once' }]) {
    const entry = { ...ordered, installation: { ...installation, ...unreadable } }
    t.match(refusalOf({ document: fixed, entry, token: 'right', address: '192.0.2.9', begins: now }), {
      reason: /^the installation was to be begun until/,
    })
  }
})

t.test('one that has begun may tell its end whenever it comes to it', async t => {
  const asked = { document: fixed, entry: ordered, address: '192.0.2.9', begins: undefined }
  t.equal(refusalOf({ ...asked, token: 'right' }), undefined)
  t.match(refusalOf({ ...asked, token: 'wrong' }), { reason: /^the token is not of the installation/ })
})
