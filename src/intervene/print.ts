// An intervention as lines for people: the steps before, the summary after. Pure.
import type { Json } from '../model/json.js'
import type { AnyStep, Outcome, StepResult } from './carry-out.js'
import type { GuestsOf } from './guests.js'
import type { Step } from './plan.js'

/** A line for each step, and below it its guests in the order in which they go down, or what it lacks. */
export const printSteps = (
  steps: readonly Step[],
  guests: ReadonlyMap<string, GuestsOf>,
  hasController: (machine: string) => boolean,
): string =>
  steps
    .flatMap(step => {
      const behind = step.after.length === 0 ? '' : `, after ${step.after.join(', ')}`
      const known = step.work === 'guests down' ? guests.get(step.machine) : undefined
      const isBlind = step.work === 'power off' && !hasController(step.machine)
      const below = [...(known === undefined ? [] : guestLines(known)), ...(isBlind ? [blindness] : [])]
      return [`${step.id}${behind}`, ...below.map(line => `  ${line}`)]
    })
    .map(line => `${line}\n`)
    .join('')

const blindness = 'it declares no /hardware/console/ipmi: once off, it cannot be told from one that is cut off'

const guestLines = ({ stops, migration = {}, unknown }: GuestsOf): readonly string[] => [
  ...stops.map(({ guest, limit, onTimeout, after }) => {
    const then = onTimeout === 'wait' ? 'then waits' : 'then is destroyed'
    const behind = after.length === 0 ? '' : `, after ${after.join(', ')}`
    return `${guest}: ${limit} s, ${then}${behind}${migrationText(migration[guest])}`
  }),
  ...(unknown === undefined ? [] : [`what could be migrated is not known: ${unknown}`]),
]

const migrationText = (obstacles: readonly string[] | undefined): string =>
  obstacles !== undefined && obstacles.length === 0 ? '; could be migrated instead' : ''

const words: Readonly<Record<Outcome, string>> = {
  done: 'done',
  already: 'already',
  left: 'left',
  failed: 'failed',
  skipped: 'not begun',
}

export const printResult = ({ step, outcome, message }: StepResult): string =>
  `${words[outcome].padEnd(9)} ${step.id}${message === '' ? '' : `: ${message}`}`

/** Every step with what became of it, and how many of each. */
export const printSummary = (title: string, results: readonly StepResult[]): string => {
  const count = (outcome: Outcome): number => results.filter(result => result.outcome === outcome).length
  const counts = (['done', 'already', 'left', 'failed', 'skipped'] as const)
    .filter(outcome => outcome === 'done' || count(outcome) > 0)
    .map(outcome => `${count(outcome)} ${words[outcome]}`)
  const isOver = results.every(({ outcome }) => outcome === 'done' || outcome === 'already')
  const remedy = isOver ? [] : ['called again, it goes on where it is']
  return [...results.map(printResult), `${title}: ${[counts.join(', '), ...remedy].join('; ')}`]
    .map(line => `${line}\n`)
    .join('')
}

export const stepJson = ({ id, machine, work, after }: AnyStep): { readonly [key: string]: Json } => ({
  ...{ id, machine, work },
  after: [...after],
})

export const resultJson = ({ step, outcome, message }: StepResult): Json => ({ ...stepJson(step), outcome, message })

/** 1: something failed. 3: something is left to do. */
export const interventionCode = (results: readonly StepResult[]): 0 | 1 | 3 => {
  if (results.some(({ outcome }) => outcome === 'failed')) return 1
  return results.every(({ outcome }) => outcome === 'done' || outcome === 'already') ? 0 : 3
}
