// status: how the host stands by what the agent remembers; nothing of the host itself is looked at. Reading it, and how
// it is said to people.

import type { System } from '../model/system.js'
import { ageOf, ageText } from './age.js'
import { type Claim, type Hold, isOver, readClaims, readHolds } from './guests.js'
import { offReason } from './off.js'
import { printHold, printReport } from './print.js'
import type { Report } from './report.js'
import { readReport } from './state.js'

export type Status = {
  /** Why the agent is switched off; null where it is not. */
  readonly off: string | null
  readonly holds: readonly Hold[]
  readonly claims: readonly Claim[]
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
  return {
    off: (await offReason(system)) ?? null,
    holds: (await readHolds(system, state)).filter(hold => !isOver(hold, now)),
    claims: await readClaims(system, state),
    report,
    age: report && ageOf(report.time, now),
    documentAge: accepted === null ? null : ageOf(accepted, now),
  }
}

export const printStatus = ({ off, holds, claims, report, age, documentAge }: Status): string => {
  const lines = [
    ...(off === null ? [] : [`off: ${off === '' ? 'no reason given' : off}`]),
    ...(report === null ? holds.map(printHold) : []),
    ...claims.map(({ guest }) => `claim: ${guest} is this host's`),
    ...(report === null
      ? ['no run yet, or none with this --state (and --root)']
      : aboutReport(report, age, documentAge)),
  ]
  // What is held now counts, not what was held at that time.
  const told = report === null ? '' : printReport({ ...report, holds })
  return `${lines.join('\n')}\n${told}${Object.entries(report?.migration ?? {})
    .map(migrationText)
    .join('')}`
}

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
