import t from 'tap'
import { outermost, parentageOf } from '../../../src/compiler/enclose/parentage.js'

t.test('the outermost machine that a machine is enclosed in', async t => {
  const position = { file: 'profiles/x.yaml', line: 1, column: 1 }
  const enclosing = (name: string, ...children: readonly string[]) => ({
    ...{ name, complete: true },
    children: children.map(child => ({ name: child, position })),
  })
  const parentage = parentageOf([
    enclosing('rack', 'host', 'other'),
    enclosing('host', 'guest'),
    enclosing('alone'),
    enclosing('one', 'another'),
    enclosing('another', 'one'),
  ])
  const table: readonly (readonly [machine: string, outermost: string])[] = [
    ['guest', 'rack'],
    ['host', 'rack'],
    ['rack', 'rack'],
    ['alone', 'alone'],
    // That they enclose each other is told of them: it must come to an end.
    ['one', 'another'],
  ]
  for (const [machine, expected] of table) t.equal(outermost(machine, parentage), expected, machine)
})
