// The host is switched off without warning in the middle of the agent's first run. After its next boot a run completes
// what was begun.
import t from 'tap'
import { assertExit, documentPath, runAgent } from '../agent.js'
import { dataOf, dataOn, domainUuids, waitForGuest } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask, bootAgain } from '../host.js'
import { cutPower } from '../qemu.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('booted')
const { signal } = new AbortController()

t.test('the power fails when the first volume has just been made', async t => {
  await ask(host, 'sync')
  await ask(
    host,
    `nohup xenclosure-agent run --document ${documentPath} > /root/run.log 2>&1 &
     until lvs vg_guests/lab-pv > /dev/null 2>&1; do sleep 0.1; done`,
  )
  await cutPower(host.directory)
  await bootAgain(host, signal)
  t.same(await domainUuids(host), [], 'no guest runs yet')
})

t.test('the next run completes what was begun', async t => {
  const { code, stdout, stderr } = await runAgent(host)
  assertExit(t, code, 0, { stdout, stderr })
  t.same(await domainUuids(host), uuids)
  for (const { name, address } of guests) {
    t.match(await waitForGuest(host, name, address), '1 received', name)
    t.equal(await dataOn(host, `/dev/vg_guests/${name}`), await dataOf(host, name), `${name}: what it wrote is there`)
  }
  t.equal((await runAgent(host)).code, 0)
})
