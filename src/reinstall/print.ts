// A reinstallation as lines for people, before it is begun. Pure.
import type { AnyStep } from '../intervene/carry-out.js'
import { dividedDisks } from '../provision/kickstart/lost.js'
import type { InUse } from './in-use.js'
import { type Standing, timeOf } from './order.js'
import type { Target } from './target.js'

export const standingText = ({ order, isNew, isOver, until }: Standing): string => {
  if (isNew) return `a new order, ${order}, not gone on with after ${until}`
  const what = isOver ? 'is over (--again begins another one)' : `is gone on with until ${until}`
  return `the order of ${timeOf(order)}, ${order}, ${what}`
}

/** Why an order is not gone on with; undefined where it is. `since`: the machines that had another one. */
export const whyStopped = (
  { order, until, timeliness }: Standing,
  since: readonly string[],
  now: Date,
): string | undefined => {
  if (since.length > 0) return `${since.join(', ')} had another order since that of ${timeOf(order)}`
  switch (timeliness) {
    case 'in time':
      return undefined
    case 'too late':
      return `the order of ${timeOf(order)} was to be gone on with until ${until}`
    case 'yet to come':
      return `the order of ${timeOf(order)} is yet to come: the clock of this machine was wrong then, or is now (${now.toISOString()})`
  }
}

/** A line for each step, below the installation of each machine what is lost and what stays; last what stands against it. */
export const printPlan = (
  standing: Standing,
  steps: readonly AnyStep[],
  targets: ReadonlyMap<string, Target>,
  { inUse, stopped }: { readonly inUse: readonly InUse[]; readonly stopped: string | undefined },
): string => {
  const lines = steps.flatMap(step => {
    const behind = step.after.length === 0 ? '' : `, after ${step.after.join(', ')}`
    const target = step.work === 'install' ? targets.get(step.machine) : undefined
    return [`${step.id}${behind}`, ...(target === undefined ? [] : [`  ${lossText(target)}`])]
  })
  const against = [...inUse.map(inUseText), ...(stopped === undefined ? [] : [`nothing would be done: ${stopped}`])]
  return [standingText(standing), ...lines, ...against].map(line => `${line}\n`).join('')
}

const lossText = ({ way, host, document }: Target): string => {
  if (way === 'agent') return `by the agent of ${host}: its boot disk is installed over`
  const { system = {}, hardware = {} } = document as { system?: object; hardware?: { harddisks?: object } }
  const divided = dividedDisks(system)
  const kept = Object.keys(hardware.harddisks ?? {}).filter(disk => !divided.includes(disk))
  return `by its provisioner: divided anew: ${divided.join(', ')}${kept.length === 0 ? '' : `; not touched: ${kept.join(', ')}`}`
}

export const inUseText = ({ host, running, unknown }: InUse): string =>
  unknown === undefined
    ? `${host}: in use: ${running.length === 0 ? 'nothing' : running.join(', ')}`
    : `${host}: whether anything is in use is not known: ${unknown}`
