import { join } from 'node:path'
import type { Document } from '../../src/model/document.js'
import { recordedEntry } from '../../src/provision/netboot/record.js'
import { entriesBelow } from '../../src/reinstall/entries.js'
import { lockingTest } from '../fixtures/locking-test.js'
import { boot, order, ui } from '../fixtures/ui-to-install.js'

const later = '2026-12-05T12:00:00.000Z'

lockingTest('what is ordered has longer, by the same token; another order, and one that is over, have not', async t => {
  const root = join(t.testdir({ tftp: {} }), 'tftp')
  const entries = entriesBelow(root, () => new Date('2026-11-28T13:00:00Z'))
  const document = ui() as unknown as Document
  const prolonged = async (name: string, until: string) => {
    await entries.prolong(document, name, until)
    return recordedEntry(ui(), root)
  }
  boot(ui(), root, 'install', 'o1')
  t.match(await prolonged('o2', later), { order: 'o1', installation: order }, 'somebody has ordered it anew since')
  t.match(await prolonged('o1', '2026-11-28T18:00:00.000Z'), { installation: order }, 'it has longer already')
  t.match(await prolonged('o1', later), { order: 'o1', installation: { ...order, until: later } })
  boot(ui(), root, 'local', 'o1')
  t.match(await prolonged('o1', later), { state: 'local', order: 'o1', installation: undefined })
})
