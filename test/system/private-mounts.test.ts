// The mounts of a namespace of their own, beside those of this machine. What needs root skips without it.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openPrivateMounts } from '../../src/system/fill/private-mounts.js'

const run = (argv: readonly string[]): string => {
  const [file = '', ...parameters] = argv
  return execFileSync(file, parameters).toString()
}

/** A place whose mounts others hear of, as systemd makes `/`; before the test directory goes, it does. */
const withSharedMount = async (t: Test, work: (above: string) => Promise<void>): Promise<void> => {
  const above = join(t.testdir({ above: {} }), 'above')
  if (spawnSync('mount', ['-t', 'tmpfs', 'none', above]).status !== 0) {
    const message = 'root mounts here: it may not'
    t.pass(message, { skip: message })
    return
  }
  try {
    run(['mount', '--make-shared', above])
    await work(above)
  } finally {
    run(['umount', '--recursive', above])
  }
}

t.test('what is mounted inside is seen there alone, and what this machine unmounts is not kept busy', t =>
  withSharedMount(t, async above => {
    const [theirs, ours] = [join(above, 'theirs'), join(above, 'ours')]
    for (const one of [theirs, ours]) mkdirSync(one)
    run(['mount', '-t', 'tmpfs', 'none', theirs])
    const { inside, close } = await openPrivateMounts(undefined)
    run(inside(['mount', '-t', 'tmpfs', 'none', ours]))
    run(['umount', theirs])
    const seen = (mounts: string) => [ours, theirs].filter(one => mounts.includes(one))
    t.strictSame(seen(run(inside(['cat', '/proc/self/mounts']))), [ours])
    t.strictSame(seen(run(['cat', '/proc/self/mounts'])), [])
    run(inside(['umount', ours]))
    await close()
  }),
)
