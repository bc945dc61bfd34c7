// `agent watch`: the run again and again, as a service. Says what is news since the pass before, and nothing else; tells
// systemd that it lives; ends when what is under way has ended.
import { Command, Option } from 'commander'
import { exitCode } from '../../agent/exit-code.js'
import { printReport, summaryOf } from '../../agent/print.js'
import type { Report } from '../../agent/report.js'
import { run } from '../../agent/run.js'
import { timeless } from '../../agent/state.js'
import { watch } from '../../agent/watch.js'
import { digestOf } from '../../model/seal.js'
import type { System } from '../../model/system.js'
import { writableFile } from '../named-file.js'
import { duration } from '../option-values.js'
import { saveMetrics } from './metrics.js'
import {
  type AgentParts,
  type DocumentOptions,
  openHost,
  orUsageError,
  partsOfRun,
  readKeys,
  requireSources,
  withDocumentOptions,
} from './options.js'
import { attempt, complain, Interrupted, tell } from './tell.js'
import { createVoice, type Voice } from './voice.js'

type WatchOptions = DocumentOptions & {
  readonly interval: number
  readonly jitter?: number
  readonly metrics?: string
}

export const watchCommand = (parts: AgentParts): Command =>
  withDocumentOptions(new Command('watch'), parts.components)
    .description('run again and again: at once on SIGHUP, until SIGTERM')
    .addOption(
      new Option('--interval <time>', 'from the end of a pass to the next one: 90s, 5min, 1h')
        .argParser(duration)
        .default(300_000, '5min'),
    )
    .option('--jitter <time>', 'up to so much more, by chance (default: a fifth of the interval)', duration)
    .option('--metrics <file>', 'what each pass came to, for node_exporter (FILE.prom)', writableFile)
    .action(async (options: WatchOptions, command: Command) => {
      const sources = requireSources(options.document, command)
      const system = await orUsageError(command, openHost(options, parts))
      await orUsageError(command, readKeys(options))
      await serve({ ...options, document: sources }, parts, system)
    })

/**
 * A heap that stays small: V8 lets its own grow to 100 MiB for passes that leave 6 behind. Three are read when it is about
 * to grow, so they count though it exists already; the last spares what V8's optimizing compiler takes to save nothing.
 */
const stayLean = async (): Promise<void> => {
  const { setFlagsFromString } = await import('node:v8')
  for (const flag of ['--max-semi-space-size=1', '--semi-space-growth-factor=1', '--optimize-for-size', '--no-opt']) {
    setFlagsFromString(flag)
  }
}

const serve = async (options: WatchOptions, parts: AgentParts, system: System): Promise<void> => {
  await stayLean()
  const { interval, jitter = interval / 5 } = options
  const stop = new AbortController()
  const news = createNews()
  const say = createVoice(options.json)
  const pass = createPass(options, parts, { system, signal: stop.signal, news, say })
  const { ended, wake } = watch(pass, { interval, jitter, signal: stop.signal })
  const reload = (): void => {
    // sd_notify(3): both in one message, by the clock that systemd compares with.
    say.notify('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`)
    say.notify('READY=1')
    wake()
  }
  const end = (name: string): void => {
    say.notify('STOPPING=1')
    stop.abort(new Interrupted(name))
  }
  process.on('SIGHUP', reload).once('SIGTERM', end).once('SIGINT', end)
  const heart = say.watchdog === undefined ? undefined : setInterval(() => say.notify('WATCHDOG=1'), say.watchdog / 2)
  say.notify('READY=1')
  try {
    await ended
    await say.spoken()
  } finally {
    clearInterval(heart)
    process.off('SIGHUP', reload).off('SIGTERM', end).off('SIGINT', end)
  }
}

type PassParts = {
  readonly system: System
  readonly signal: AbortSignal
  readonly news: News
  readonly say: Voice
}

/** One pass: what can be expected to go wrong is told, and the next pass tries again. Keys are read anew each time. */
const createPass =
  (options: WatchOptions, parts: AgentParts, { system, signal, news, say }: PassParts) =>
  async (): Promise<void> => {
    const started = performance.now()
    const { json, document: sources } = options
    const outcome = await attempt(async () =>
      run({
        ...{ system, sources, signal, noaction: false, ...(await readKeys(options)), ...partsOfRun(options, parts) },
        events: event => {
          const isWork = event.event === 'started' || event.event === 'finished'
          if (isWork || news.isNew(JSON.stringify(event))) tell(event, json)
        },
      }),
    )
    if (outcome instanceof Interrupted) return
    const report = outcome instanceof Error ? undefined : outcome
    if (outcome instanceof Error) {
      if (news.isNew(outcome.message)) complain(outcome, json)
    } else if (news.isNew(timeless(outcome))) show(outcome, json)
    say.status(report === undefined ? `${(outcome as Error).message}` : `${report.host}: ${summaryOf(report)}`)
    if (options.metrics !== undefined) {
      const { metrics: file } = options
      const saved = await attempt(() =>
        saveMetrics(file, { time: new Date(), duration: performance.now() - started, code: exitCode(outcome), report }),
      )
      if (saved instanceof Error && news.isNew(saved.message)) complain(saved, json)
    }
    news.turn()
  }

const show = (report: Report, json: boolean): void => {
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : printReport(report))
}

type News = {
  /** Whether the pass before did not say that. */
  readonly isNew: (text: string) => boolean
  /** The pass is over. */
  readonly turn: () => void
}

const createNews = (): News => {
  let [before, now] = [new Set<string>(), new Set<string>()]
  return {
    isNew: text => {
      const digest = digestOf(text)
      now.add(digest)
      return !before.has(digest)
    },
    turn: () => {
      before = now
      now = new Set()
    },
  }
}
