import fc from 'fast-check'
import t from 'tap'
import { defaultWorkers, shareOut } from '../../../src/compiler/shares/share-out.js'

const name = fc.integer({ min: 0, max: 40 }).map(number => `m${number}`)

t.test('every machine is in one share, guests with their host, and shares are alike', async () => {
  const lives = fc.array(fc.tuple(name, name), { maxLength: 40 })
  fc.assert(
    fc.property(fc.uniqueArray(name), lives, fc.integer({ min: 1, max: 8 }), (machines, guests, workers) => {
      const hosts = new Map(guests)
      const homeOf = (machine: string): string => hosts.get(machine) ?? machine
      const shares = shareOut(machines, homeOf, workers)
      const enclosures = machines.map(machine => machines.filter(other => homeOf(other) === homeOf(machine)))
      if (String(shares.flat().sort()) !== String([...machines].sort())) throw new Error('not each machine once')
      for (const enclosure of enclosures) {
        if (!shares.some(share => enclosure.every(machine => share.includes(machine)))) throw new Error('torn apart')
      }
      if (shares.length > workers || (machines.length > 0 && shares.some(share => share.length === 0)))
        throw new Error('a worker with nothing to do')
      const sizes = shares.map(share => share.length)
      const largest = Math.max(0, ...enclosures.map(enclosure => enclosure.length))
      if (Math.max(...sizes) - Math.min(...sizes) > largest) throw new Error('unlike')
    }),
    { numRuns: 1000 },
  )
})

t.test('how many workers a site gets', async t => {
  const table: readonly (readonly [machines: number, processors: number, workers: number])[] = [
    [0, 8, 1],
    [799, 8, 1],
    [800, 8, 2],
    [800, 1, 1],
    [800, 2, 1],
    [6000, 4, 2],
    [6000, 12, 6],
    [30000, 128, 8],
  ]
  for (const [machines, processors, workers] of table)
    t.equal(defaultWorkers(machines, processors), workers, `${machines} machines on ${processors} processors`)
})
