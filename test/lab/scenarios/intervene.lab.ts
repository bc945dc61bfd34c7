// A host and its three guests go down and come up by `intervene` over ssh. One guest does not answer its shutdown and is
// destroyed when its time is over; the command is killed in the middle, on the way down and up, and called again.
import t from 'tap'
import { assertExit } from '../agent.js'
import { addressOf } from '../document.js'
import {
  dataOf,
  dataOn,
  domainUuids,
  runningDomains,
  timesUp,
  waitForGuest,
  waitUntilGone,
  waitUntilThere,
} from '../facts.js'
import { guests } from '../guests.js'
import { ask, awaitOff, bootAgain } from '../host.js'
import { overSsh, untilNoRun } from '../over-ssh.js'
import { hostFrom } from '../scenario.js'
import { addGuest, copySite } from '../site.js'

const host = await hostFrom('converged')
const { signal } = new AbortController()
const site = copySite()
const [deaf, number] = ['lab-deaf', 13]
addGuest(site, deaf, number, 'deaf')
const all = [...guests, { name: deaf, address: `${addressOf(number)}/24` }]
const names = all.map(({ name }) => name).sort()
const [first] = guests
const data: Record<string, string> = {}

const running = async (): Promise<readonly string[]> => Object.keys(await runningDomains(host)).sort()
const withDom0 = (guests: readonly string[]): readonly string[] => ['Domain-0', ...guests]
const links = (): Promise<string> => ask(host, 'ls /etc/xen/auto')
const intervention = (): Promise<string> => ask(host, 'ls /var/lib/xenclosure/xen | grep intervention || true')
const down = ['intervene', 'down', 'labhost', '--limit', `${deaf}=60s`, '--on-timeout', 'destroy'] as const
const up = ['intervene', 'up', 'labhost'] as const

/** Runs the command until this has come true on the host; then it is killed, and what it began there ends. */
const killedWhen = async (words: readonly string[], isMiddle: Promise<unknown>): Promise<void> => {
  const kill = new AbortController()
  const killed = overSsh(host, site, words, { kill: kill.signal })
  await isMiddle
  kill.abort()
  t.equal((await killed).code, null, 'it was killed at work')
  await untilNoRun(host)
}

t.test('a third guest, deaf, is there', async t => {
  // The copy of the site has no history, and the host knows the edition of the original.
  const { code, answer, said } = await overSsh(host, site, ['apply', 'labhost', '--serial', '1000000'])
  assertExit(t, code, 0, { answer, said })
  t.match(await waitForGuest(host, deaf, `${addressOf(number)}/24`), '1 received')
  for (const { name } of all) data[name] = await dataOf(host, name)
})

t.test('killed on the way down, it leaves a host whose guests are not started again', async t => {
  await killedWhen(down, waitUntilGone(host, first.name))
  t.ok((await running()).includes(deaf), 'it does not answer')
  t.notOk((await running()).includes(first.name))
  t.equal(await links(), '')
  t.match(await intervention(), 'intervention.json')
})

t.test('called again, it goes on, destroys the guest whose time is over, and switches the host off', async t => {
  const { code, answer, said } = await overSsh(host, site, down)
  assertExit(t, code, 0, { answer, said })
  await awaitOff(host, signal)
})

t.test('a host that is switched on meanwhile starts nobody', async t => {
  await bootAgain(host, signal)
  t.same(await running(), withDom0([]))
  t.equal(await links(), '')
  t.match(await ask(host, `cat /var/log/xen/xl-${deaf}.log`), 'has been destroyed')
  for (const { name } of guests) t.match(await ask(host, `cat /var/log/xen/xl-${name}.log`), 'reason code 0')
})

t.test('killed on the way up and called again, it has every guest run once, with its data', async t => {
  await killedWhen(up, waitUntilThere(host, first.name))
  const { code, answer, said } = await overSsh(host, site, up)
  assertExit(t, code, 0, { answer, said })
  t.same(await running(), withDom0(names))
  t.equal((await domainUuids(host)).length, all.length, 'none runs twice')
  for (const { name, address } of all) {
    t.match(await waitForGuest(host, name, address, 2), '1 received', name)
    t.equal(await timesUp(host, name), 2, `${name} was started once`)
    t.equal(await dataOn(host, `/dev/vg_guests/${name}`), data[name], `${name} has its data`)
    t.match(await links(), name)
  }
  t.equal(await intervention(), '')
})
