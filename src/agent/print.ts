// Plan, report and progress as lines for people. Pure; the streams are the command line's affair.

import type { OngoingIntervention } from '../model/intervention.js'
import { ageText } from './age.js'
import type { AgentEvent } from './events.js'
import { comesInWindow, mayBeAllowed } from './gate.js'
import type { Hold } from './guests.js'
import type { Fallback, Report, ReportedAction } from './report.js'

/** What became of an action, in one word: its outcome where it was carried out, else its status. */
const wordOf = ({ outcome, status }: Pick<ReportedAction, 'outcome' | 'status'>): string =>
  outcome === 'not applied' ? status : outcome

/** The plan (noaction) or the report of a run: an action a line, what else there is to say, and a summary. */
export const printReport = (report: Report): string => {
  const { host, fallback, unsealed, ignored, holds, orphans, misplaced, intervention, drift, error } = report
  const openings = new Map(report.waits.map(wait => [wait.for, wait.opens]))
  const lines = [
    ...report.actions.flatMap(action => printAction(action, openings)),
    ...orphans.map(orphan => `orphan: ${orphan} is in no document`),
    ...misplaced.map(({ guest, to }) => `misplaced: ${guest} has moved to ${to ?? 'another host'}, and is still here`),
    ...holds.map(printHold),
    ...(intervention === undefined ? [] : [printIntervention(intervention)]),
    ...drift.map(id => `drift: ${id}: the host was changed since the last run`),
    ...ignored.map(part => `ignored: ${part}`),
    ...(fallback === undefined ? [] : [fallbackText(fallback)]),
    ...(unsealed ? ['unsealed: the document has no seal, and no trust key is set'] : []),
    ...(error === undefined ? [] : [`error: ${error.message}`]),
    `${host}: ${summaryOf(report)}`,
  ]
  return lines.map(line => `${line}\n`).join('')
}

const fallbackText = ({ code, message, age }: Fallback): string => {
  const since = age === null ? '' : `, accepted ${ageText(age)} ago`
  return `${code === 'unreachable' ? 'unreachable' : 'rejected'}: ${message}: this is the last good document${since}`
}

/** By what is waited for: when a maintenance window opens that lets it happen. */
export type Openings = ReadonlyMap<string, string | null | undefined>

const printAction = (action: ReportedAction, openings: Openings): readonly string[] =>
  actionLines({ ...action, isAllowable: mayBeAllowed(action) }, openings)

/** What is printed of an action; `isAllowable`: leave for what it waits for makes it due. */
export type PrintedAction = Omit<ReportedAction, 'ops' | 'provides' | 'requires' | 'duration'> & {
  readonly isAllowable: boolean
}

/** `+ due      create volume vg0/ce of 20 GiB`, and below it why. */
export const actionLines = (action: PrintedAction, openings: Openings): readonly string[] => [
  `${action.kind} ${wordOf(action).padEnd(8)} ${action.summary}`,
  ...detailsOf(action, openings).map(detail => `             ${detail}`),
]

/** Of what was done, the reasons stood in the plan. */
const detailsOf = (
  { outcome, reasons, status, rejected, consent, waitsFor, isAllowable, error }: PrintedAction,
  openings: Openings,
): readonly string[] => [
  ...(outcome === 'done' ? [] : reasons),
  ...(rejected === undefined ? [] : [rejected]),
  ...(status === 'refused' ? [`needs --allow ${consent}`] : []),
  ...(status === 'pending' && waitsFor !== undefined ? [waitText(waitsFor, isAllowable, openings.get(waitsFor))] : []),
  ...(error === undefined ? [] : [error]),
]

const waitText = (waitsFor: string, isAllowable: boolean, opens: string | null | undefined): string => {
  if (!isAllowable) return `waits for ${waitsFor}`
  return `waits for ${waitsFor}: ${comesInWindow(waitsFor) ? `${windowText(opens)}, or ` : ''}--allow ${waitsFor}`
}

/** Undefined where it is not known. */
const windowText = (opens: string | null | undefined): string => {
  if (opens === undefined) return 'a maintenance window'
  return `a maintenance window (${opens === null ? 'none is declared' : `from ${toSeconds(opens)}`})`
}

/** `3 to do, 1 pending, 0 refused`, or after applying `2 done, 1 failed, 0 pending, 0 refused`. */
export const summaryOf = ({ actions }: Report): string => {
  if (actions.length === 0) return 'nothing to do'
  const count = (word: string): number => actions.filter(action => wordOf(action) === word).length
  const wasApplied = actions.some(action => action.outcome !== 'not applied')
  const always = wasApplied ? ['done', 'pending', 'refused'] : ['due', 'pending', 'refused']
  return ['due', 'done', 'failed', 'skipped', 'waiting', 'pending', 'refused', 'rejected']
    .filter(word => always.includes(word) || count(word) > 0)
    .map(word => `${count(word)} ${word === 'due' ? 'to do' : word}`)
    .join(', ')
}

export const printHold = ({ guest, until, reason }: Hold): string =>
  `hold: ${guest} is left alone until ${until === null ? 'it is released' : toSeconds(until)}${reason === null ? '' : `: ${reason}`}`

export const printIntervention = ({ since, reason, up }: OngoingIntervention): string =>
  [
    `intervention${since === null ? '' : ` since ${toSeconds(since)}`}: no guest is to run before agent up`,
    ...(reason === null ? [] : [reason]),
    ...(up.length === 0 ? [] : [`still up: ${up.join(', ')}`]),
  ].join('; ')

/** ISO 8601 text without fractions of a second. */
export const toSeconds = (time: string): string => time.replace(/\.\d+(?=Z$)/, '')

/** How much an event matters to whoever watches. */
export const severityOf = (event: AgentEvent): 'info' | 'warning' | 'error' => {
  if (event.event === 'rejected') return event.code === 'unreachable' ? 'warning' : 'error'
  if (event.event === 'order-overdue' || event.event === 'order-ahead') return 'warning'
  return event.event === 'finished' && event.result.outcome === 'failed' ? 'error' : 'info'
}

/** The line of progress that an event is worth; undefined for those that the report tells better. */
export const printEvent = (event: AgentEvent): string | undefined => {
  switch (event.event) {
    case 'waiting':
      return `waiting for commands of a killed run: process ${event.pids.join(', ')}`
    case 'locked':
      return 'waiting for the end of another run'
    case 'rejected':
      return `${event.message}\n  ${event.remedy}`
    case 'accepted':
      return `document of ${event.host}${event.serial === null ? '' : `, edition ${event.serial}`}`
    case 'hold-over':
      return `${event.guest} is not held any more: its hold is over`
    case 'order-overdue':
      return `${event.guest} is not installed anew any more: order ${event.order} was not begun in its time`
    case 'order-ahead':
      return `${event.guest} is not installed anew now: by the clock of this host order ${event.order} is yet to be given`
    case 'started':
      return `${event.id}: ${event.summary}`
    case 'finished':
      return event.result.outcome === 'done' ? undefined : `${event.id}: ${event.result.outcome}: ${event.result.error}`
    case 'planned':
      return undefined
  }
}
