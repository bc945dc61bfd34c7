// Documents over HTTP(S), as the agent fetches them.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { fetchDocument } from '../../../src/agent/fetch.js'
import { canonicalJson } from '../../../src/model/json.js'
import { printSeal, sealOf } from '../../../src/model/seal.js'
import { replaceFile } from '../../../src/system/replace-file.js'
import { localhostCertificate, localhostKey } from '../../fixtures/localhost-tls.js'
import { sayByHand, startServing } from '../../fixtures/serving.js'

const documentOf = (serial: number): string =>
  canonicalJson({ name: 'gridhost', software: { components: { serial, filling: 'x'.repeat(2000) } } })
const sealOfDocument = (text: string, serial: number): string =>
  printSeal(sealOf(text, { name: 'gridhost', serial, commit: null, compiler: '0.1.0' }))
const text = documentOf(1)
const published = { 'gridhost.json': text, 'gridhost.seal': sealOfDocument(text, 1), 'index.json': '{}' }

t.test('the agent fetches a document and its seal, and again only what has changed', async t => {
  const documents = t.testdir(published)
  const { url, events } = await startServing(t, { documents })
  const source = `${url}/documents/gridhost.json`
  const first = await fetchDocument([source])
  t.same([first.bytes.toString(), first.seal], [text, published['gridhost.seal']])
  if (first.validators === undefined) throw new Error('no validators')
  const kept = { ...first, validators: first.validators }
  const again = await fetchDocument([source], { kept })
  t.same([again.bytes.toString(), again.seal], [text, published['gridhost.seal']])
  const newer = documentOf(2)
  replaceFile(join(documents, 'gridhost.json'), newer)
  replaceFile(join(documents, 'gridhost.seal'), sealOfDocument(newer, 2))
  t.equal((await fetchDocument([source], { kept })).bytes.toString(), newer)
  t.same(
    events.map(event => event.event === 'answered' && `${event.method} ${event.path} ${event.status}`),
    [200, 304, 200].flatMap(status => ['json', 'seal'].map(suffix => `GET /documents/gridhost.${suffix} ${status}`)),
  )
})

t.test('over https, by an authority that the agent is told', async t => {
  const tls = { key: localhostKey, cert: localhostCertificate }
  const { port, events } = await startServing(t, { documents: t.testdir(published), tls })
  const source = `https://localhost:${port}/documents/gridhost.json`
  await t.rejects(fetchDocument([source]), { code: 'unreachable', message: /self.signed certificate/ })
  t.equal((await fetchDocument([source], { ca: localhostCertificate })).bytes.toString(), text)
  const broken = events.filter(({ event }) => event === 'broken')
  t.match(broken, [{ reason: /./ }], 'who does not trust it is told, too')
  t.equal(broken.length, 1)
})

t.test('a document that is replaced all the time is always given whole', async t => {
  const documents = t.testdir(published)
  const { url } = await startServing(t, { documents })
  const editions = Array.from({ length: 20 }, (_, serial) => documentOf(serial).repeat(serial + 1))
  let replaced = 0
  const timer = setInterval(() => {
    replaced += 1
    replaceFile(join(documents, 'index.json'), editions[replaced % editions.length] ?? '')
  }, 1)
  const asked = async (): Promise<string> => (await fetch(`${url}/documents/index.json`)).text()
  for (let round = 0; round < 25; round += 1) {
    const answers = await Promise.all([asked(), asked(), asked(), asked()])
    for (const answer of answers) t.ok(answer === '{}' || editions.includes(answer), `${answer.length} bytes`)
  }
  clearInterval(timer)
  t.ok(replaced > 10)
})

type Answer = {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: Buffer
  readonly said: string
}

/** With nothing added and nothing unpacked, as fetch would. */
const ask = (url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    get(url, { method, headers }, response => {
      const chunks: Buffer[] = []
      response
        .on('data', chunk => chunks.push(chunk))
        .on('end', () => {
          const body = Buffer.concat(chunks)
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body, said: body.toString() })
        })
    }).on('error', reject)
  })

t.test('compressed for who takes gzip, and for nobody else', async t => {
  const { url } = await startServing(t, { documents: t.testdir(published) })
  const table: readonly (readonly [string, boolean])[] = [
    ['gzip', true],
    ['br, gzip;q=0.5', true],
    ['*', true],
    ['GZIP', true],
    ['gzip;q=0', false],
    ['gzip; q=0.0, *', false],
    ['br', false],
    ['', false],
  ]
  for (const [encoding, isPacked] of table) {
    const { headers, body } = await ask(`${url}/documents/gridhost.json`, 'GET', { 'accept-encoding': encoding })
    t.equal(headers['content-encoding'], isPacked ? 'gzip' : undefined, encoding)
    t.equal(headers.vary, 'accept-encoding')
    t.equal((isPacked ? gunzipSync(body) : body).toString(), text)
  }
  const small = await ask(`${url}/documents/index.json`, 'GET', { 'accept-encoding': 'gzip' })
  t.equal(small.headers['content-encoding'], undefined, 'not what would grow by it')
})

t.test('HEAD says what GET says, without a body', async t => {
  const { url } = await startServing(t, { documents: t.testdir(published) })
  const head = await ask(`${url}/documents/gridhost.json`, 'HEAD')
  const { headers } = await ask(`${url}/documents/gridhost.json`)
  t.equal(head.body.length, 0)
  for (const name of ['etag', 'content-length', 'content-type', 'cache-control'])
    t.equal(head.headers[name], headers[name], name)
})

t.test('a tag is known in a list, weak or strong, or by a star', async t => {
  const { url } = await startServing(t, { documents: t.testdir(published) })
  const path = `${url}/documents/gridhost.json`
  const etag = String((await ask(path)).headers.etag)
  for (const known of [etag, `"a", ${etag}`, etag.replace('W/', ''), '*'])
    t.match(await ask(path, 'GET', { 'if-none-match': known }), { status: 304, said: '' }, known)
  t.match(await ask(path, 'GET', { 'if-none-match': '"a", W/"b"' }), { status: 200 })
})

t.test('no path leads out of the directory, nor into what is no document', async t => {
  const dir = t.testdir({
    documents: { ...published, '.hidden.json': '{}', 'notes.txt': 'mine' },
    'secret.json': 'secret',
  })
  const documents = join(dir, 'documents')
  symlinkSync('../secret.json', join(documents, 'link.json'))
  mkdirSync(join(documents, 'directory.json'))
  const { port, url, events } = await startServing(t, { documents })
  for (const path of [
    '/documents/../secret.json',
    '/documents/%2e%2e/secret.json',
    '/documents/..%2fsecret.json',
    '/documents/..\\secret.json',
    '//secret.json',
    '/documents//../secret.json',
    '/documents/link.json',
    '/documents/directory.json',
    '/documents/.hidden.json',
    '/documents/notes.txt',
    '/documents/gridhost.json/',
    '/documents/gridhost.json%00.json',
    '/documents/nobody.json',
    '/documents/',
    '/documents/index.seal',
    '/',
    '*',
    'http://elsewhere.example.org/documents/gridhost.json',
  ]) {
    const said = await sayByHand(port, `GET ${path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`)
    t.match(said, /^HTTP\/1.1 40[04] /, path)
    t.notMatch(said, /secret|mine/)
  }
  t.match(await ask(`${url}/documents/nobody.json`), { said: 'nobody.json is not published here\n' })
  t.match(events.at(-1), { status: 404, reason: 'nobody.json is not published here' }, 'and the log says it')
})

t.test('documents are read, and nothing else is done to them', async t => {
  const { url } = await startServing(t, { documents: t.testdir(published) })
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
    t.match(await ask(`${url}/documents/gridhost.json`, method), {
      status: 405,
      headers: { allow: 'GET, HEAD' },
      said: `${method} is not for this: GET or HEAD\n`,
    })
})

t.test("a document that cannot be read is the log's affair; the next is given", async t => {
  const documents = t.testdir(published)
  const { url, events } = await startServing(t, { documents: join(documents, 'gridhost.json') })
  t.match(await ask(`${url}/documents/gridhost.json`), { status: 500, said: /the log of the server says why/ })
  t.match(events.at(-1), { status: 500, reason: /ENOTDIR/ })
  writeFileSync(join(documents, 'other'), '')
  t.match(await ask(`${url}/nothing`), { status: 404 })
})
