// New volumes filled from images, also where the agent is killed in the middle, and where an image is not the declared one.
import t from 'tap'
import { assertExit, documentPath, runAgent } from '../agent.js'
import { addressOf, guest, publish } from '../document.js'
import { dataOf, domainUuids, runningDomains, waitForGuest } from '../facts.js'
import { ask, onHost } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const group = 'vg_guests'

await ask(
  host,
  `mkdir -p /srv/images /root/tree/etc && cd /srv/images
   (head -c 65536 /dev/urandom; head -c 32M /dev/zero; head -c 65536 /dev/urandom) > /root/disk.raw
   xz -0 --stdout /root/disk.raw > disk.raw.xz
   echo 'welcome' > /root/tree/etc/motd && tar -C /root/tree -cf tree.tar .`,
)
const sha256 = (path: string): Promise<string> => ask(host, `sha256sum ${path} | cut -d ' ' -f 1`)
const tags = (): Promise<string> => ask(host, `lvs --noheadings -o lv_name,lv_tags ${group} | grep filling | xargs`)
const digests = { raw: await sha256('/srv/images/disk.raw.xz'), tar: await sha256('/srv/images/tree.tar') }

const images = {
  raw: { source: '/srv/images/disk.raw.xz', sha256: digests.raw, unpack: 'raw.xz' },
  tar: { source: '/srv/images/tree.tar', sha256: digests.tar, unpack: 'tar' },
  wrong: { source: '/srv/images/tree.tar', sha256: digests.raw, unpack: 'tar' },
} as const

await publish(host, ({ lvm, xen }) => {
  for (const [index, [name, image]] of Object.entries(images).entries()) {
    Object.assign(lvm.groups[group]?.volumes ?? {}, { [name]: { size: 36, image } })
    xen.domains[name] = guest(41 + index, 'pvh', { xvda: { type: 'lvm', group, volume: name } })
  }
})

t.test('a run that is killed while it fills leaves a mark, and starts no guest on it', async t => {
  const before = await runningDomains(host)
  const { code } = await onHost(
    host,
    `xenclosure-agent run --document ${documentPath} > /root/run.log 2>&1 & run=$!
     until lvs --noheadings -o lv_tags ${group}/raw 2>/dev/null | grep -q xenclosure_filling; do sleep 0.1; done
     kill -9 $run; wait $run`,
  )
  t.equal(code, 137, 'it was killed')
  t.match(await tags(), 'raw xenclosure_filling')
  t.same(await runningDomains(host), before)
})

t.test('the next run fills it from the beginning, and starts the guests whose disks are whole', async t => {
  const before = await runningDomains(host)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 1, { stdout })
  t.equal(await tags(), 'wrong xenclosure_filling', 'what is not the declared image keeps the mark', { stdout })
  const { raw, tar, ...others } = await runningDomains(host)
  t.ok(raw && tar, 'two guests run')
  t.same(others, before, 'the third does not, and nothing else has changed')
  for (const [index, name] of ['raw', 'tar'].entries())
    t.match(await waitForGuest(host, name, `${addressOf(41 + index)}/24`), '1 received', name)
  t.equal(await ask(host, `cmp -n $(stat -c %s /root/disk.raw) /root/disk.raw /dev/${group}/raw && echo same`), 'same')
  t.equal(await dataOf(host, 'raw'), await ask(host, "head -c 64K /root/disk.raw | sha256sum | cut -d ' ' -f 1"))
  t.equal(await ask(host, `blkid -o value -s TYPE /dev/${group}/tar`), 'ext4')
  t.equal(await ask(host, `debugfs -R 'cat /etc/motd' /dev/${group}/tar 2> /dev/null`), 'welcome')
})

t.test('what was filled is never filled again', async t => {
  const before = await domainUuids(host)
  await ask(host, `xl destroy raw; dd if=/dev/urandom of=/dev/${group}/raw bs=64K count=1 oflag=direct status=none`)
  const written = await ask(host, `sha256sum /dev/${group}/raw`)
  await runAgent(host)
  t.equal(await ask(host, `sha256sum /dev/${group}/raw`), written)
  t.same(await domainUuids(host), before)
})
