// What the server does about clients that behave badly, and how it ends.
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { localhostCertificate, localhostKey } from '../../fixtures/localhost-tls.js'
import { sayByHand, startServing } from '../../fixtures/serving.js'

t.test('what is no request is refused, and told', async t => {
  const { port, events } = await startServing(t, { documents: t.testdir() })
  const table: readonly (readonly [string, string])[] = [
    ['hello\r\n\r\n', '400 Bad Request'],
    [`GET / HTTP/1.1\r\nhost: h\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
  ]
  for (const [bytes, status] of table) t.match(await sayByHand(port, bytes), `HTTP/1.1 ${status}`)
  t.equal(events.length, table.length)
})

t.test('what asks for another protocol is refused, and told', async t => {
  const { port, events } = await startServing(t, { documents: t.testdir() })
  t.match(
    await sayByHand(port, 'CONNECT mirror:443 HTTP/1.1\r\nhost: mirror\r\n\r\n'),
    'HTTP/1.1 405 Method Not Allowed',
  )
  const expecting = 'GET / HTTP/1.1\r\nhost: h\r\nexpect: miracles\r\nconnection: close\r\n\r\n'
  t.match(await sayByHand(port, expecting), 'HTTP/1.1 417 Expectation Failed')
  t.match(events, [
    { event: 'broken', address: '127.0.0.1', reason: 'CONNECT: this is no proxy' },
    { event: 'broken', address: '127.0.0.1', reason: 'Expect: nothing but 100-continue is understood' },
  ])
})

t.test('who asks for a proxy and stays, or goes without a word, leaves nothing behind', async t => {
  const { port, url, stop } = await startServing(t, {
    documents: t.testdir({ 'index.json': '{}' }),
    limits: { head: 100 },
  })
  const [staying, going] = [connect({ port, allowHalfOpen: true }), connect({ port, allowHalfOpen: true })]
  for (const socket of [staying, going])
    socket.on('error', () => undefined).write('CONNECT h:1 HTTP/1.1\r\nhost: h\r\n\r\n')
  await Promise.all([once(staying, 'data'), once(going, 'data')])
  going.resetAndDestroy()
  t.equal((await fetch(`${url}/documents/index.json`)).status, 200)
  await stop()
})

t.test('over HTTPS, who speaks something else is cut off, and told', async t => {
  const { port, events } = await startServing(t, {
    documents: t.testdir(),
    tls: { key: localhostKey, cert: localhostCertificate },
  })
  await sayByHand(port, 'GET / HTTP/1.1\r\nhost: h\r\n\r\n')
  t.match(events, [{ event: 'broken', address: '127.0.0.1', reason: /http request/i }])
})

t.test('a client that goes in the middle of its request leaves nothing behind', async t => {
  const { port, url, events } = await startServing(t, { documents: t.testdir({ 'index.json': '{}' }) })
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /documents/index.json HTT')
  await once(socket, 'connect')
  socket.resetAndDestroy()
  t.equal((await fetch(`${url}/documents/index.json`)).status, 200)
  t.match(events.at(-1), { event: 'answered', status: 200 })
})

t.test('who is slow with a request is cut off, and told', async t => {
  const { port, events } = await startServing(t, { documents: t.testdir(), limits: { head: 60, request: 60 } })
  t.match(await sayByHand(port, 'GET /documents/index.json HTTP/1.1\r\nho'), 'HTTP/1.1 408 Request Timeout')
  t.match(events, [{ event: 'broken', address: '127.0.0.1', reason: 'Request timeout' }])
})

t.test('a client that goes in the middle of what it says is no failure of the server', async t => {
  const installations = {
    netboot: t.testdir(),
    templates: () => {
      throw new Error('nobody asks for a template')
    },
  }
  const { port, events } = await startServing(t, { documents: t.testdir(), installations })
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  socket.write('POST /installed/ui HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 20\r\n\r\n')
  t.match(String(await once(socket, 'data')), 'HTTP/1.1 100 Continue')
  socket.write('half')
  socket.resetAndDestroy()
  while (!events.some(({ event }) => event === 'answered')) await delay(20)
  t.match(
    events.filter(({ event }) => event === 'answered'),
    [{ status: 400, path: '/installed/ui' }],
  )
})

t.test('who does not read what it asked for is cut off, and told', async t => {
  const documents = t.testdir({ 'index.json': 'x'.repeat(32 * 1024 ** 2) })
  const { port, events } = await startServing(t, { documents, limits: { silence: 100 } })
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  socket.pause()
  socket.write('GET /documents/index.json HTTP/1.1\r\nhost: h\r\n\r\n')
  while (events.length === 0) await delay(20)
  t.match(events, [{ status: 200, reason: 'the client was gone before all of it was sent' }])
  socket.destroy()
})

t.test('the log has no query: a token might be in it', async t => {
  const { url, events } = await startServing(t, { documents: t.testdir() })
  await fetch(`${url}/documents/a.json?token=secret`)
  t.match(events, [{ path: '/documents/a.json', status: 404 }])
  t.notMatch(JSON.stringify(events), 'secret')
})

t.test(
  'at the end a request under way has its answer; no more are taken, and no one is waited for for ever',
  async t => {
    const { port, url, stop } = await startServing(t, {
      documents: t.testdir({ 'index.json': '{}' }),
      limits: { end: 200 },
    })
    const late = connect(port, '127.0.0.1')
    late.write('GET /documents/index.json HTTP/1.1\r\n')
    const hanging = connect(port, '127.0.0.1')
    hanging.write('GET /documents/index.json HTTP/1.1\r\n')
    const silent = connect(port, '127.0.0.1')
    await Promise.all([once(late, 'connect'), once(hanging, 'connect'), once(silent, 'connect')])
    t.equal((await fetch(`${url}/documents/index.json`)).status, 200, 'both are accepted')
    const ended = stop()
    late.write('host: h\r\n\r\n')
    const [answer] = await once(late, 'data')
    t.match(String(answer), /^HTTP\/1.1 200 OK/)
    t.match(String(answer), /^connection: close\r$/im)
    await Promise.all([ended, once(hanging, 'close'), once(silent, 'close')])
    await t.rejects(fetch(`${url}/documents/index.json`), 'no more')
  },
)
