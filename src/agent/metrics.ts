// metrics: what a run came to, for node_exporter's textfile collector. Pure.
import { type Metric, printMetrics, type Sample } from '../model/metrics.js'
import { ageOf } from './age.js'
import type { Report } from './report.js'

export type Pass = {
  /** When it ended. */
  readonly time: Date
  /** Milliseconds. */
  readonly duration: number
  readonly code: number
  /** Undefined where there is none: another run held the lock, the host could not be observed, ... */
  readonly report: Report | undefined
}

/** Every series has the machine's name nowhere: node_exporter's own label tells it. */
export const printPass = ({ time, duration, code, report }: Pass): string => {
  const gauge = (name: string, help: string, value: number | null): Metric => ({
    name: `xenclosure_${name}`,
    help,
    samples: value === null ? [] : [{ value }],
  })
  const metrics: readonly Metric[] = [
    gauge('run_timestamp_seconds', 'When the last run ended', Math.floor(time.getTime() / 1000)),
    gauge('run_duration_seconds', 'How long it took', duration / 1000),
    gauge('run_exit_code', 'Its exit code: 0 converged, 1 failed, 2 rejected, 3 something is left, 75 locked', code),
    ...(report === undefined ? [] : metricsOf(report, time, gauge)),
  ]
  return printMetrics(metrics)
}

const metricsOf = (
  report: Report,
  now: Date,
  gauge: (name: string, help: string, value: number | null) => Metric,
): readonly Metric[] => {
  const { document, actions, fallback } = report
  const age = document.accepted === null ? null : ageOf(document.accepted, now)
  return [
    { name: 'xenclosure_actions', help: 'Actions by what became of them, else by status', samples: countsOf(actions) },
    gauge('orphans', 'Domains and volumes that no document declares', report.orphans.length),
    gauge('misplaced', 'Guests that have moved to another host and are still here', report.misplaced.length),
    gauge('drift', 'Actions that somebody else made necessary', report.drift.length),
    gauge('holds', 'Guests that are held', report.holds.length),
    gauge('converged', 'Whether nothing is left to change', Number(report.converged)),
    gauge('document_serial', 'The edition that is in force', document.serial),
    gauge('document_age_seconds', 'Since it was first accepted here', age),
    gauge('document_fallback', 'Whether it is not the one that was asked for', Number(fallback !== undefined)),
  ]
}

/** Words that are always there, so that a series does not vanish with its last action. */
const words = ['done', 'due', 'failed', 'pending', 'refused', 'rejected', 'skipped', 'waiting']

const countsOf = (actions: Report['actions']): readonly Sample[] => {
  const wordOf = ({ outcome, status }: Report['actions'][number]): string =>
    outcome === 'not applied' ? status : outcome
  return words.map(word => ({
    labels: { status: word },
    value: actions.filter(action => wordOf(action) === word).length,
  }))
}
