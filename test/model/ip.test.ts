import { readFileSync } from 'node:fs'
import t from 'tap'
import { createAjv, judge } from '../../src/model/ajv.js'
import { isInSubnet, parseIp, parseNetmask, parseSubnet, printSubnet } from '../../src/model/ip.js'
import type { JsonMap } from '../../src/model/json.js'

t.test('an address is one in full, of either family', async t => {
  for (const text of ['192.0.2.1', '0.0.0.0', '2001:db8::1', '::']) t.ok(parseIp(text), text)
  for (const text of ['192.0.2', '192.0.2.256', '010.0.0.1', '192.0.2.1/24', 'fe80::1%eth0', '2001:db8::g', ''])
    t.equal(parseIp(text), undefined, text)
})

t.test('a netmask is ones, then zeros', async t => {
  t.same(['255.255.255.0', '255.255.240.0', '0.0.0.0'].map(parseNetmask), [24, 20, 0])
  t.same(['255.0.255.0', '24', '::'].map(parseNetmask), [undefined, undefined, undefined])
})

t.test('a subnet holds the addresses of its family that share its prefix', async t => {
  const rows: readonly (readonly [string, string, boolean | undefined])[] = [
    ['192.0.2.10/24', '192.0.2.255', true],
    ['192.0.2.10/24', '192.0.3.0', false],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::1/64', '2001:db8::ffff', true],
    ['192.0.2.10/33', '192.0.2.10', undefined],
    ['2001:db8::1/129', '2001:db8::1', undefined],
    ['192.0.2.10/024', '192.0.2.10', undefined],
    ['192.0.2.10', '192.0.2.10', undefined],
  ]
  for (const [written, address, expected] of rows) {
    const [subnet, ip] = [parseSubnet(written), parseIp(address)]
    t.equal(subnet && ip && isInSubnet(ip, subnet), expected, `${address} in ${written}`)
  }
  t.same(
    ['192.0.2.10/24', '2001:db8::1/64'].map(text => {
      const subnet = parseSubnet(text)
      return subnet && printSubnet(subnet)
    }),
    ['192.0.2.0/24', '2001:db8::/64'],
  )
})

t.test('the schema of /system tells where an address is none', async t => {
  const validate = createAjv().compile(JSON.parse(readFileSync('src/model/schemas/system.json', 'utf8')))
  const rows: readonly (readonly [JsonMap, string | undefined, string | undefined])[] = [
    [{ ip: '192.0.2.1', netmask: '255.255.255.0' }, undefined, undefined],
    [{ ip: '2001:db8::1', prefix: 64 }, undefined, undefined],
    [{ ip: '192.0.2' }, '/ip', 'expected an IPv4 or IPv6 address, found "192.0.2"'],
    [{ netmask: '255.0.255.0' }, '/netmask', 'expected an IPv4 netmask, such as 255.255.255.0, found "255.0.255.0"'],
    [{ ip: '192.0.2.1', prefix: 33 }, '/prefix', 'expected at most 32, found 33'],
    [{ ipv6addr: '2001:db8::1' }, '/ipv6addr', undefined],
    [{ gateway: 'router' }, '/gateway', undefined],
    [{ aliases: { lan: { ip: 'x' } } }, '/aliases/lan/ip', undefined],
    [{ routes: [{ address: '10.0.0.0', prefix: 40 }] }, '/routes/0/prefix', 'expected at most 32, found 40'],
    [{ vlan: 4095, physdev: 'eth0' }, '/vlan', undefined],
  ]
  for (const [eth0, place, message] of rows) {
    const findings = judge(validate, { network: { interfaces: { eth0 } } })
    const expected =
      place === undefined ? [] : [{ pointer: `/network/interfaces/eth0${place}`, ...(message && { message }) }]
    t.equal(findings.length, expected.length, JSON.stringify(eth0))
    t.match(findings, expected)
  }
})
