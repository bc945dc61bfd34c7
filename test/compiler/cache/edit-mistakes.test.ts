// Edits of several files at once, and of sites with policies: what is wrong is told as in the whole site, or left to it.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import { mistakesOfEdit } from '../../../src/compiler/cache/edit-mistakes.js'
import { editSince, lookAt } from '../../../src/compiler/cache/look.js'
import { compileSite } from '../../../src/compiler/compile.js'
import { printLock } from '../../../src/compiler/site/lock.js'
import { lockFile } from '../../../src/compiler/site/lock-file.js'
import type { Site } from '../../../src/compiler/site/site.js'
import { write } from '../../fixtures/site-edits.js'
import { a, b, c, type Files, h1, h2, keptOf, site } from '../../fixtures/two-hosts.js'

/** Whether what an edit of a sound site has done wrong is told without the whole, in whose words it is. */
const isTold = async (
  t: Test,
  files: Files,
  edited: Readonly<Record<string, string | undefined>>,
): Promise<boolean> => {
  const top = t.testdir({ cache: {}, site: {} })
  const [cache, dir] = [join(top, 'cache'), join(top, 'site')]
  for (const [path, content] of Object.entries({ ...site, ...files })) write(dir, path, content)
  const kept = await keptOf(dir, cache)
  const before = compileSite(dir, components).compiled?.documents
  for (const [path, content] of Object.entries(edited)) {
    if (content === undefined) rmSync(join(dir, path))
    else write(dir, path, content)
  }
  const look = lookAt(kept.loadpath, dir)
  const edit = look && editSince(kept, dir, look)
  const published = (name: string) => before?.get(name)
  const wrong = edit && mistakesOfEdit(dir, components, kept, edit, { locked: false, published })
  if (wrong === undefined) return false
  const { compiled, diagnostics } = compileSite(dir, components)
  t.strictSame(wrong.diagnostics, diagnostics)
  const linesBy = (sourceLine: Site['sourceLine'] | undefined) =>
    diagnostics.map(({ position }) => position && sourceLine?.(position.file, position.line))
  t.strictSame(linesBy(wrong.sourceLine), linesBy(compiled?.site.sourceLine))
  return true
}

t.test('whoever has what another had, which cannot be composed any more', async t => {
  const its = `${site[c]}`.replace('0:00:03', '0:00:01')
  t.ok(await isTold(t, {}, { [a]: `${site[a]}`.replace('[guest]', '[guest, nowhere]'), [c]: its }), 'a template')
  t.ok(await isTold(t, {}, { [a]: `${site[a]}: [`, [c]: its }), 'a file')
})

t.test('a policy that cannot be computed any more', async t => {
  const policies = 'templates/policies/cards.yaml'
  const withoutCard = (file: string): string => `${site[file]}`.replaceAll(' eth0:', ' eth1:')
  const warns = `p: { severity: warning, message: m, each: guest, holds: "machine.hardware.cards.nic.eth0.hwaddr == ''" }\n`
  t.notOk(await isTold(t, { [policies]: warns }, { [c]: withoutCard(c) }), 'and warned of others')
  const groups = `p: { message: m, each: guest, group: machine.system.network.hostname, holds: "machines[0].hardware.cards.nic.eth0.hwaddr != ''" }\n`
  const edited = { [a]: withoutCard(a).replace('hostname: a', 'hostname: z'), [b]: withoutCard(b) }
  t.notOk(await isTold(t, { [policies]: groups }, edited), 'of two groups')
})

t.test('the host that a guest leaves which it had let go before, and who reads that host', async t => {
  const noneLeaves = `p: { message: m, each: host, holds: "!has(machine.software.components.xen.movedTo)" }\n`
  const files = {
    'templates/policies/moves.yaml': noneLeaves,
    [lockFile]: printLock(new Map(Object.entries({ a: 'h1', b: 'h1', c: 'h2' }))),
    [h1]: `${site[h1]}`.replace('[a, b]', '[b]'),
    'profiles/reader.yaml': 'system: { network: { hostname: "${h1:/software/components/xen/movedTo/a:-reader}" } }',
  }
  const takesIn = `${site[h2]}`.replace('[c]', '[a, c]')
  t.ok(await isTold(t, files, { [h2]: takesIn.replace('bridge: br0 }', 'bridge: br1 }') }))
})

t.test('a warning at a machine that is not compiled is shown with its line', async t => {
  const isNoName = `p: { severity: warning, message: m, each: guest, at: /system/network/hostname, holds: "value == ''" }\n`
  const edited = { [c]: `${site[c]}`.replace('hostname: c', 'hostname: "c 1"') }
  t.ok(await isTold(t, { 'templates/policies/names.yaml': isNoName }, edited))
})
