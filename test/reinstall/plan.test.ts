import t from 'tap'
import type { Document } from '../../src/model/document.js'
import { planReinstallation } from '../../src/reinstall/plan.js'
import type { Target } from '../../src/reinstall/target.js'

const document = { name: 'any' } as unknown as Document
const guest = (name: string): Target => ({ name, document, way: 'agent', host: 'h' })
const host: Target = { name: 'h', document, way: 'provisioner', guests: ['a', 'b', 'c'] }
/** b needs a; c starts with a. */
const stops = () => [
  { guest: 'b', limit: 1, onTimeout: 'wait' as const, after: [] },
  { guest: 'a', limit: 1, onTimeout: 'wait' as const, after: ['b'] },
  { guest: 'c', limit: 1, onTimeout: 'wait' as const, after: [] },
]
const tell = (...targets: readonly Target[]): readonly string[] =>
  planReinstallation(targets, stops).map(({ id, after }) => `${id} < ${after.join(', ')}`)

t.test('a host, then its guests in their start order', async t => {
  t.strictSame(tell(host, guest('b'), guest('a'), guest('c')), [
    'h: guests down < ',
    'h: install < h: guests down',
    'h: installed < h: install',
    'h: guests up < h: installed',
    'a: install < h: guests up',
    'a: installed < a: install',
    'c: install < h: guests up',
    'c: installed < c: install',
    'b: install < h: guests up, a: installed',
    'b: installed < b: install',
  ])
})

t.test(
  'guests alone wait for nobody who is not installed, and a machine without guests has none to take down',
  async t => {
    t.strictSame(tell(guest('b')), ['b: install < ', 'b: installed < b: install'])
    const machine: Target = { name: 'm', document, way: 'provisioner' }
    t.strictSame(tell(machine), ['m: install < ', 'm: installed < m: install'])
  },
)
