import t from 'tap'
import { bootingWithout, reservationsOf, subnetsOf } from '../../../src/provision/dhcp/reservations.js'

const ui = {
  name: 'ui',
  hardware: {
    cards: { nic: { eth1: { hwaddr: '00:16:3E:00:00:02' }, eth0: { hwaddr: '00:16:3e:00:00:01', boot: true } } },
  },
  system: {
    netboot: { server: '192.0.2.20', loader: 'grub-uefi' },
    network: {
      hostname: 'ui.example.org',
      domainname: 'example.org',
      default_gateway: '192.0.2.1',
      nameserver: ['192.0.2.53', '2001:db8::53'],
      interfaces: {
        eth0: { bootproto: 'static', ip: '192.0.2.21', netmask: '255.255.255.0' },
        eth1: { bootproto: 'static', ip: '10.20.1.2', prefix: 16, gateway: '10.20.0.1' },
      },
    },
  },
}

t.test('every card with a MAC and a static address, with its own way out and what it boots', async t => {
  t.strictSame(reservationsOf([ui]), [
    {
      machine: 'ui',
      reservations: [
        {
          ...{ id: 'ui-eth0', mac: '00:16:3e:00:00:01', address: '192.0.2.21', subnet: '192.0.2.0/24' },
          ...{ hostname: 'ui', domain: 'example.org', gateway: '192.0.2.1', nameservers: ['192.0.2.53'] },
          boot: { server: '192.0.2.20', file: 'boot/grub/x86_64-efi/core.efi' },
        },
        {
          ...{ id: 'ui-eth1', mac: '00:16:3e:00:00:02', address: '10.20.1.2', subnet: '10.20.0.0/16' },
          ...{ hostname: 'ui', domain: 'example.org', gateway: '10.20.0.1', nameservers: ['192.0.2.53'] },
          boot: undefined,
        },
      ],
    },
  ])
  t.strictSame(subnetsOf(reservationsOf([ui])), ['10.20.0.0/16', '192.0.2.0/24'])
})

t.test('the card that a host on a bond boots by has the address of the bond', async t => {
  const bond = {
    name: 'host1',
    hardware: ui.hardware,
    system: {
      network: {
        interfaces: {
          eth0: { master: 'bond0' },
          eth1: { master: 'bond0' },
          bond0: { bootproto: 'static', ip: '192.0.2.30', prefix: 24 },
        },
      },
    },
  }
  t.match(reservationsOf([bond]), [{ reservations: [{ id: 'host1-eth0', address: '192.0.2.30' }] }])
})

t.test('so it is with the bridge over its card or its bond, the usual layout of a Xen host', async t => {
  const addressed = { bootproto: 'static', ip: '192.0.2.30', prefix: 24, gateway: '192.0.2.1' }
  const xenbr0 = { netdev: 'eth0' }
  const table = [
    ['over the card, by netdev', { eth0: {}, xenbr0: addressed }, { xenbr0 }, '192.0.2.30'],
    ['over the card, by the port', { eth0: { bridge: 'xenbr0' }, xenbr0: addressed }, { xenbr0: {} }, '192.0.2.30'],
    [
      'over its bond',
      { eth0: { master: 'bond0' }, bond0: { bridge: 'xenbr0' }, xenbr0: addressed },
      { xenbr0: {} },
      '192.0.2.30',
    ],
    ['an own one first', { eth0: { ip: '192.0.2.9', prefix: 24 }, xenbr0: addressed }, { xenbr0 }, '192.0.2.9'],
    ['one that is removed', { xenbr0: addressed }, { xenbr0: { ...xenbr0, ensure: 'absent' } }, undefined],
    ['over a VLAN of the card', { 'eth0.7': {}, xenbr0: addressed }, { xenbr0: { netdev: 'eth0.7' } }, undefined],
    ['over another card', { xenbr0: addressed }, { xenbr0: { netdev: 'eth1' } }, undefined],
  ] as const
  for (const [what, interfaces, bridges, address] of table) {
    const host = { name: 'host1', hardware: ui.hardware, system: { network: { interfaces, bridges } } }
    const reserved = reservationsOf([host as never])
    t.strictSame(
      reserved.flatMap(({ reservations }) => reservations.map(({ id, address }) => [id, address])),
      address === undefined ? [] : [['host1-eth0', address]],
      what,
    )
    t.strictSame(bootingWithout([host as never], reserved), address === undefined ? ['host1 (eth0)'] : [], what)
  }
  const host = {
    name: 'host1',
    hardware: ui.hardware,
    system: { network: { interfaces: table[0][1], bridges: { xenbr0 } } },
  }
  t.match(reservationsOf([host]), [{ reservations: [{ gateway: '192.0.2.1' }] }], 'by the gateway of the bridge')
})

t.test('a machine without a static IPv4 address on a card has no reservation; machines stand by name', async t => {
  const nic = { eth0: { hwaddr: '00:16:3e:00:00:01' } }
  const with6 = (interfaces: object) => ({ hardware: { cards: { nic } }, system: { network: { interfaces } } })
  const machines = [
    ui,
    { name: 'a', ...with6({ eth0: { bootproto: 'dhcp' } }) },
    { name: 'b', ...with6({ eth0: { ip: '2001:db8::1', prefix: 64 } }) },
    { name: 'c', ...with6({ eth0: { ip: '192.0.2.9' } }) },
    { name: 'd' },
    { name: 'e', ...with6({ eth0: { ip: '192.0.2.9', prefix: 24 } }) },
  ] as readonly { name: string }[]
  t.strictSame(
    reservationsOf(machines as never).map(({ machine }) => machine),
    ['e', 'ui'],
  )
})
