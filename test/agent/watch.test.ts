import t from 'tap'
import { pause } from '../../src/agent/pause.js'
import { type WatchOptions, watch } from '../../src/agent/watch.js'

const options = (stop: AbortController, more: Partial<WatchOptions> = {}): WatchOptions => ({
  interval: 3_600_000,
  jitter: 0,
  signal: stop.signal,
  ...more,
})

t.test('a pass begins at once, and the next ones after the interval', async t => {
  const stop = new AbortController()
  let passes = 0
  const { ended } = watch(
    async () => {
      passes += 1
      if (passes === 3) stop.abort()
    },
    options(stop, { interval: 1, jitter: 4, random: () => 0.5 }),
  )
  await ended
  t.equal(passes, 3)
})

t.test('the next pass waits for the interval and what chance adds', async t => {
  const stop = new AbortController()
  const begun: number[] = []
  const { ended } = watch(
    async () => {
      begun.push(performance.now())
      if (begun.length === 2) stop.abort()
    },
    options(stop, { interval: 20, jitter: 200, random: () => 0.5 }),
  )
  await ended
  t.ok((begun[1] ?? 0) - (begun[0] ?? 0) >= 119)
})

t.test('an interval longer than what a timer can wait is no busy loop', async t => {
  const stop = new AbortController()
  let passes = 0
  const pass = async (): Promise<void> => {
    passes += 1
    if (passes === 2) stop.abort()
  }
  const { ended } = watch(pass, options(stop, { interval: 30 * 86_400_000 }))
  await pause(50)
  stop.abort()
  await ended
  t.equal(passes, 1)
})

t.test('woken while it waits, it begins at once; woken during a pass, right after it, and once', async t => {
  const stop = new AbortController()
  let passes = 0
  const idle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  const { ended, wake } = watch(async () => {
    passes += 1
    if (passes === 2) {
      wake()
      wake()
    }
  }, options(stop))
  await idle()
  t.equal(passes, 1)
  wake()
  while (passes < 3) await idle()
  for (let turns = 0; turns < 10; turns += 1) await idle()
  t.equal(passes, 3)
  stop.abort()
  await ended
})

t.test('an abort ends it when the pass under way has ended', async t => {
  const stop = new AbortController()
  let finish: () => void = () => undefined
  let hasEnded = false
  const { ended } = watch(() => new Promise(resolve => (finish = resolve)), options(stop))
  stop.abort()
  const over = ended.then(() => {
    hasEnded = true
  })
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(hasEnded)
  finish()
  await over
  t.ok(hasEnded)
})

t.test('what a pass throws ends it', async t => {
  const { ended } = watch(() => Promise.reject(new TypeError('bug')), options(new AbortController()))
  await t.rejects(ended, TypeError)
})
