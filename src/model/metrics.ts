// Metrics in the text format of Prometheus (its documentation, "Exposition formats"). Pure.
import { sorted } from './sorted.js'

export type Sample = { readonly labels?: Readonly<Record<string, string>>; readonly value: number }

export type Metric = {
  readonly name: string
  readonly help: string
  /** A gauge where absent. */
  readonly type?: 'gauge' | 'counter'
  readonly samples: readonly Sample[]
}

/** Those that have samples. */
export const printMetrics = (metrics: readonly Metric[]): string =>
  metrics
    .filter(({ samples }) => samples.length > 0)
    .map(printMetric)
    .join('')

const printMetric = ({ name, help, type = 'gauge', samples }: Metric): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels = {}, value }) => `${name}${printLabels(labels)} ${value}`),
  ]
    .map(line => `${line}\n`)
    .join('')

const printLabels = (labels: Readonly<Record<string, string>>): string => {
  const entries = sorted(labels)
  return entries.length === 0 ? '' : `{${entries.map(([name, value]) => `${name}="${value}"`).join(',')}}`
}
