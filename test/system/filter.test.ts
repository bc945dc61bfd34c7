// A command that a stream runs through, where the disk that keeps which commands run is full.
import t from 'tap'
import { childOf } from '../../src/system/child.js'
import { startFilter } from '../../src/system/fill/filter.js'

const full = (): never => {
  throw new Error('ENOSPC: no space left on device')
}
const nothing = (): void => undefined
const unrecorded = { name: 'CommandFailed', message: 'cat: cannot be recorded: ENOSPC: no space left on device' }

t.test('one whose end cannot be recorded has failed', async t => {
  const { stdin, ended } = startFilter(['cat'], { started: nothing, ended: full }, 'ignore')
  stdin.end('something')
  await t.rejects(ended(), unrecorded)
})

t.test('one whose start cannot be recorded comes to its end without any input', async t => {
  const { pid = 0, stdin, ended, failure } = startFilter(['cat'], { started: full, ended: nothing }, 'pipe')
  stdin.on('error', nothing)
  stdin.write('something')
  await t.rejects(ended(), unrecorded)
  t.equal(childOf(pid), undefined)
  t.match(await failure(new Error('Cannot call write after a stream was destroyed')), unrecorded)
})
