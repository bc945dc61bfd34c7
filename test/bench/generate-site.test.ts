import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { components } from '../../components/index.js'
import { compileSite } from '../../src/compiler/compile.js'
import { canonicalJson, type Json } from '../../src/model/json.js'
import { parsePointer, valueAt } from '../../src/model/pointer.js'
import { generateSite } from './generate-site.js'

const dir = mkdtempSync(join(tmpdir(), 'generate-site-'))
t.teardown(() => rmSync(dir, { recursive: true }))
generateSite(dir, 3)
const { compiled, diagnostics } = compileSite(dir, components)
const documents = compiled?.documents ?? new Map<string, Json>()
const at = (machine: string, pointer: string): Json | undefined =>
  valueAt(documents.get(`${machine}.example.org`), parsePointer(pointer))

t.test('the site compiles without a word', async t => {
  t.same(diagnostics, [])
  t.equal(documents.size, 3 * 6)
})

// The figures are those of panc's documents of the same machines.
t.test('a host has what the same host has that panc compiled', async t => {
  t.equal(at('host00002', '/hardware/serialnumber'), 'SN0000027')
  t.equal(at('host00002', '/hardware/cards/nic/eth1/hwaddr'), 'ac:1f:6b:00:00:11')
  t.equal(at('host00002', '/hardware/ram/0/size'), 262144)
  t.equal(at('host00002', '/system/network/interfaces/eth0/ip'), '10.8.0.2')
  t.equal(at('host00002', '/software/components/yum/options/gamma'), 'gamma-host00002-11')
  t.equal(at('host00002', '/software/components/packages/host-pkg0099/version'), '1.19-1')
})

t.test('a host gives its guests what panc gave them', async t => {
  const panc = [
    ['vm000010', 8192, 4, '00:16:3e:00:00:0a', 81920],
    ['vm000011', 4096, 2, '00:16:3e:00:00:0b', 40960],
    ['vm000012', 2048, 1, '00:16:3e:00:00:0c', 20480],
    ['vm000013', 16384, 8, '00:16:3e:00:00:0d', 163840],
    ['vm000014', 8192, 4, '00:16:3e:00:00:0e', 81920],
  ] as const
  for (const [guest, memory, vcpus, mac, disk] of panc) {
    const domain = `/software/components/xen/domains/${guest}.example.org`
    t.equal(at('host00002', `${domain}/options/memory`), memory, guest)
    t.equal(at('host00002', `${domain}/options/vcpus`), vcpus, guest)
    t.same(at('host00002', `${domain}/vifs/eth0`), { bridge: 'xenbr0', mac })
    t.equal(at('host00002', `/software/components/lvm/groups/xenvg/volumes/${guest}.example.org/size`), disk, guest)
  }
})

t.test('a guest has its role', async t => {
  t.equal(at('vm000001', '/system/function'), 'db')
  t.equal(at('vm000001', '/software/components/cron/options/db'), '0 4 * * * root /usr/sbin/db-maintenance')
  t.equal(at('vm000001', '/software/components/packages/db-server/version'), '2.1-3')
})

// Without white space panc's are of 13,781 and 10,787 bytes.
t.test('documents are as large as those of panc', async t => {
  const size = (machine: string) => Buffer.byteLength(canonicalJson(documents.get(`${machine}.example.org`) ?? null))
  t.ok(Math.abs(size('host00000') / 13781 - 1) < 0.02)
  t.ok(Math.abs(size('vm000001') / 10787 - 1) < 0.02)
})
