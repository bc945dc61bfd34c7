import t from 'tap'
import { printPass } from '../../src/agent/metrics.js'
import type { Report } from '../../src/agent/report.js'

const time = new Date('2025-06-01T12:00:00Z')

t.test('a run without a report tells its time and its end', async t => {
  t.equal(
    printPass({ time, duration: 1500, code: 75, report: undefined }),
    [
      '# HELP xenclosure_run_timestamp_seconds When the last run ended',
      '# TYPE xenclosure_run_timestamp_seconds gauge',
      'xenclosure_run_timestamp_seconds 1748779200',
      '# HELP xenclosure_run_duration_seconds How long it took',
      '# TYPE xenclosure_run_duration_seconds gauge',
      'xenclosure_run_duration_seconds 1.5',
      '# HELP xenclosure_run_exit_code Its exit code: 0 converged, 1 failed, 2 rejected, 3 something is left, 75 locked',
      '# TYPE xenclosure_run_exit_code gauge',
      'xenclosure_run_exit_code 75',
      '',
    ].join('\n'),
  )
})

t.test('a report tells what became of its actions, what is wrong, and how old its document is', async t => {
  const report = {
    document: { serial: 7, accepted: '2025-06-01T11:00:00Z' },
    actions: [
      { status: 'due', outcome: 'done' },
      { status: 'due', outcome: 'done' },
      { status: 'pending', outcome: 'waiting' },
      { status: 'refused', outcome: 'not applied' },
    ],
    orphans: ['a', 'b'],
    misplaced: [],
    drift: ['c'],
    holds: [],
    converged: false,
    fallback: { code: 'unreachable' },
  } as unknown as Report
  const samples = printPass({ time, duration: 0, code: 3, report })
    .split('\n')
    .filter(line => !line.startsWith('#'))
  t.same(samples.slice(3, -1), [
    'xenclosure_actions{status="done"} 2',
    'xenclosure_actions{status="due"} 0',
    'xenclosure_actions{status="failed"} 0',
    'xenclosure_actions{status="pending"} 0',
    'xenclosure_actions{status="refused"} 1',
    'xenclosure_actions{status="rejected"} 0',
    'xenclosure_actions{status="skipped"} 0',
    'xenclosure_actions{status="waiting"} 1',
    'xenclosure_orphans 2',
    'xenclosure_misplaced 0',
    'xenclosure_drift 1',
    'xenclosure_holds 0',
    'xenclosure_converged 0',
    'xenclosure_document_serial 7',
    'xenclosure_document_age_seconds 3600',
    'xenclosure_document_fallback 1',
  ])
  const unsealed = { ...report, document: { serial: null, accepted: null } } as unknown as Report
  t.notMatch(printPass({ time, duration: 0, code: 3, report: unsealed }), /serial|document_age/)
})
