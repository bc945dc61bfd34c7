// xenclosure-netboot as xl calls it: the built program, a FIFO, and a provisioner; or somebody who only says so.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bundleNetboot } from '../../src/build/bundle-program.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { localhostCertificate, localhostKey } from '../fixtures/localhost-tls.js'
import { startServing } from '../fixtures/serving.js'
import { boot, order, ui } from '../fixtures/ui-to-install.js'

const program = join(t.testdir({}), 'xenclosure-netboot.mjs')
const { outputs } = await bundleNetboot(packageRoot(), program)

const { system, ...others } = ui()
const netboot = { server: '127.0.0.1', install: { kernel: 'vmlinuz', initrd: 'initrd.img', cmdline: 'ip=dhcp' } }
const machine = { ...others, system: { ...system, netboot } }

const card = '00-16-3e-00-00-01'
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What xl has for a domain: a FIFO to read from, a directory, and a pygrub that says what it was called with. */
const domain = (t: Test) => {
  const tftp = { vmlinuz: 'the kernel', 'initrd.img': 'the ramdisk' }
  const dir = t.testdir({ out: {}, documents: { 'ui.json': JSON.stringify(machine) }, tftp })
  const fifo = join(dir, 'fifo')
  execFileSync('mkfifo', [fifo])
  const grub = join(dir, 'grub')
  writeFileSync(grub, `#!/bin/sh\necho "called with $*"\nexit 7\n`)
  chmodSync(grub, 0o755)
  return { dir, fifo, grub, cache: join(dir, 'cache'), out: join(dir, 'out') }
}

type Domain = ReturnType<typeof domain>
type Ran = { readonly code: unknown; readonly said: string; readonly items: readonly string[] }

/** The provisioner of the domain. */
const provisioning = async (t: Test, { dir }: Domain, tls?: { readonly key: string; readonly cert: string }) => {
  const tftp = join(dir, 'tftp')
  const installations = { netboot: tftp, templates: () => () => undefined }
  const serving = await startServing(t, { documents: join(dir, 'documents'), installations, ...(tls && { tls }) })
  return { ...serving, tftp, state: (boots: 'install' | 'local') => boot(machine, tftp, boots) }
}

/** Somebody who answers as he likes. */
const answering = async (t: Test, answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const disk = '/dev/vg_guests/ui'

const start = ({ out, fifo, cache, grub }: Domain, url: string, more: readonly string[] = []): ChildProcess =>
  spawn(program, [
    ...['--args=console=hvc0', `--output=${fifo}`, '--output-format=simple0', `--output-directory=${out}`],
    ...['--mac=00:16:3E:00:00:01', `--provisioner=${url}`, `--local=${grub}`, `--cache=${cache}`, ...more, disk],
  ])

/** To its end, with a reader of the FIFO, as older versions of xl have it. */
const run = async (from: Domain, url: string, ...more: readonly string[]): Promise<Ran> => {
  const reader = spawn('cat', [from.fifo])
  const ended = once(reader, 'close')
  const child = start(from, url, more)
  const [said, items]: [Buffer[], Buffer[]] = [[], []]
  child.stdout?.on('data', chunk => said.push(chunk))
  child.stderr?.on('data', chunk => said.push(chunk))
  reader.stdout.on('data', chunk => items.push(chunk))
  const [code] = await once(child, 'close')
  // Where nothing was written the reader waits for a writer still.
  if (code !== 0) reader.kill()
  await ended
  return { code, said: Buffer.concat(said).toString(), items: Buffer.concat(items).toString().split('\0') }
}

t.test('the bundle is small, and holds no library', async t => {
  const [output] = Object.values(outputs)
  t.ok(output && output.bytes < 20_000)
  t.notMatch(Object.keys(output?.inputs ?? {}).join(), 'node_modules')
})

t.test("an ordered installation is booted, with its token and the domain's own arguments", async t => {
  const xl = domain(t)
  const { url, state } = await provisioning(t, xl)
  state('install')
  const { code, said, items } = await run(xl, url)
  t.equal(code, 0, said)
  t.strictSame(items, [
    `kernel ${xl.out}/kernel`,
    `ramdisk ${xl.out}/ramdisk`,
    `args ip=dhcp inst.ks=https://provision.example.org/kickstart/ui.ks?token=${order.token} console=hvc0`,
    '',
  ])
  t.equal(readFileSync(join(xl.out, 'kernel'), 'utf8'), 'the kernel')
  t.equal(readFileSync(join(xl.out, 'ramdisk'), 'utf8'), 'the ramdisk')
  t.match(said, /^xenclosure-netboot: ui boots install: kernel fetched\n.*: ramdisk fetched\n$/)
  t.notMatch(said, order.token)
})

t.test('local goes on to the bootloader of the disk, with what it was called with but what is its own', async t => {
  const xl = domain(t)
  const { url, state } = await provisioning(t, xl)
  state('local')
  const { code, said } = await run(xl, url, '--entry=2', '--within=5')
  t.equal(code, 7, 'its exit code is that of the other')
  const passed = ['--args=console=hvc0', `--output=${xl.fifo}`, '--output-format=simple0']
  t.equal(said, `called with ${[...passed, `--output-directory=${xl.out}`, '--entry=2', disk].join(' ')}\n`)
})

t.test(
  'where nobody answers in time it boots its own disk, and says so; or fails, where that was asked for',
  async t => {
    const xl = domain(t)
    const silent = await answering(t, request => request.resume())
    const { url, stop } = await provisioning(t, xl)
    await stop()
    for (const [who, reason] of [
      [silent, /\/boot\/00-16-3e-00-00-01: no answer within 0\.3 s: 00:16:3e:00:00:01 boots its own disk\n/],
      [url, /ECONNREFUSED.* boots its own disk\n/],
    ] as const) {
      const local = await run(xl, who, '--within=0.3')
      t.match(local, { code: 7, said: reason })
      t.match(local.said, 'called with')
      const failed = await run(xl, who, '--within=0.3', '--unanswered=fail')
      t.match(failed, { code: 1, said: /^xenclosure-netboot: http/ })
      t.notMatch(failed.said, 'called with')
    }
  },
)

t.test('it asks again until the time is over: a provisioner may come after the guest', async t => {
  const xl = domain(t)
  let asked = 0
  const url = await answering(t, (_, answer) => {
    asked += 1
    answer.writeHead(asked < 3 ? 503 : 200).end('{"boot":"local"}')
  })
  const { code, said } = await run(xl, url)
  t.match({ code, said }, { code: 7, said: /^called with/ })
  t.equal(asked, 3)
})

const plausible = (more: object = {}): object => ({
  ...{ boot: 'install', machine: 'ui', cmdline: 'x' },
  kernel: { url: `${card}/install/kernel`, sha256: digest('the kernel') },
  ...more,
})
const image = (url: string) => ({ kernel: { url, sha256: digest('x') } })

t.test('an answer that makes no sense is none, and never an installation', async t => {
  const xl = domain(t)
  const [html, json] = [{ 'content-type': 'text/html' }, { 'content-type': 'application/json' }]
  const wrong: { readonly [what: string]: readonly [(answer: ServerResponse) => unknown, RegExp] } = {
    'another page': [answer => answer.writeHead(200, html).end('<html>'), /not JSON/],
    'a list': [answer => answer.end('[]'), /not JSON as/],
    'a refusal': [answer => answer.writeHead(403).end(), /answers 403/],
    'nothing there': [answer => answer.writeHead(404).end(), /answers 404/],
    huge: [answer => answer.writeHead(200, json).end(`"${'x'.repeat(70_000)}"`), /larger than 65536 bytes/],
    'a redirect out of HTTP': [answer => answer.writeHead(302, { location: 'file:///etc/passwd' }).end(), /redirected/],
    'redirects without an end': [answer => answer.writeHead(302, { location: '/' }).end(), /more than 5 redirects/],
    ...Object.fromEntries(
      Object.entries({
        'no state': [{ boot: 'format' }, /neither local/],
        'no machine': [{ machine: '../x' }, /no machine/],
        'no kernel': [{ kernel: null }, /kernel has no SHA-256/],
        'a digest that is a path': [{ kernel: { url: 'x', sha256: `../${digest('x').slice(3)}` } }, /no SHA-256/],
        'a file': [image('file:///etc/shadow'), /not to be fetched by file:/],
        'no URL': [image('http://['), /no URL/],
        'a NUL': [{ cmdline: 'a\0kernel /etc/shadow' }, /no plain text/],
        'a long line': [{ cmdline: 'x'.repeat(5000) }, /longer than 4096/],
      } as const).map(([what, [more, reason]]) => [
        what,
        [(answer: ServerResponse) => answer.end(JSON.stringify(plausible(more))), reason],
      ]),
    ),
  }
  for (const [what, [answer, reason]] of Object.entries(wrong)) {
    const url = await answering(t, (_, response) => answer(response))
    const { code, said } = await run(xl, url)
    t.match({ code, said }, { code: 7, said: reason }, what)
    t.match(said, /boots its own disk\ncalled with/, what)
  }
  t.notOk(existsSync(xl.cache))
})

t.test('an image that is not what its digest says fails the start, and is not kept', async t => {
  const xl = domain(t)
  const url = await answering(t, ({ url: path }, answer) => {
    answer.end(path?.endsWith('kernel') ? 'another kernel' : JSON.stringify(plausible()))
  })
  const { code, said, items } = await run(xl, url)
  t.match({ code, items }, { code: 1, items: [''] })
  t.match(said, /kernel is another file than the provisioner says: SHA-256 \w{64}, expected \w{64}\n$/)
  t.notMatch(said, 'called with')
  t.same(readdirSync(xl.cache), [])
})

t.test('an image that breaks off, or is not there, fails the start', async t => {
  const xl = domain(t)
  for (const [give, reason] of [
    [
      (answer: ServerResponse) => answer.writeHead(200, { 'content-length': 9 }).write('the', () => answer.destroy()),
      /aborted|ECONNRESET/,
    ],
    [(answer: ServerResponse) => answer.writeHead(404).end(), /answers 404/],
  ] as const) {
    const url = await answering(t, ({ url: path }, answer) => {
      if (path?.endsWith('kernel')) give(answer)
      else answer.end(JSON.stringify(plausible()))
    })
    t.match(await run(xl, url), { code: 1, said: reason })
    t.same(readdirSync(xl.cache), [])
  }
})

t.test('what was fetched once is not fetched again, unless it is no longer what it was', async t => {
  const xl = domain(t)
  const { url, state, events } = await provisioning(t, xl)
  state('install')
  const fetched = () => events.filter(event => event.event === 'answered' && /install/.test(event.path)).length
  await run(xl, url)
  t.equal(fetched(), 2)
  t.match(await run(xl, url), { code: 0, said: /kernel kept\n.*ramdisk kept\n/ })
  t.equal(fetched(), 2)
  t.equal(readFileSync(join(xl.out, 'kernel'), 'utf8'), 'the kernel')
  writeFileSync(join(xl.cache, digest('the kernel')), 'the kernal')
  t.match(await run(xl, url), { code: 0, said: /kernel fetched\n.*ramdisk kept\n/ })
  t.equal(readFileSync(join(xl.cache, digest('the kernel')), 'utf8'), 'the kernel')
  t.equal(readFileSync(join(xl.out, 'kernel'), 'utf8'), 'the kernel')
})

t.test('the cache is bounded: what was used longest ago goes, and what a killed one left', async t => {
  const xl = domain(t)
  const { url, state } = await provisioning(t, xl)
  state('install')
  mkdirSync(xl.cache)
  const old = (name: string, size: number, hours: number): void => {
    const path = join(xl.cache, name)
    writeFileSync(path, '')
    truncateSync(path, size)
    utimesSync(path, new Date(), new Date(Date.now() - hours * 3600_000))
  }
  old('b'.repeat(64), 3 * 1024 ** 3, 2)
  old('a'.repeat(64), 2 * 1024 ** 3, 3)
  old(`${'c'.repeat(64)}.1.tmp`, 5, 3)
  old(`${'d'.repeat(64)}.2.tmp`, 5, 0)
  t.equal((await run(xl, url)).code, 0)
  t.same(
    readdirSync(xl.cache).sort(),
    [digest('the kernel'), digest('the ramdisk'), 'b'.repeat(64), `${'d'.repeat(64)}.2.tmp`].sort(),
  )
})

t.test('several guests at once share the cache', async t => {
  const xl = domain(t)
  const { url, state } = await provisioning(t, xl)
  state('install')
  const guests = ['1', '2', '3', '4'].map(name => {
    const [out, fifo] = [join(xl.dir, name), join(xl.dir, `${name}.fifo`)]
    mkdirSync(out)
    execFileSync('mkfifo', [fifo])
    return { ...xl, out, fifo }
  })
  for (const { code, said } of await Promise.all(guests.map(guest => run(guest, url)))) t.equal(code, 0, said)
  for (const { out } of guests) t.equal(readFileSync(join(out, 'ramdisk'), 'utf8'), 'the ramdisk')
  t.same(readdirSync(xl.cache).sort(), [digest('the kernel'), digest('the ramdisk')].sort())
})

t.test('over HTTPS it trusts the authority that it is given, and no other', async t => {
  const xl = domain(t)
  const { url, state } = await provisioning(t, xl, { key: localhostKey, cert: localhostCertificate })
  state('install')
  const ca = `--ca=${localhostCertificate.replace(/-----[A-Z ]+-----|\n/g, '')}`
  t.match(await run(xl, url, ca), { code: 0, said: /kernel fetched/ })
  const { code, said } = await run(xl, url, '--within=1')
  t.match({ code, said }, { code: 7, said: /self-signed certificate.* boots its own disk/ })
})

t.test('xl that gives up on it ends it, and the bootloader of the disk, too', async t => {
  const xl = domain(t)
  writeFileSync(xl.grub, '#!/bin/sh\ntrap "echo ended; exit 3" TERM\necho waits\nread line')
  const child = start(xl, await answering(t, (_, answer) => answer.end('{"boot":"local"}')))
  const said: string[] = []
  child.stdout?.setEncoding('utf8').on('data', text => {
    said.push(text)
    if (text === 'waits\n') child.kill('SIGTERM')
  })
  t.strictSame(await once(child, 'close'), [3, null])
  t.equal(said.join(''), 'waits\nended\n')
})

t.test('any part of a second is waited for', async t => {
  const xl = domain(t)
  const { url, state } = await provisioning(t, xl)
  state('install')
  t.match(await run(xl, url, '--within=5.0001'), { code: 0, items: [/^kernel /] })
})

t.test('a bootloader of the disk that is not there is named, with the option', async t => {
  const xl = domain(t)
  const { url } = await provisioning(t, xl)
  t.match(await run(xl, url, '--local=no-such-program'), {
    code: 1,
    said: /^xenclosure-netboot: --local=no-such-program: there is no such program; install it, or name another\n$/,
  })
})

t.test('what is missing or wrong on the command line is said', async t => {
  const xl = domain(t)
  for (const [more, reason] of [
    ['--mac=00:16', /--mac=00:16: expected the MAC of a card/],
    ['--provisioner=ftp://x', /--provisioner=ftp:\/\/x: expected a URL/],
    ['--within=soon', /--within=soon: expected seconds/],
    ['--within=1e400', /--within=1e400: expected seconds/],
    ['--within=3601', /--within=3601: expected seconds, at most 3600/],
    ['--within=', /--within=: expected seconds/],
    ['--unanswered=install', /--unanswered=install: expected local or fail/],
    ['--ca=/etc/ca.pem\n', /--ca: expected what stands between/],
    ['--output-format=sxp', /xl starts this/],
  ] as const)
    t.match(await run(xl, 'http://127.0.0.1:1', more), { code: 2, said: reason }, more)
})
