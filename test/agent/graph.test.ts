import t from 'tap'
import { gate } from '../../src/agent/gate.js'
import { planGraph, printDot, printGraph } from '../../src/agent/graph.js'
import { action } from './toy.js'

const graph = planGraph(
  gate(
    [
      action({ id: 'volume', provides: ['block:/dev/vg0/ce'] }),
      action({ id: 'stop', waitsFor: 'reboot', summary: 'stop "ce"' }),
      action({ id: 'start', requires: ['block:/dev/vg0/ce', 'bridge:xenbr0'] }),
    ],
    { consents: new Set() },
  ),
)

t.test('an action needs a key from the one that provides it, or has it already', async t => {
  t.equal(
    printGraph(graph),
    [
      '1 volume (due): make volume',
      '    provides block:/dev/vg0/ce',
      '2 stop (pending): stop "ce"',
      '3 start (due): make start',
      '    needs block:/dev/vg0/ce from volume',
      '    needs bridge:xenbr0, which is there',
      '',
    ].join('\n'),
  )
})

t.test('as DOT, what is not due is dashed, and quotes are quoted', async t => {
  t.equal(
    printDot(graph),
    [
      'digraph plan {',
      '  rankdir=LR',
      '  node [shape=box]',
      '  "volume" [label="make volume\\ndue"]',
      '  "stop" [label="stop \\"ce\\"\\npending", style=dashed]',
      '  "start" [label="make start\\ndue"]',
      '  "volume" -> "start" [label="block:/dev/vg0/ce"]',
      '}',
      '',
    ].join('\n'),
  )
})
