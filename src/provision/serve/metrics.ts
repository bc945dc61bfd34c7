// What the provisioner tells Prometheus: what it was asked, what machines boot, and how old their documents are.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { byCodeUnit } from '../../model/json.js'
import { type Metric, printMetrics, type Sample } from '../../model/metrics.js'
import { bootStates } from '../netboot/entry.js'
import { recordedEntries } from '../netboot/record.js'
import type { Reply } from './reply.js'

export type Counters = {
  /** By the kind of thing that was asked for, and the status that it was answered with. */
  readonly count: (kind: string, status: number) => void
  readonly samples: () => readonly Sample[]
}

/** Since the process began. */
export const createCounters = (): Counters => {
  const counts = new Map<string, number>()
  return {
    count: (kind, status) => {
      const key = `${kind} ${status}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    samples: () =>
      [...counts]
        .sort(([a], [b]) => byCodeUnit(a, b))
        .map(([key, value]) => {
          const [kind = '', status = ''] = key.split(' ')
          return { labels: { kind, status }, value }
        }),
  }
}

export type Inventory = { readonly documents: string; readonly netboot: string | undefined; readonly now: Date }

export const metricsReply = async (counters: Counters, inventory: Inventory): Promise<Reply> => {
  const metrics: readonly Metric[] = [
    {
      name: 'xenclosure_serve_requests_total',
      help: 'Requests by what was asked for and how it was answered',
      type: 'counter',
      samples: counters.samples(),
    },
    {
      name: 'xenclosure_serve_machines',
      help: 'Machines with an entry on the TFTP server, by what they boot',
      samples: inventory.netboot === undefined ? [] : await statesIn(inventory.netboot),
    },
    {
      name: 'xenclosure_serve_document_age_seconds',
      help: 'Since a document last changed',
      samples: agesIn(inventory.documents, inventory.now),
    },
  ]
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' }
  return { status: 200, body: printMetrics(metrics), headers }
}

const statesIn = async (root: string): Promise<readonly Sample[]> => {
  const entries = await recordedEntries(root)
  return bootStates.map(state => {
    const machines = entries.flatMap(entry => (entry.state === state ? [entry.machine] : []))
    return { labels: { state }, value: new Set(machines).size }
  })
}

const agesIn = (directory: string, now: Date): readonly Sample[] =>
  readdirSync(directory)
    .filter(file => file.endsWith('.json') && file !== 'index.json')
    .sort(byCodeUnit)
    .flatMap(file => {
      const stats = statSync(join(directory, file), { throwIfNoEntry: false })
      if (stats === undefined) return []
      const value = Math.max(0, Math.round((now.getTime() - stats.mtimeMs) / 1000))
      return [{ labels: { machine: file.replace(/\.json$/, '') }, value }]
    })
