// A directory of reports, and what else may lie in it.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { readReports } from '../../src/cli/rehearsal/by-reports.js'

t.test('a FIFO is not waited for', async t => {
  const dir = t.testdir({ folder: {}, notes: '' })
  t.equal(readReports(dir).size, 0)
  execFileSync('mkfifo', [join(dir, 'host.json')])
  t.throws(() => readReports(dir), {
    code: 'commander.invalidArgument',
    message: /host\.json: this is not a regular file; agent run --json/,
  })
})
