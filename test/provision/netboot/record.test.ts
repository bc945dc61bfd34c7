import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { recordedEntry } from '../../../src/provision/netboot/record.js'

const [first, last] = ['01-00-16-3e-00-00-01', '01-00-16-3e-00-00-02']
const nic = { eth0: { hwaddr: '00:16:3e:00:00:01', boot: true }, eth1: { hwaddr: '00:16:3e:00:00:02', boot: true } }
const ui = { name: 'ui', hardware: { cards: { nic } }, system: { netboot: { server: '192.0.2.20' } } }

t.test('the last entry is the record; another machine may have left its own', async t => {
  const root = t.testdir({ 'pxelinux.cfg': {} })
  const write = (file: string, machine: string, state: string): void => {
    mkdirSync(join(root, 'pxelinux.cfg'), { recursive: true })
    writeFileSync(join(root, 'pxelinux.cfg', file), `# xenclosure: ${machine} boots ${state}\n`)
  }
  t.equal(recordedEntry(ui, root), undefined)
  write(first, 'ui', 'install')
  t.match(recordedEntry(ui, root), { state: 'install' })
  write(last, 'ui', 'local')
  t.match(recordedEntry(ui, root), { state: 'local' })
  write(last, 'another', 'install')
  t.equal(recordedEntry(ui, root), undefined)
  t.equal(recordedEntry({ name: 'ui' }, root), undefined)
})
