import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { DocumentRejected } from '../../src/agent/document-rejected.js'
import { fetchDocument } from '../../src/agent/fetch.js'
import { canonicalJson } from '../../src/model/json.js'
import { printSeal, sealOf } from '../../src/model/seal.js'
import { localhostCertificate, localhostKey } from '../fixtures/localhost-tls.js'

const documentOf = (name: string): string => canonicalJson({ name, software: { components: {} } })
const text = documentOf('gridhost')
const seal = printSeal(sealOf(text, { name: 'gridhost', serial: 7, commit: null, compiler: '0.1.0' }))

type Reply = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string | Buffer }
type Replies = (path: string, request: IncomingMessage) => Reply | undefined

/** A server that answers by the table, 404 where that has nothing; its address, and what it was asked. */
const serve = async (t: Test, replies: Replies, create = (on: RequestListener): Server => createServer(on)) => {
  const asked: IncomingMessage[] = []
  const server = create((request, response) => {
    asked.push(request)
    const {
      status = 200,
      headers = {},
      body = '',
    } = replies((request.url ?? '').replace(/[?].*/, ''), request) ?? { status: 404 }
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}`, asked }
}

/** Document and seal, each with an ETag and a time, and 304 to who knows it. */
const published: Replies = (path, { headers }) => {
  const body = { '/gridhost.json': text, '/gridhost.seal': seal }[path]
  if (body === undefined) return undefined
  const etag = `"${path}"`
  if (headers['if-none-match'] === etag) return { status: 304 }
  return { headers: { etag, 'last-modified': 'Wed, 01 Jan 2025 00:00:00 GMT' }, body }
}

t.test('a document is fetched with the seal beside it', async t => {
  const dir = t.testdir({ 'gridhost.json': text, 'gridhost.seal': seal, 'lone.json': text })
  t.equal((await fetchDocument([join(dir, 'gridhost.json')])).seal, seal)
  t.equal((await fetchDocument([join(dir, 'lone.json')])).seal, undefined)
  const { url } = await serve(t, published)
  const fetched = await fetchDocument([`${url}/gridhost.json`])
  t.match(fetched, { source: `${url}/gridhost.json`, seal })
  t.equal(fetched.bytes.toString(), text)
  const alone = await serve(t, path => (path === '/gridhost.json' ? { body: text } : undefined))
  t.equal((await fetchDocument([`${alone.url}/gridhost.json`])).seal, undefined)
})

t.test('a document in the middle of its publication is fetched once more', async t => {
  const dir = t.testdir({ 'gridhost.json': documentOf('older'), 'gridhost.seal': seal })
  const pending = fetchDocument([join(dir, 'gridhost.json')], { retryAfter: 50 })
  setTimeout(() => writeFileSync(join(dir, 'gridhost.json'), text), 10)
  t.equal((await pending).bytes.toString(), text)

  let readings = 0
  const { url, asked } = await serve(t, path => {
    if (path === '/gridhost.seal') return { body: seal }
    readings += 1
    return { body: readings === 1 ? documentOf('older') : text }
  })
  t.equal((await fetchDocument([`${url}/gridhost.json`], { retryAfter: 1 })).bytes.toString(), text)
  t.same(
    asked.map(({ url, headers }) => `${url} ${headers['cache-control']}`),
    ['/gridhost.json undefined', '/gridhost.seal undefined', '/gridhost.json no-cache', '/gridhost.seal no-cache'],
  )
})

t.test('what is kept is asked for by its ETag and time, and is the answer where the server says 304', async t => {
  const { url, asked } = await serve(t, published)
  const source = `${url}/gridhost.json`
  const { validators, bytes } = await fetchDocument([source])
  t.same(validators?.document, { etag: '"/gridhost.json"', lastModified: 'Wed, 01 Jan 2025 00:00:00 GMT' })
  if (validators === undefined) throw new Error('no validators')
  const kept = { from: source, bytes, seal, validators }
  const again = await fetchDocument([source], { kept })
  t.same([again.bytes.toString(), again.seal, again.validators], [text, seal, validators])
  t.match(asked[2]?.headers, {
    'if-none-match': '"/gridhost.json"',
    'if-modified-since': 'Wed, 01 Jan 2025 00:00:00 GMT',
  })
  t.match(asked[3]?.headers, { 'if-none-match': '"/gridhost.seal"' })

  await fetchDocument([source], { kept: { ...kept, from: 'http://elsewhere/gridhost.json' } })
  t.equal(asked[4]?.headers['if-none-match'], undefined, 'another source knows nothing of it')

  const torn = await fetchDocument([source], { kept: { ...kept, bytes: Buffer.from('{}') }, retryAfter: 1 })
  t.equal(torn.bytes.toString(), text, 'a pair that does not fit is read whole')
})

t.test('the first source that gives a document counts; the others are not asked', async t => {
  const first = await serve(t, () => ({ status: 503 }))
  const second = await serve(t, published)
  const third = await serve(t, published)
  const sources = [first, second, third].map(({ url }) => `${url}/gridhost.json`)
  const fetched = await fetchDocument([join(t.testdir(), 'none.json'), ...sources])
  t.equal(fetched.from, sources[1])
  t.equal(third.asked.length, 0)
})

t.test('what gives no document is told by its code, and every source of several', async t => {
  const huge = gzipSync(Buffer.alloc(65 * 1024 ** 2))
  const { url, port } = await serve(t, path => {
    switch (path) {
      case '/private.json':
        return { status: 403 }
      case '/broken.json':
        return { status: 500 }
      case '/loop.json':
        return { status: 302, headers: { location: '/loop.json' } }
      case '/away.json':
        return { status: 302, headers: { location: 'file:///etc/shadow' } }
      case '/bomb.json':
        return { headers: { 'content-encoding': 'gzip' }, body: huge }
      case '/brotli.json':
        return { headers: { 'content-encoding': 'br' }, body: 'x' }
      case '/sealless.json':
        return { body: text }
      case '/sealless.seal':
        return { status: 500 }
      default:
        return undefined
    }
  })
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['none.json', 'document-missing', /404/],
    ['private.json', 'unreadable', /403/],
    ['broken.json', 'unreachable', /500/],
    ['loop.json', 'unreachable', /more than 5 redirects/],
    ['away.json', 'unreachable', /redirected to file:/],
    ['bomb.json', 'unreachable', /larger than 67108864 bytes/],
    ['brotli.json', 'unreachable', /encoded as br, expected gzip/],
    ['sealless.json', 'unreachable', /sealless\.seal: the server answers 500/],
  ]
  for (const [path, code, message] of table) {
    await t.rejects(fetchDocument([`${url}/${path}`]), { name: DocumentRejected.name, code, message }, path)
  }
  const missing = join(t.testdir(), 'gridhost.json')
  await t.rejects(fetchDocument([missing]), { code: 'document-missing', remedy: /compile/ })
  await t.rejects(fetchDocument([missing, `${url}/none.json`]), {
    code: 'document-missing',
    message: /no such file; .*404/,
  })
  await t.rejects(fetchDocument([missing, `http://user:secret@127.0.0.1:${port}/broken.json?token=secret`]), {
    code: 'unreachable',
    message: new RegExp(`no such file; http://127.0.0.1:${port}/broken.json: the server answers 500[^?]*$`),
  })
})

t.test('a document or a seal that cannot be read is rejected by its name', async t => {
  const dir = t.testdir({ 'gridhost.json': {}, 'ce.json': text, 'ce.seal': {} })
  for (const name of ['gridhost.json', 'ce.json'])
    await t.rejects(fetchDocument([join(dir, name)]), {
      code: 'unreadable',
      message: `${join(dir, name.replace('ce.json', 'ce.seal'))}: this is a directory, not a file`,
    })
})

t.test('redirects are followed, and what is compressed is unpacked', async t => {
  const { url } = await serve(t, (path, { headers }) => {
    if (headers['accept-encoding'] !== 'gzip') return { status: 406 }
    if (path.startsWith('/old/')) return { status: 301, headers: { location: path.replace('/old/', '/new/') } }
    const body = { '/new/gridhost.json': text, '/new/gridhost.seal': seal }[path]
    return body === undefined ? undefined : { headers: { 'content-encoding': 'gzip' }, body: gzipSync(body) }
  })
  const fetched = await fetchDocument([`${url}/old/gridhost.json`])
  t.same([fetched.bytes.toString(), fetched.seal], [text, seal])
})

t.test('a server that is silent, one that never ends and one that breaks off are not waited for', async t => {
  const silent = createServer(() => undefined)
  const endless = createServer((_, response) => {
    const timer = setInterval(() => response.write(' '), 5)
    response.on('close', () => clearInterval(timer))
  })
  const broken = createServer((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{')
    setTimeout(() => response.destroy(), 10)
  })
  const table = [
    [silent, /silent for 0.1 s/],
    [endless, /no whole answer within 0.4 s/],
    [broken, /aborted|terminated|ECONNRESET/],
  ] as const
  for (const [server, message] of table) {
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/gridhost.json`
    const limits = { silence: 100, total: 400 }
    await t.rejects(fetchDocument([url], { limits }), { code: 'unreachable', message })
  }
})

t.test('an abort ends the fetching with its reason', async t => {
  const abort = new AbortController()
  const { url } = await serve(t, () => {
    abort.abort(new Error('stop'))
    return { body: text }
  })
  await t.rejects(fetchDocument([`${url}/gridhost.json`], { signal: abort.signal }), { message: 'stop' })
})

t.test('https: only who a known authority vouches for, and never from there to plain text', async t => {
  const secure = (on: RequestListener): Server =>
    createSecureServer({ cert: localhostCertificate, key: localhostKey }, on) as unknown as Server
  const plain = await serve(t, published)
  const { port } = await serve(
    t,
    (path, request) =>
      path === '/plain.json'
        ? { status: 302, headers: { location: `${plain.url}/gridhost.json` } }
        : published(path, request),
    secure,
  )
  const url = `https://localhost:${port}`
  await t.rejects(fetchDocument([`${url}/gridhost.json`]), { code: 'unreachable', message: /self.signed certificate/ })
  const fetched = await fetchDocument([`${url}/gridhost.json`], { ca: localhostCertificate })
  t.same([fetched.bytes.toString(), fetched.seal], [text, seal])
  await t.rejects(fetchDocument([`${url}/plain.json`], { ca: localhostCertificate }), {
    message: /redirected to http:/,
  })
  t.equal(plain.asked.length, 0)
})
