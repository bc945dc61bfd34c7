// The certificate authorities that HTTPS trusts, in a process that stays.
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect, createServer, rootCertificates } from 'node:tls'
import t from 'tap'
import { secureContextOf } from '../../src/system/http.js'
import { localhostCertificate, localhostKey } from '../fixtures/localhost-tls.js'

t.test('authorities that the machine trusts since, or not any more, count without a restart', async t => {
  const server = createServer({ cert: localhostCertificate, key: localhostKey }, socket => socket.end())
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const dir = t.testdir({ bundle: rootCertificates[0] ?? '' })
  const bundles = [join(dir, 'none'), join(dir, 'bundle')]
  const isTrusted = async (ca?: string): Promise<boolean> => {
    const secureContext = await secureContextOf(ca, bundles)
    return new Promise(resolve => {
      const socket = connect({ host: '127.0.0.1', servername: 'localhost', port, secureContext })
      socket
        .once('error', () => resolve(false))
        .once('secureConnect', () => {
          socket.destroy()
          resolve(true)
        })
    })
  }
  t.equal(await isTrusted(), false)
  writeFileSync(join(dir, 'new'), localhostCertificate)
  renameSync(join(dir, 'new'), join(dir, 'bundle'))
  t.equal(await isTrusted(), true, 'the bundle was replaced')
  t.equal(await secureContextOf(undefined, bundles), await secureContextOf(undefined, bundles), 'read once')
  writeFileSync(join(dir, 'none'), rootCertificates[0] ?? '')
  t.equal(await isTrusted(), false, 'one that counts before it')
  t.equal(await isTrusted(localhostCertificate), true, '--ca')
  writeFileSync(join(dir, 'none'), localhostCertificate)
  utimesSync(join(dir, 'none'), 1e9, 1e9)
  t.equal(await isTrusted(), true, 'the bundle was written')
  for (const name of ['none', 'bundle']) rmSync(join(dir, name))
  t.equal(await isTrusted(), false, 'without a bundle, those of Node')
})
