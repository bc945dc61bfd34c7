// What a machine boots, asked over HTTP by the MAC of its card: what its entry on the TFTP server says.
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { installFiles } from '../../../src/provision/install-files.js'
import { type BootState, entriesOf, type Installation } from '../../../src/provision/netboot/entry.js'
import { sayByHand, startServing } from '../../fixtures/serving.js'
import { order, ui } from '../../fixtures/ui-to-install.js'

const machine = (netboot: object = {}) => {
  const { system, ...others } = ui()
  const install = { kernel: 'el9/vmlinuz', initrd: '/el9/initrd.img', cmdline: 'ip=dhcp console=hvc0' }
  const declared = { server: '127.0.0.1', install, rescue: { kernel: 'el9/vmlinuz' }, ...netboot }
  return { ...others, system: { ...system, netboot: declared } }
}

const [card, second] = ['00-16-3e-00-00-01', '00-16-3e-00-00-02']
const [kernel, initrd] = [Buffer.alloc(200_000, 'kernel'), Buffer.from('initrd')]
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const serving = async (t: Test, served = machine()) => {
  const dir = t.testdir({
    documents: { 'ui.json': JSON.stringify(served) },
    tftp: { el9: { vmlinuz: kernel, 'initrd.img': initrd } },
    'secret.txt': 'secret',
  })
  const netboot = join(dir, 'tftp')
  const installations = { netboot, templates: () => () => undefined }
  const server = await startServing(t, { documents: join(dir, 'documents'), installations })
  const state = (boots: BootState, installation?: Installation): void => {
    const entries = entriesOf(served, boots, installation)
    if (!entries.ok) throw new Error(entries.fault.message)
    installFiles(netboot, entries.files, [])
  }
  const get = (path: string, init?: RequestInit) => fetch(`${server.url}/boot/${path}`, init)
  const boots = async (mac = card) => (await get(mac)).json()
  return { ...{ ...server, dir, netboot, state }, get, boots }
}

t.test('a machine without an entry, or whose entry is local, boots its own disk', async t => {
  const { boots, state } = await serving(t)
  t.strictSame(await boots(), { boot: 'local' })
  state('local')
  t.strictSame(await boots(), { boot: 'local' })
  t.strictSame(await boots('00-16-3e-00-00-77'), { boot: 'local' }, 'a card that nobody has')
})

t.test(
  'an installation is told with its token and digests, by either card, and what it names can be fetched',
  async t => {
    const { boots, get, state } = await serving(t)
    state('install', order)
    const told = {
      boot: 'install',
      machine: 'ui',
      kernel: { url: `${card}/install/kernel`, sha256: digest(kernel) },
      ramdisk: { url: `${card}/install/initrd`, sha256: digest(initrd) },
      cmdline: `ip=dhcp console=hvc0 inst.ks=https://provision.example.org/kickstart/ui.ks?token=${order.token}`,
    }
    t.strictSame(await boots(), told)
    t.match(await boots(second), { machine: 'ui', cmdline: told.cmdline })
    const answer = await get(`${card}/install/kernel`)
    t.match(answer, { status: 200 })
    t.equal(answer.headers.get('content-length'), '200000')
    t.ok(kernel.equals(Buffer.from(await answer.arrayBuffer())))
    t.equal(await (await get(`${card}/install/initrd`)).text(), 'initrd')
    const head = await get(`${card}/install/kernel`, { method: 'HEAD' })
    t.equal(head.headers.get('content-length'), '200000')
  },
)

t.test('an installation that was not begun in its time is begun no more, and the log says so', async t => {
  const { boots, state, events } = await serving(t)
  state('install', { token: 'late', from: '2026-11-27T12:00:00.000Z', until: '2026-11-28T12:00:00.000Z' })
  t.strictSame(await boots(), { boot: 'local' })
  t.match(events, [{ status: 200, reason: /^ui boots its own disk: .* to be begun until 2026-11-28T12:00:00.000Z$/ }])
})

t.test('the rescue system has no token, and what is not declared is not there', async t => {
  const { boots, get, state } = await serving(t)
  state('rescue', order)
  const told = {
    boot: 'rescue',
    machine: 'ui',
    cmdline: '',
    kernel: { url: `${card}/rescue/kernel`, sha256: digest(kernel) },
  }
  t.strictSame(await boots(), told)
  t.equal((await get(`${card}/rescue/initrd`)).status, 404)
})

t.test('a file that was replaced has another digest', async t => {
  const { boots, netboot, state } = await serving(t)
  state('install', order)
  t.match(await boots(), { kernel: { sha256: digest(kernel) } })
  writeFileSync(join(netboot, 'new'), 'another kernel')
  renameSync(join(netboot, 'new'), join(netboot, 'el9/vmlinuz'))
  t.match(await boots(), { kernel: { sha256: digest(Buffer.from('another kernel')) } })
})

t.test('the answer is of the machine that has the card now, whatever loader it had before', async t => {
  const { boots, netboot, state } = await serving(t, machine({ loader: 'grub-uefi' }))
  mkdirSync(join(netboot, 'pxelinux.cfg'))
  writeFileSync(join(netboot, `pxelinux.cfg/01-${card}`), '# xenclosure: other boots install\n')
  t.strictSame(await boots(), { boot: 'local' })
  state('install', order)
  t.match(await boots(), { boot: 'install', machine: 'ui' })
})

t.test('nothing outside of the root of the TFTP server is given', async t => {
  const outside = machine({ install: { kernel: '../secret.txt' }, rescue: { kernel: 'link' } })
  const { get, netboot, port, events } = await serving(t, outside)
  symlinkSync('../secret.txt', join(netboot, 'link'))
  installFiles(netboot, [{ path: `pxelinux.cfg/01-${card}`, content: '# xenclosure: ui boots install\n' }], [])
  for (const path of [card, `${card}/install/kernel`, `${card}/rescue/kernel`]) {
    const answer = await get(path)
    t.equal(answer.status, 500, path)
    t.notMatch(await answer.text(), 'secret')
  }
  t.match(events[0], { reason: /secret.txt is not below the root/ })
  const tricks = [
    `${card}/local/kernel`,
    `${card}/install/../../ui.json`,
    `../secret.txt`,
    `${card.toUpperCase()}`,
    '..',
  ]
  for (const path of tricks)
    t.match(await sayByHand(port, `GET /boot/${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`), / 404 /, path)
  t.equal((await get(card, { method: 'POST' })).status, 405)
})

t.test('a declared file that is missing is said in the log', async t => {
  const { get, netboot, state, events } = await serving(t)
  state('install', order)
  rmSync(join(netboot, 'el9/initrd.img'))
  t.equal((await get(card)).status, 500)
  t.match(events[0], { reason: /no such file.*initrd\.img/ })
  t.notMatch(JSON.stringify(events), order.token)
})

t.test('a client that goes in the middle of a file costs nothing', async t => {
  const { get, state, port, events, netboot } = await serving(t)
  state('install', order)
  writeFileSync(join(netboot, 'el9/vmlinuz'), Buffer.alloc(64 * 1024 ** 2))
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET /boot/${card}/install/kernel HTTP/1.1\r\nhost: x\r\n\r\n`)
  await new Promise(resolve => socket.once('data', resolve))
  socket.destroy()
  t.equal((await get(card)).status, 200)
  while (events.length < 2) await new Promise(setImmediate)
  t.match(
    events.find(event => event.event === 'answered' && event.path.endsWith('kernel')),
    { reason: /was gone/ },
  )
})
