import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startServing } from '../../fixtures/serving.js'

const entry = (machine: string, state: string): string => `# xenclosure: ${machine} boots ${state}\n`

t.test('what was asked, what machines boot, and how old their documents are', async t => {
  const dir = t.testdir({
    documents: { 'a.json': '{}', 'a.seal': '{}', 'b.json': '{}', 'index.json': '{}' },
    tftp: {
      'pxelinux.cfg': {
        '01-00-16-3e-00-00-01': entry('a', 'install'),
        '01-00-16-3e-00-00-02': entry('a', 'install'),
        '01-00-16-3e-00-00-03': 'DEFAULT mine',
        default: entry('none', 'local'),
      },
      boot: { grub: { 'grub.cfg-01-00-16-3e-00-00-04': entry('b', 'local'), 'grub.cfg': '' } },
    },
  })
  const documents = join(dir, 'documents')
  for (const [file, time] of [
    ['a.json', '2026-11-28T11:00:00Z'],
    ['b.json', '2026-11-28T12:00:01Z'],
  ] as const)
    utimesSync(join(documents, file), new Date(time), new Date(time))
  const netboot = join(dir, 'tftp')
  const { url } = await startServing(t, { documents, installations: { netboot, templates: () => () => undefined } })
  for (const path of ['documents/a.json', 'documents/a.json', 'documents/c.json', 'kickstart/a.ks', 'nothing'])
    await fetch(`${url}/${path}`)
  const answer = await fetch(`${url}/metrics`)
  t.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  t.equal(
    await answer.text(),
    `# HELP xenclosure_serve_requests_total Requests by what was asked for and how it was answered
# TYPE xenclosure_serve_requests_total counter
xenclosure_serve_requests_total{kind="document",status="200"} 2
xenclosure_serve_requests_total{kind="document",status="404"} 1
xenclosure_serve_requests_total{kind="kickstart",status="500"} 1
xenclosure_serve_requests_total{kind="other",status="404"} 1
# HELP xenclosure_serve_machines Machines with an entry on the TFTP server, by what they boot
# TYPE xenclosure_serve_machines gauge
xenclosure_serve_machines{state="install"} 1
xenclosure_serve_machines{state="local"} 1
xenclosure_serve_machines{state="rescue"} 0
# HELP xenclosure_serve_document_age_seconds Since a document last changed
# TYPE xenclosure_serve_document_age_seconds gauge
xenclosure_serve_document_age_seconds{machine="a"} 3600
xenclosure_serve_document_age_seconds{machine="b"} 0
`,
  )
})

t.test('a server of documents alone knows no entries', async t => {
  const { url } = await startServing(t, { documents: t.testdir() })
  t.equal(await (await fetch(`${url}/metrics`)).text(), '')
})
