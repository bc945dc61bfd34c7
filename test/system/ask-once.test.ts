// What askOnce shares, and what it does not.
import t from 'tap'
import { askOnce } from '../../src/system/ask-once.js'
import { readOnly } from '../../src/system/read-only.js'
import { recording } from '../../src/system/recorded.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'

const listed = ['xl', 'list']
const observe = { effect: 'observe' } as const

t.test('a command that is asked twice, at the same time or later, runs once', async t => {
  const { system, calls } = recording(new SimulatedSystem(blankHost({ hostname: 'h', memory: 4096, devices: [] })))
  const once = askOnce(readOnly(system))
  const [first, second] = await Promise.all([once.exec(listed, observe), once.exec(listed, observe)])
  t.same(second, first)
  t.same(await once.exec(listed, observe), first)
  t.equal(calls.length, 1)
})

t.test('other arguments are another question, and another look asks anew', async t => {
  const { system, calls } = recording(new SimulatedSystem(blankHost({ hostname: 'h', memory: 4096, devices: [] })))
  const once = askOnce(readOnly(system))
  await once.exec(listed, observe)
  await once.exec([...listed, '-l'], observe)
  await askOnce(readOnly(system)).exec(listed, observe)
  t.equal(calls.length, 3)
})

t.test('a change is refused as before', async t => {
  const once = askOnce(readOnly(new SimulatedSystem(blankHost({ hostname: 'h', memory: 4096, devices: [] }))))
  await t.rejects(once.exec(listed, { effect: 'change' }), /bug: the change xl list while observing/)
})
