// What a DHCP server's unit is told, where systemd does not answer.
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { noteReload, reloadIfDue } from '../../../src/provision/dhcp/reload.js'

t.test('a reload that does not end is given up, and stays due', async t => {
  const dir = t.testdir({ bin: { systemctl: '#!/bin/sh\nexec sleep 5\n' }, out: {} })
  const [bin, out] = [join(dir, 'bin'), join(dir, 'out')]
  chmodSync(join(bin, 'systemctl'), 0o755)
  const path = process.env.PATH
  t.teardown(() => {
    process.env.PATH = path
  })
  process.env.PATH = `${bin}:${path}`
  t.equal(reloadIfDue(out, 'restart', 'dhcpd', 200), undefined, 'nothing is due')
  noteReload(out)
  t.equal(reloadIfDue(out, 'restart', 'dhcpd', 200), 'systemctl restart dhcpd: it has not ended within 0.2 s')
  t.ok(existsSync(join(out, '.reload-due')))
  writeFileSync(join(bin, 'systemctl'), '#!/bin/sh\nexit 0\n')
  t.equal(reloadIfDue(out, 'restart', 'dhcpd', 5000), undefined)
  t.notOk(existsSync(join(out, '.reload-due')))
})
