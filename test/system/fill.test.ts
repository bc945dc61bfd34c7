// Filling of files and devices on this machine: every way an image comes, and every way it goes wrong. What needs root
// (a new filesystem, a block device) skips without it.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { CommandFailed, type Unpacking } from '../../src/model/system.js'
import { LocalSystem } from '../../src/system/local.js'
import { localhostCertificate, localhostKey } from '../fixtures/localhost-tls.js'
import { skipWithout } from '../oracles/require-tool.js'

const MiB = 1024 ** 2

/** Noise, a hole, noise: neither whole blocks nor multiples of a sector. */
const image = Buffer.concat([randomBytes(MiB + 77), Buffer.alloc(3 * MiB), randomBytes(1234)])
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const packed: { readonly [unpack: string]: (bytes: Buffer) => Buffer } = {
  raw: bytes => bytes,
  'raw.gz': bytes => gzipSync(bytes),
  'raw.xz': bytes => execFileSync('xz', ['-c'], { input: bytes, maxBuffer: 16 * MiB }),
  'raw.zst': bytes => execFileSync('zstd', ['-cq'], { input: bytes, maxBuffer: 16 * MiB }),
}

/** xz and zstd are commands; gzip is Node's own. */
const lacksUnpacker = (t: Test, unpack: string): boolean =>
  (unpack.endsWith('.xz') && skipWithout(t, 'xz', 'apt-get install -y xz-utils')) ||
  (unpack.endsWith('.zst') && skipWithout(t, 'zstd', 'apt-get install -y zstd'))

/** A file of so many bytes, all holes. */
const emptyFile = (t: Test, bytes: number): string => {
  const path = join(t.testdir(), 'disk.img')
  closeSync(openSync(path, 'w'))
  truncateSync(path, bytes)
  return path
}

const fillWith = (source: string, digest: string, unpack: Unpacking, target: string, signal?: AbortSignal) =>
  new LocalSystem().fill({ source, sha256: digest, unpack, target }, signal)

for (const [unpack, pack] of Object.entries(packed)) {
  t.test(`${unpack} from a file, and by HTTP`, async t => {
    if (lacksUnpacker(t, unpack)) return
    const bytes = pack(image)
    const server = createServer((_request, response) => response.end(bytes))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/image`
    const target = emptyFile(t, 8 * MiB)
    const source = join(t.testdirName, 'image')
    writeFileSync(source, bytes)
    for (const from of [source, url]) {
      writeFileSync(target, Buffer.alloc(8 * MiB, 1))
      await fillWith(from, sha256(bytes), unpack as Unpacking, target)
      const found = readFileSync(target)
      t.equal(found.length, 8 * MiB, 'the file keeps its size')
      t.ok(found.subarray(0, image.length).equals(image), 'it holds the image, its zeros too')
    }
  })

  t.test(`${unpack} that was cut off, or is something else`, async t => {
    const target = emptyFile(t, 8 * MiB)
    const whole = pack(image)
    const wrong = [whole.subarray(0, whole.length - 100), Buffer.concat([whole, randomBytes(9)]), randomBytes(5000)]
    for (const [index, bytes] of wrong.entries()) {
      const source = join(t.testdirName, `image-${index}`)
      writeFileSync(source, bytes)
      await t.rejects(fillWith(source, sha256(whole), unpack as Unpacking, target), { name: 'CommandFailed' })
    }
  })
}

t.test('over https it believes the authorities of a file that is named, beside those of the machine', async t => {
  const server = createSecureServer({ cert: localhostCertificate, key: localhostKey }, (_request, response) =>
    response.end(image),
  )
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve))
  t.teardown(() => server.close())
  const target = emptyFile(t, 8 * MiB)
  const caFile = join(t.testdirName, 'ca.pem')
  writeFileSync(caFile, localhostCertificate)
  const source = `https://localhost:${(server.address() as AddressInfo).port}/image`
  const fill = { source, sha256: sha256(image), unpack: 'raw', target } as const
  await t.rejects(new LocalSystem().fill(fill), { name: 'CommandFailed', message: /self.signed certificate/ })
  await new LocalSystem({ caFile }).fill(fill)
  t.ok(readFileSync(target).subarray(0, image.length).equals(image))
})

t.test('an image with another digest says which it has', async t => {
  const target = emptyFile(t, 8 * MiB)
  const source = join(t.testdirName, 'image')
  writeFileSync(source, image)
  const message = `fill ${target}: from ${source}: its sha256 is ${sha256(image)}, declared ${'0'.repeat(64)}`
  await t.rejects(fillWith(source, '0'.repeat(64), 'raw', target), { name: 'CommandFailed', message })
})

t.test('holes stay holes', async t => {
  const target = emptyFile(t, 64 * MiB)
  const source = join(t.testdirName, 'image.gz')
  const bytes = Buffer.concat([Buffer.alloc(40 * MiB), randomBytes(10)])
  writeFileSync(source, gzipSync(bytes))
  await fillWith(source, sha256(gzipSync(bytes)), 'raw.gz', target)
  t.ok(statSync(target).blocks * 512 <= 2 * MiB, 'only what is not zero takes space')
})

t.test('what is not there, does not fit, or comes to an end too early', async t => {
  const target = emptyFile(t, MiB)
  const source = join(t.testdirName, 'image')
  writeFileSync(source, image)
  const server = createServer((request, response) => {
    if (request.url === '/missing') return void response.writeHead(404).end()
    response.writeHead(200, { 'content-length': String(image.length) })
    response.write(image.subarray(0, 5000), () => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cases: readonly (readonly [source: string, target: string, message: RegExp])[] = [
    [source, target, /the image is larger than .*disk\.img, which has 1 MiB/],
    [`${source}-nosuch`, target, /ENOENT/],
    [source, `${target}-nosuch`, /ENOENT/],
    [`${url}/missing`, target, /the server answers 404/],
    [`${url}/cut`, target, /aborted/],
  ]
  for (const [from, to, message] of cases) {
    await t.rejects(fillWith(from, sha256(image), 'raw', to), { name: 'CommandFailed', message })
    await t.rejects(fillWith(from, sha256(image), 'raw.xz', to), { name: 'CommandFailed' })
  }
})

t.test('a command that is missing is named with its package', async t => {
  const target = emptyFile(t, 8 * MiB)
  const source = join(t.testdirName, 'image')
  writeFileSync(source, image)
  const { PATH } = process.env
  process.env.PATH = t.testdirName
  t.teardown(() => {
    process.env.PATH = PATH
  })
  const message = /xz -dc: no such command: install xz-utils/
  await t.rejects(fillWith(source, sha256(image), 'raw.xz', target), { name: 'CommandFailed', message })
})

t.test('memory stays bounded, whatever the size of the image', async t => {
  const target = emptyFile(t, 160 * MiB)
  const bytes = gzipSync(Buffer.alloc(160 * MiB, 'pattern'))
  const source = join(t.testdirName, 'image.gz')
  writeFileSync(source, bytes)
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }, 20)
  await fillWith(source, sha256(bytes), 'raw.gz', target)
  clearInterval(timer)
  t.ok(most < 64 * MiB, `${Math.round(most / MiB)} MiB`)
})

t.test('an abort ends it at once', async t => {
  const server = createServer((_request, response) => void response.write(image))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = new AbortController()
  const filling = fillWith(url, sha256(image), 'raw', emptyFile(t, 8 * MiB), stop.signal)
  setImmediate(() => stop.abort(new Error('stopped')))
  await t.rejects(filling, { message: 'stopped' })
})

/** Whether this process may mount: in many containers root may not. */
const cannotMount = (t: Test): boolean => {
  if (skipWithout(t, 'mkfs.ext4', 'apt-get install -y e2fsprogs')) return true
  const probe = join(t.testdirName, 'probe')
  if (process.getuid?.() === 0 && spawnSync('losetup', ['--find']).status === 0) {
    mkdirSync(probe, { recursive: true })
    return false
  }
  const message = 'a filesystem in a file is mounted by root, with a loop device: neither is here'
  t.pass(message, { skip: message })
  return true
}

for (const unpack of ['tar', 'tar.gz', 'tar.xz', 'tar.zst'] as const) {
  t.test(`${unpack} into a new filesystem`, async t => {
    const target = emptyFile(t, 32 * MiB)
    if (cannotMount(t) || lacksUnpacker(t, unpack)) return
    const tree = join(t.testdirName, 'tree')
    mkdirSync(join(tree, 'etc'), { recursive: true })
    writeFileSync(join(tree, 'etc/hostname'), 'ce\n')
    writeFileSync(join(tree, 'su'), '')
    chmodSync(join(tree, 'su'), 0o4755)
    const option = { tar: [], 'tar.gz': ['-z'], 'tar.xz': ['-J'], 'tar.zst': ['--zstd'] }[unpack]
    const archive = join(t.testdirName, 'archive')
    execFileSync('tar', ['-c', ...option, '-f', archive, '-C', tree, '.'])
    for (let times = 0; times < 2; times += 1) {
      await fillWith(archive, sha256(readFileSync(archive)), unpack, target)
      t.equal(execFileSync('blkid', ['-p', '-o', 'value', '-s', 'TYPE', target]).toString().trim(), 'ext4')
      const found = execFileSync('debugfs', ['-R', 'cat /etc/hostname', target], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      t.equal(found.toString(), 'ce\n')
      const status = execFileSync('debugfs', ['-R', 'stat /su', target], { stdio: ['ignore', 'pipe', 'ignore'] })
      t.match(status.toString(), /Mode: +04755/)
    }
    await t.rejects(fillWith(archive, '0'.repeat(64), unpack, target), /its sha256 is/)
    t.notMatch(readFileSync('/proc/mounts', 'utf8'), /xenclosure.fill/, 'nothing stays mounted')
    writeFileSync(archive, randomBytes(9000))
    await t.rejects(fillWith(archive, '0'.repeat(64), unpack, target), CommandFailed)
    t.notMatch(readFileSync('/proc/mounts', 'utf8'), /xenclosure.fill/)
  })
}

t.test('nobody else sees the filesystem while it is filled', async t => {
  const target = emptyFile(t, 32 * MiB)
  if (cannotMount(t)) return
  const archive = execFileSync('tar', ['-c', '-C', import.meta.dirname, 'fill.test.ts'])
  const seen: { readonly mounts: string; readonly loops: string }[] = []
  const server = createServer((_request, response) => {
    const loops = execFileSync('losetup', ['--associated', target]).toString()
    seen.push({ mounts: readFileSync('/proc/mounts', 'utf8'), loops })
    response.end(archive)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  await fillWith(`http://127.0.0.1:${port}/`, sha256(archive), 'tar', target)
  t.match(seen, [{ loops: /^\/dev\/loop/ }], 'it is mounted when its content is asked for')
  t.notMatch(seen[0]?.mounts, /xenclosure.fill/)
  t.equal(execFileSync('losetup', ['--associated', target]).toString(), '', 'and then no more')
})

t.test('a device that is mounted is not filled', async t => {
  const file = emptyFile(t, 32 * MiB)
  if (cannotMount(t)) return
  execFileSync('mkfs.ext4', ['-q', file])
  const device = execFileSync('losetup', ['--find', '--show', file]).toString().trim()
  const mountpoint = join(t.testdirName, 'mnt')
  mkdirSync(mountpoint)
  t.teardown(() => spawnSync('losetup', ['--detach', device]))
  execFileSync('mount', [device, mountpoint])
  const source = join(t.testdirName, 'image')
  writeFileSync(source, image)
  await t.rejects(fillWith(source, sha256(image), 'raw', device), { message: new RegExp(`${device} is in use`) })
  await t.rejects(fillWith(source, sha256(image), 'tar', device), { message: new RegExp(`${device} is in use`) })
  execFileSync('umount', [mountpoint])
  await fillWith(source, sha256(image), 'raw', device)
  t.ok(existsSync(device))
  t.ok(readFileSync(file).subarray(0, image.length).equals(image), 'and read back with O_DIRECT')
})
