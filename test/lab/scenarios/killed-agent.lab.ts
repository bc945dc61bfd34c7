// An agent that is killed in the middle of its first run, again and again: what it left is completed by the next run, and
// no guest runs twice.
import t from 'tap'
import { assertExit, documentPath, runAgent } from '../agent.js'
import { dataOf, dataOn, domainUuids, fingerprint, waitForGuest } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask, onHost } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('booted')

/** Seconds into the run: reading, LVM, configs, the boot menu, the first and the second start. */
const moments = [4, 7, 10, 14, 19, 25, 32, 40]

t.test('killed at many moments, it leaves nothing that a later run has not completed or undone', async t => {
  const killed = 137
  const codes: number[] = []
  for (const seconds of moments) {
    const { code } = await onHost(
      host,
      `timeout --foreground --signal=KILL ${seconds} xenclosure-agent run --document ${documentPath}`,
    )
    codes.push(code)
    const found = await domainUuids(host)
    t.same(found, [...new Set(found)], `no domain twice after ${seconds} s`)
  }
  t.ok(codes.filter(code => code === killed).length >= 3, 'most of them were killed', { codes })
})

t.test('the next run completes it, and the one after has nothing to do', async t => {
  const { code, stdout, stderr } = await runAgent(host)
  assertExit(t, code, 0, { stdout, stderr })
  t.same(await domainUuids(host), uuids)
  for (const { name, address } of guests) {
    t.match(await waitForGuest(host, name, address), '1 received', name)
    t.equal(await dataOn(host, `/dev/vg_guests/${name}`), await dataOf(host, name), `${name}: what it wrote is there`)
  }
  t.equal(await ask(host, 'vgs --noheadings -o lv_count vg_guests'), String(guests.length))
  t.equal(await ask(host, 'find /etc/xen /etc/default /boot/grub -name "*xenclosure-new*" -o -name "*.next"'), '')
  const before = await fingerprint(host)
  t.equal((await runAgent(host)).code, 0)
  t.equal(await fingerprint(host), before)
})
