// An edit is compiled from the files as they were when it was found: one that is saved while it is compiled leaves it to all.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import { compileEdit } from '../../../src/compiler/cache/compile-edit.js'
import { beforeReading, keep } from '../../../src/compiler/cache/keep.js'
import { editSince, lookAt } from '../../../src/compiler/cache/look.js'
import { emptyMemory } from '../../../src/compiler/cache/memory.js'
import { openStore } from '../../../src/compiler/cache/store.js'
import { publish } from '../../../src/compiler/publish/publish.js'
import { compileInShares } from '../../../src/compiler/shares/compile-in-shares.js'
import type { SiteView } from '../../../src/model/component.js'
import { write } from '../../fixtures/site-edits.js'
import { a, c, guest, site } from '../../fixtures/two-hosts.js'

const edition = { serial: 1, commit: null, exact: true }
const compiler = 'test'

/** All guests have a disk of one size: what is told of them stands at that of the first, a. */
const policy = `counted:
  severity: warning
  each: guest
  at: /hardware/harddisks/xvda/capacity
  group: value
  holds: size(machines) < 2
  message: \${= size(machines) } of them
`

/** What an edit of the guest c is compiled to, while `meanwhile` happens when policies ask for the document of a. */
const editedWhile = async (t: Test, meanwhile: (dir: string) => void) => {
  const top = t.testdir({ cache: {}, out: {} })
  const [dir, out] = ['site', 'out'].map(name => join(top, name)) as [string, string]
  for (const [path, text] of Object.entries({ ...site, 'templates/policies/disks.yaml': policy }))
    write(dir, path, text)
  const listed = beforeReading(dir)
  const none = () => undefined as never
  const all = await compileInShares(dir, components, { workers: () => 1, always: true, elsewhere: none })
  const kept = all && listed && keep(all, listed, compiler, true)
  if (all === undefined || kept === undefined) throw new Error('nothing is kept')
  const store = openStore({ cache: join(top, 'cache'), site: dir, out, by: compiler })
  const publishing = store.begin()
  publish({ dir: out, site: 'test', documents: all.documents, edition, compiler })
  publishing.end(kept.site, kept.lines)

  write(dir, c, guest('c', 4))
  const there = store.read()
  const look = there && lookAt(there.kept.loadpath, dir)
  const edit = look && there && editSince(there.kept, dir, look)
  if (edit === undefined || there === undefined) throw new Error('the edit is left to all')
  return compileEdit(dir, components, there, edit, emptyMemory(), name => {
    if (name === 'a') meanwhile(dir)
    return all.documents.get(name)
  })
}

/** What all are compiled from, in parts, while `meanwhile` happens when the last part is checked. */
const traceWhile = async (t: Test, meanwhile: (dir: string) => void) => {
  const dir = t.testdir({})
  for (const [path, text] of Object.entries({ ...site, 'templates/policies/disks.yaml': policy }))
    write(dir, path, text)
  const observing = components.map(component => ({
    ...component,
    checkSite: (view: SiteView) => {
      if (view.machines.some(({ name }) => name === 'c')) meanwhile(dir)
      return component.checkSite?.(view) ?? []
    },
  }))
  const none = () => undefined as never
  const inParts = { workers: () => 1, always: true, elsewhere: none, wholeUpTo: 0, partSize: 1 }
  const all = await compileInShares(dir, observing, inParts)
  t.match(all?.warnings[0], { message: 'counted: 3 of them' })
  return all?.trace
}

t.test('nothing is kept where a file is another one when it is read for what policies warn of', async t => {
  t.ok(await traceWhile(t, () => undefined))
  t.equal(await traceWhile(t, dir => write(dir, a, `# saved\n${site[a]}`)), undefined)
})

t.test('what policies warn of stands where a machine has it that is not compiled', async t => {
  const compiled = await editedWhile(t, () => undefined)
  t.same([...(compiled?.documents.keys() ?? [])].sort(), ['c', 'h2'])
  t.match(compiled?.warnings[0], { message: 'counted: 3 of them', position: { file: a, line: 4 } })
})

t.test('where the file of that machine is another one when it is read for that, all are compiled', async t => {
  const saved = await editedWhile(t, dir => write(dir, a, `# saved\n${site[a]}`))
  t.equal(saved, undefined, 'saved')
  const gone = await editedWhile(t, dir => rmSync(join(dir, a), { force: true }))
  t.equal(gone, undefined, 'gone')
})
