// A plan that was saved to be reviewed: what it shows is applied later, and nothing else. It needs no secrets: what is
// to be done is planned again from the same document and the same host, and must come out the same.
import type { GatedAction } from '../model/action.js'
import { canonicalJson, isList, isMap, type Json, parseJson } from '../model/json.js'
import { conceal } from './conceal.js'
import type { Leave } from './gate.js'
import type { Survey } from './look.js'
import type { Report } from './report.js'
import type { Accepted } from './verify.js'

export type Plan = {
  readonly format: 'xenclosure plan 1'
  readonly host: string
  readonly document: Report['document']
  /** Where the document is from; looked at again before the plan is applied. */
  readonly sources: readonly string[]
  /** The one component that was planned; all where absent. */
  readonly only?: string
  /** The consents that were given when it was made. */
  readonly allow: readonly string[]
  /** When it was made: the hour that its maintenance windows were held against. */
  readonly made: string
  /** The digest of what each component saw. */
  readonly observed: Survey['observed']
  /** Ordered, gated, and with nothing secret in them. */
  readonly actions: readonly GatedAction[]
}

export type PlanRequest = Pick<Plan, 'sources' | 'allow' | 'made' | 'only'>

/** The plan that a report without action is about. */
export const planOf = ({ host, document, observed, actions }: Report, request: PlanRequest): Plan => ({
  format: 'xenclosure plan 1',
  host,
  document,
  ...request,
  observed,
  actions: actions.map(({ outcome: _, ...action }) => action),
})

export const printPlan = (plan: Plan): string => `${JSON.stringify(plan, null, 2)}\n`

/** Reads what printPlan wrote; undefined where the text is no plan. What it would do is checked by planning again. */
export const parsePlan = (text: string): Plan | undefined => {
  const plan = parseJson(text)
  const isPlan =
    isMap(plan) &&
    plan.format === 'xenclosure plan 1' &&
    isMap(plan.document) &&
    isMap(plan.observed) &&
    isTexts(plan.sources) &&
    isTexts(plan.allow) &&
    isList(plan.actions) &&
    typeof plan.made === 'string' &&
    !Number.isNaN(Date.parse(plan.made)) &&
    (plan.only === undefined || typeof plan.only === 'string')
  return isPlan ? (plan as unknown as Plan) : undefined
}

const isTexts = (value: Json | undefined): boolean => isList(value) && value.every(text => typeof text === 'string')

/** The plan does not hold any more: nothing of it is applied. */
export class PlanOutdated extends Error {
  override readonly name = 'PlanOutdated'
}

/** What the administrator saw is what would be done now, or PlanOutdated says what differs. */
export const requirePlan = (plan: Plan, accepted: Accepted, now: Survey): void => {
  const made = `since the plan of ${plan.made} was made`
  if (plan.document.sha256 !== accepted.sha256) {
    throw new PlanOutdated(`the document has changed ${made}: ${plan.document.sha256} is now ${accepted.sha256}`)
  }
  const changed = Object.keys({ ...plan.observed, ...now.observed }).filter(
    name => plan.observed[name] !== now.observed[name],
  )
  if (changed.length > 0) throw new PlanOutdated(`what ${changed.join(', ')} observes has changed ${made}`)
  if (textOf(plan.actions) !== textOf(now.actions.map(conceal))) {
    throw new PlanOutdated(
      'the same document and the same host give another plan: another agent made it, or it was edited',
    )
  }
}

const textOf = (actions: readonly GatedAction[]): string => canonicalJson(actions as unknown as Json)

/**
 * What a reviewed plan allows: the consents of its actions, and the coming of what its due ones waited for, whatever
 * the hour. What it shows as pending stays so.
 */
export const leaveOf = (reviewed: readonly GatedAction[]): Leave => {
  const due = reviewed.filter(({ status }) => status === 'due')
  const names = [...reviewed.map(({ consent }) => consent), ...due.map(({ waitsFor }) => waitsFor)]
  return { consents: new Set(names.filter(name => name !== undefined)) }
}
