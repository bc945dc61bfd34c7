// The steps of an intervention: examples of nested enclosures, and what holds for all of them.
import fc from 'fast-check'
import t from 'tap'
import { planSteps, type Step } from '../../src/intervene/plan.js'
import { type Enclosed, findEnclosed } from '../../src/model/enclosed.js'
import { runs } from '../property-runs.js'

const leaf = (name: string, type = 'guest'): Enclosed => ({ name, type, children: [] })
const host = (name: string, ...children: readonly Enclosed[]): Enclosed => ({ name, type: 'hypervisor', children })
const chassis: Enclosed = {
  name: 'chassis1',
  type: 'blade',
  children: [host('blade01', leaf('wn02')), host('blade02', host('nested', leaf('deep'))), leaf('board', 'machine')],
}
const tell = (steps: readonly Step[]): readonly string[] =>
  steps.map(({ id, after }) => `${id}${after.length === 0 ? '' : ` < ${after.join(', ')}`}`)

t.test('down: children before parents', async t => {
  t.same(tell(planSteps('down', chassis)), [
    'blade01: guests down',
    'blade01: power off < blade01: guests down',
    'nested: guests down',
    'blade02: guests down < nested: guests down',
    'blade02: power off < blade02: guests down',
    'board: power off',
    'chassis1: switch off < blade01: power off, blade02: power off, board: power off',
  ])
})

t.test('up: parents before children', async t => {
  t.same(tell(planSteps('up', chassis)), [
    'chassis1: switch on',
    'blade01: power on < chassis1: switch on',
    'blade01: guests up < blade01: power on',
    'blade02: power on < chassis1: switch on',
    'blade02: guests up < blade02: power on',
    'nested: guests up < blade02: guests up',
    'board: power on < chassis1: switch on',
  ])
})

t.test('a host that is a guest is switched by its host alone', async t => {
  const { machine, parent } = findEnclosed([chassis], 'nested') ?? { machine: chassis }
  t.same(tell(planSteps('down', machine, parent)), ['nested: guests down'])
  t.same(tell(planSteps('up', machine, parent)), ['nested: guests up'])
})

t.test('reboot: the hosts, each for itself', async t => {
  t.same(tell(planSteps('reboot', chassis)), [
    'blade01: guests down',
    'blade01: reboot < blade01: guests down',
    'blade01: guests up < blade01: reboot',
    'nested: guests down',
    'blade02: guests down < nested: guests down',
    'blade02: reboot < blade02: guests down',
    'blade02: guests up < blade02: reboot',
    'nested: guests up < blade02: guests up',
  ])
})

t.test('reboot, called again: those that are through are left alone, others go on where they are', async t => {
  const stages = new Map([
    ['blade01', 'through'],
    ['blade02', 'rebooted'],
  ] as const)
  t.same(tell(planSteps('reboot', chassis, undefined, stages)), [
    'blade01: reboot',
    'blade02: reboot',
    'blade02: guests up < blade02: reboot',
    'nested: guests up < blade02: guests up',
  ])
})

const enclosureOf = (depth: number): fc.Arbitrary<Enclosed> =>
  fc.record({
    name: fc.constant(''),
    type: fc.constantFrom('hypervisor', 'blade', 'dumb', 'machine'),
    children: depth === 0 ? fc.constant([]) : fc.array(enclosureOf(depth - 1), { maxLength: 3 }),
  })

/** Names of their own. */
const named = (machine: Enclosed, name = 'm'): Enclosed => ({
  ...machine,
  name,
  children: machine.children.map((child, index) => named(child, `${name}${index}`)),
})

const offs = ['power off', 'switch off']

t.test(
  'no parent goes before its children on the way down, none after them on the way up, and everyone once',
  async t => {
    const property = fc.property(enclosureOf(3), drawn => {
      const root = named(drawn)
      for (const verb of ['down', 'up', 'reboot'] as const) {
        const steps = planSteps(verb, root)
        const ids = steps.map(({ id }) => id)
        if (new Set(ids).size !== ids.length) throw new Error('a step twice')
        for (const [index, { after }] of steps.entries())
          if (after.some(id => !ids.slice(0, index).includes(id))) throw new Error('a step before what it waits for')
      }
      const all = (steps: readonly Step[], id: string): ReadonlySet<string> => {
        const found = new Set([id])
        for (const one of found) for (const next of steps.find(step => step.id === one)?.after ?? []) found.add(next)
        return found
      }
      const check = (parent: Enclosed): void => {
        for (const child of parent.children) {
          const isOf = (machine: Enclosed) => (step: Step) => step.machine === machine.name
          const down = planSteps('down', root)
          const lastOfParent = down.filter(isOf(parent)).find(({ work }) => offs.includes(work))
          if (lastOfParent !== undefined)
            for (const { id } of down.filter(isOf(child)))
              if (!all(down, lastOfParent.id).has(id)) throw new Error(`${lastOfParent.id} does not wait for ${id}`)
          const up = planSteps('up', root)
          for (const { id } of up.filter(isOf(child)))
            for (const before of up.filter(isOf(parent)))
              if (!all(up, id).has(before.id)) throw new Error(`${id} does not wait for ${before.id}`)
          check(child)
        }
      }
      check(root)
    })
    t.doesNotThrow(() => fc.assert(property, runs(300)))
  },
)
