// The process in which cases run. It may hang, run out of memory or die: examiner.ts starts another one.
import { examine } from './examine.js'
import type { SeededCase } from './fuzz-case.js'

const [, , dir = ''] = process.argv

process.on('message', (given: SeededCase) => {
  const findings = examine(given, dir)
  process.send?.({ findings, megabytes: Math.round(process.memoryUsage.rss() / 2 ** 20) })
})
process.on('disconnect', () => process.exit())
