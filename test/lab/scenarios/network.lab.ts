// The card by which the host is reached gets a bridge; a change that cuts it off is taken back by the host itself.
import t from 'tap'
import { assertExit, documentPath } from '../agent.js'
import { publish } from '../document.js'
import { domainUuids, runningDomains, waitForAnswer } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const address = { bootproto: 'static', ip: '10.0.2.15', netmask: '255.255.255.0' } as const

/** A run that nobody's connection to the host can end; its exit code. */
const runApart = async (): Promise<string> => {
  const command = `xenclosure-agent run --document ${documentPath} > /root/run.log 2>&1; echo $? > /root/run.code`
  await ask(host, `rm -f /root/run.code; systemd-run --quiet --unit=apart --collect sh -c '${command}'`)
  return ask(host, 'until [ -s /root/run.code ]; do sleep 1; done; cat /root/run.code')
}
/** Where the host's address is. */
const placeOf = (): Promise<string> => ask(host, "ip -oneline -4 address show to 10.0.2.15 | awk '{ print $2 }'")
const network = (): Promise<string> =>
  ask(
    host,
    "cd /etc/systemd/network; sha256sum *; ls /run/systemd/network | grep xenclosure; ip -brief link | grep -v '^vif'",
  )

await ask(
  host,
  `sed -i -e 's/^auto.*/auto lo xenbr0/' -e '/^iface eth0/,/gateway/d' /etc/network/interfaces
   printf '[Match]\\nName=eth0\\n[Network]\\nAddress=10.0.2.15/24\\nGateway=10.0.2.2\\n' > /etc/systemd/network/10-eth0.network
   systemctl enable --quiet --now systemd-networkd`,
)

t.test('a bridge takes over the card and the address by which the host is reached', async t => {
  const before = await runningDomains(host)
  await publish(host, ({ network }) => {
    Object.assign(network.bridges ?? {}, { xenbr1: { netdev: 'eth0' } })
    Object.assign(network.interfaces ?? {}, { eth0: address })
  })
  const code = await runApart()
  assertExit(t, code, '0', { log: await ask(host, 'cat /root/run.log') })
  t.equal(await placeOf(), 'xenbr1')
  t.match(await ask(host, 'ip -oneline link show master xenbr1'), 'eth0')
  t.same(await runningDomains(host), before)
})

t.test('a change that cuts the host off is taken back, and not tried again by itself', async t => {
  const [links, domains] = [await network(), await runningDomains(host)]
  await publish(host, ({ network }) => {
    const tagged = { ...address, vlan: 7, physdev: 'eth0' }
    Object.assign(network.interfaces ?? {}, { eth0: { bootproto: 'none' }, 'eth0.7': tagged })
    Object.assign(network.bridges ?? {}, { xenbr1: { netdev: 'eth0.7' } })
  })
  const code = await runApart()
  assertExit(t, code, '1', { log: await ask(host, 'cat /root/run.log') })
  t.equal(await placeOf(), 'xenbr1')
  t.equal(await network(), links)
  t.equal(await runApart(), '3', 'it needs consent now', { log: await ask(host, 'cat /root/run.log') })
  t.equal(await network(), links)
  t.same(await runningDomains(host), domains)
  t.same(await domainUuids(host), uuids)
  for (const guest of guests) await waitForAnswer(host, guest.address)
})
