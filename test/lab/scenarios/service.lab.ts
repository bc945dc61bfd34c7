// The agent's package under systemd: what it runs outlives its stop, its upgrade and its removal.
import t from 'tap'
import { debPath, documentPath, letTimePass } from '../agent.js'
import { dataOf, domainUuids, runningDomains, waitForGuest } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask, type Host } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const [pv, pvh] = guests
const unit = 'xenclosure-agent-watch.service'

/** The domains and the processes that serve them: xl's monitors, and qemu. */
const served = async (host: Host): Promise<unknown> => ({
  domains: await runningDomains(host),
  processes: await ask(host, "pgrep --list-full 'xl|qemu'"),
})

t.test(
  'as a service it tells systemd when it is ready, and starts what is missing when it is told to look',
  async t => {
    await letTimePass(host)
    const data = await dataOf(host, pv.name)
    await ask(host, `echo 'OPTIONS="--document ${documentPath}"' > /etc/default/xenclosure-agent`)
    await ask(host, `systemctl enable --now --quiet ${unit}`)
    t.equal(
      await ask(host, `systemctl show ${unit} -P ActiveState -P SubState -P Type | xargs`),
      'notify active running',
    )
    const before = await runningDomains(host)
    await ask(host, `xl destroy ${pv.name} && systemctl reload ${unit}`)
    t.match(await waitForGuest(host, pv.name, pv.address, 2), '1 received')
    t.equal(await dataOf(host, pv.name), data, 'it finds its data')
    t.equal((await runningDomains(host))[pvh.name], before[pvh.name], 'the other one never stopped')
  },
)

t.test('guests and what serves them outlive its stop', async t => {
  const before = await served(host)
  await ask(host, `systemctl stop ${unit}`)
  t.equal(await ask(host, `systemctl is-active ${unit} || true`), 'inactive')
  t.same(await served(host), before)
})

t.test('and its upgrade, after which the new one runs', async t => {
  await ask(host, `systemctl start ${unit}`)
  const [before, pid] = [await served(host), await ask(host, `systemctl show ${unit} -P MainPID`)]
  await ask(
    host,
    `cd /root && rm -rf next && dpkg-deb --raw-extract ${debPath} next && sed -i 's/^Version: .*/&+next/' next/DEBIAN/control &&
     dpkg-deb -Znone --build next next.deb && dpkg --install next.deb`,
  )
  t.match(await ask(host, "dpkg-query --show --showformat='${Version}' xenclosure-agent"), '+next')
  t.equal(await ask(host, `systemctl is-active ${unit}`), 'active')
  t.not(await ask(host, `systemctl show ${unit} -P MainPID`), pid)
  t.match(await ask(host, 'cat /etc/default/xenclosure-agent'), documentPath, 'its options are kept')
  t.same(await served(host), before)
})

t.test('and its removal', async t => {
  const before = await served(host)
  await ask(host, 'dpkg --purge xenclosure-agent')
  t.equal(await ask(host, 'systemctl list-units --all --no-legend "xenclosure*"'), '')
  t.equal(
    await ask(host, 'ls -d /var/lib/xenclosure /usr/lib/xenclosure /usr/bin/xenclosure-agent 2>/dev/null || true'),
    '',
  )
  t.same(await served(host), before)
  t.same(await domainUuids(host), uuids)
  t.equal(await ask(host, 'ls /etc/xen/auto | wc -l'), String(guests.length), 'they start with the host')
})
