// A host that has nothing but sshd and Node, and is to have one more guest: planned, brought there and found to be so from
// here. The connection is cut in the middle of a run; until that has ended it holds the host's lock, and the next one goes on.
import t from 'tap'
import { openLine } from '../../fixtures/cutting-proxy.js'
import { assertExit } from '../agent.js'
import { addressOf } from '../document.js'
import { dataOf, dataOn, domainUuids, fingerprint, runningDomains, waitForGuest } from '../facts.js'
import { guests } from '../guests.js'
import { ask } from '../host.js'
import { type Ended, overSsh, untilNoRun } from '../over-ssh.js'
import { hostFrom } from '../scenario.js'
import { addGuest, copySite } from '../site.js'

const host = await hostFrom('converged')
await ask(host, 'dpkg --purge xenclosure-agent')
const site = copySite()
const [name, number] = ['lab-third', 13]
addGuest(site, name, number)
const before = await runningDomains(host)

/** How many actions the host's report tells of. */
const actionsIn = ({ answer }: Ended): number =>
  (answer as { hosts: [{ report: { actions: readonly unknown[] } }] }).hosts[0].report.actions.length

t.test('a plan says what there is to do and changes nothing', async t => {
  const facts = await fingerprint(host)
  const { code, answer, said } = await overSsh(host, site, ['plan', 'labhost'])
  assertExit(t, code, 3, { answer, said })
  t.match(JSON.stringify(answer), `vg_guests/${name}`)
  t.equal(await fingerprint(host), facts)
})

t.test('a connection that is cut in the middle leaves a run that holds the lock, and then ends', async t => {
  const line = await openLine(t, host.port)
  // The run stands still for as long as it takes to see that nobody else can begin one.
  let stopped: Promise<unknown> | undefined
  const cutAtFirst = (said: string): void => {
    if (stopped === undefined && said.includes('"event":"started"'))
      stopped = ask(host, "pkill -STOP -f '[/]carried/xenclosure-agent'").finally(line.cut)
  }
  const cut = await overSsh(host, site, ['apply', 'labhost'], { port: line.port, onLine: cutAtFirst })
  t.match(cut, { code: 1, answer: { hosts: [{ error: /^labhost: the connection is lost/ }] } })
  await stopped
  const second = await overSsh(host, site, ['apply', 'labhost'])
  t.equal(second.code, 75, 'another run holds the lock', second)
  await ask(host, "pkill -CONT -f '[/]carried/xenclosure-agent'")
  await untilNoRun(host)
})

t.test('the next one goes on, and the one after has nothing to do', async t => {
  const next = await overSsh(host, site, ['apply', 'labhost'])
  assertExit(t, next.code, 0, next)
  t.ok(actionsIn(next) > 0, 'something was left to do')
  t.match(await waitForGuest(host, name, `${addressOf(number)}/24`), '1 received')
  t.equal(await dataOn(host, `/dev/vg_guests/${name}`), await dataOf(host, name), 'what it wrote is there')
  const { [name]: _new, ...others } = await runningDomains(host)
  t.same(others, before, 'the others never stopped')
  t.equal((await domainUuids(host)).length, guests.length + 1, 'none runs twice')
  const again = await overSsh(host, site, ['apply', 'labhost'])
  t.match([again.code, actionsIn(again)], [0, 0], 'exit code and actions', again)
})
