// What somebody else wrote in the place of files of ours, on the files of this machine.
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { xen } from '../../../components/xen/component.js'
import type { Domain } from '../../../components/xen/desired.js'
import { carryOut } from '../../../src/agent/op.js'
import { LocalSystem } from '../../../src/system/local.js'

const options = { uuid: '2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f21', type: 'pv', memory: 96, kernel: '/k' } as const
const domains: Readonly<Record<string, Domain>> = { ce: { options } }

/** Carries out what is planned for the config of ce and its link, on a host that does not run Xen. */
const applyFiles = async (system: LocalSystem): Promise<readonly string[]> => {
  const actions = xen.plan({ domains }, await xen.observe(system, { domains }, '/state'))
  const ofFiles = actions.filter(({ id }) => ['xen/ce/config', 'xen/ce/auto'].includes(id))
  for (const op of ofFiles.flatMap(({ ops }) => ops)) await carryOut(system, op)
  return ofFiles.map(({ id }) => id)
}

t.test('every byte of it is kept, in whatever encoding, and each of two that differ in one', async t => {
  const root = t.testdir({ etc: { xen: { auto: {} } } })
  const system = new LocalSystem({ root })
  const path = (name: string): string => join(root, 'etc/xen', name)
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
  const config = { first: latin1('# f\u00fcr\n'), second: latin1('# f\u00e4r\n') }
  const auto = { first: latin1('# \u00ff\0\r\n'), second: latin1('# \u00fe\0\r\n') }
  for (const which of ['first', 'second'] as const) {
    writeFileSync(path('ce.cfg'), config[which])
    writeFileSync(path('auto/ce.cfg'), auto[which])
    await applyFiles(system)
  }
  t.same(readFileSync(path('ce.cfg.orig')), config.first)
  t.same(readFileSync(path('ce.cfg.orig.1')), config.second)
  t.same(readFileSync(path('ce.cfg.auto.orig')), auto.first)
  t.same(readFileSync(path('ce.cfg.auto.orig.1')), auto.second)
})

t.test("a config of ours that is another user's is written again", async t => {
  const root = t.testdir({})
  const system = new LocalSystem({ root })
  await applyFiles(system)
  t.notOk((await system.stat('/etc/xen/ce.cfg'))?.isForeign)
  if (process.geteuid?.() !== 0) {
    // Who is not root gives nothing away, and need not look far for what is not his.
    mkdirSync(join(root, 'etc'), { recursive: true })
    t.match(await new LocalSystem().stat('/etc/passwd'), { isForeign: true })
    return
  }
  chownSync(join(root, 'etc/xen/ce.cfg'), 1, 1)
  t.match(await system.stat('/etc/xen/ce.cfg'), { isForeign: true })
  t.same(await applyFiles(system), ['xen/ce/config'])
  t.notOk((await system.stat('/etc/xen/ce.cfg'))?.isForeign)
})
