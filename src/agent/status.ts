// status: how the host stands by what the agent remembers; nothing of the host itself is looked at. Reading it, and how
// it is said to people.

import type { Intervention } from '../model/intervention.js'
import { timelinessOfOrder } from '../model/reinstallation.js'
import type { System } from '../model/system.js'
import { ageOf, ageText } from './age.js'
import {
  type Claim,
  type GuestReinstallation,
  type Hold,
  type PastHold,
  readClaims,
  readHolds,
  readIntervention,
  readReinstallations,
} from './guests.js'
import { offReason } from './off.js'
import { printHold, printIntervention, printReport, toSeconds } from './print.js'
import { openingOf, type Report } from './report.js'
import { knownMaintenance, readReport } from './state.js'

export type Status = {
  /** Why the agent is switched off; null where it is not. */
  readonly off: string | null
  readonly holds: readonly Hold[]
  /** Those that are over by the clock: they would hold again if that were set back. */
  readonly pastHolds: readonly PastHold[]
  readonly claims: readonly Claim[]
  /** The last order to install a guest anew, of each that had one. */
  readonly reinstallations: readonly GuestReinstallation[]
  /**
   * When the next maintenance window opens, as ISO 8601 text, or this very time while one is open; null where none is
   * declared.
   */
  readonly opens: string | null
  /** During which no guest is to run; null where there is none. */
  readonly intervention: Intervention | null
  /** Of the last run over all components; null where there was none. */
  readonly report: Report | null
  /** Seconds since that run; it may be up to an hour less, for a run that finds all as before writes no report. */
  readonly age: number | null
  /** Seconds since its document was first accepted here. */
  readonly documentAge: number | null
}

export const readStatus = async (system: System, state: string, now: Date): Promise<Status> => {
  const report = (await readReport(system, state)) ?? null
  const accepted = report?.document.accepted ?? null
  const maintenance = await knownMaintenance(system, state)
  const holds = await readHolds(system, state, now)
  return {
    off: (await offReason(system)) ?? null,
    holds: holds.inForce,
    pastHolds: holds.past,
    claims: await readClaims(system, state),
    reinstallations: (await readReinstallations(system, state)).filter(
      order => timelinessOfOrder(order, now) !== 'too late',
    ),
    opens: maintenance === undefined ? null : openingOf(maintenance, now),
    intervention: await readIntervention(system, state),
    report,
    age: report && ageOf(report.time, now),
    documentAge: accepted === null ? null : ageOf(accepted, now),
  }
}

export const printStatus = (status: Status): string => {
  const { off, holds, pastHolds, claims, reinstallations, intervention, opens, report, age, documentAge } = status
  const lines = [
    ...(off === null ? [] : [`off: ${off === '' ? 'no reason given' : off}`]),
    ...(report === null ? holds.map(printHold) : []),
    ...(intervention === null || intervention.isEnding ? [] : [printIntervention({ ...intervention, up: [] })]),
    ...pastHolds.map(({ guest, until }) => `hold is over: ${guest} was left alone until ${toSeconds(until ?? '')}`),
    ...claims.map(({ guest }) => `claim: ${guest} is this host's`),
    ...reinstallations
      .filter(({ isBegun }) => !isBegun)
      .map(({ guest, order, until }) => `to be installed anew: ${guest}, ${order}${untilText(until)}`),
    ...(opens === null ? [] : [`maintenance window: open from ${toSeconds(opens)}`]),
    ...(report === null
      ? ['no run yet, or none with this --state (and --root)']
      : aboutReport(report, age, documentAge)),
  ]
  // What is held now counts, not what was held at that time, and the window that comes next.
  const told =
    report === null ? '' : printReport({ ...withoutIntervention(report), holds, waits: waitsNow(report, opens) })
  return `${lines.join('\n')}\n${told}${Object.entries(report?.migration ?? {})
    .map(migrationText)
    .join('')}`
}

const untilText = (until: string | null): string => (until === null ? '' : `, not after ${toSeconds(until)}`)

const waitsNow = ({ waits }: Report, opens: string | null): Report['waits'] =>
  waits.map(wait => (wait.opens === undefined ? wait : { ...wait, opens }))

const withoutIntervention = ({ intervention: _then, ...report }: Report): Report => report

const migrationText = ([guest, obstacles]: readonly [string, readonly string[]]): string =>
  obstacles.length === 0
    ? `migration: ${guest} could be migrated live\n`
    : `migration: ${guest} stays here: ${obstacles.join('; ')}\n`

const aboutReport = ({ versions, document }: Report, age: number | null, documentAge: number | null) => [
  `report: ${age === null ? 'of an unknown time' : `${ageText(age)} old`}, by agent ${versions.agent}`,
  [
    `document: ${document.serial === null ? document.sha256.slice(0, 12) : `edition ${document.serial}`}`,
    ...(versions.compiler === null ? [] : [`by compiler ${versions.compiler}`]),
    ...(documentAge === null ? [] : [`accepted ${ageText(documentAge)} ago`]),
  ].join(', '),
]
