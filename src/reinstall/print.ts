// A reinstallation as lines for people, before it is begun. Pure.
import type { AnyStep } from '../intervene/carry-out.js'
import { dividedDisks } from '../provision/kickstart/lost.js'
import type { InUse } from './in-use.js'
import { type Standing, timeOf } from './order.js'
import type { Target } from './target.js'

export const standingText = ({ order, isNew, isOver }: Standing): string => {
  if (isNew) return `a new order, ${order}`
  const what = isOver ? 'is over (--again begins another one)' : 'is gone on with'
  return `the order of ${timeOf(order)}, ${order}, ${what}`
}

/** A line for each step, below the installation of each machine what is lost and what stays. */
export const printPlan = (
  standing: Standing,
  steps: readonly AnyStep[],
  targets: ReadonlyMap<string, Target>,
  inUse: readonly InUse[],
): string => {
  const lines = steps.flatMap(step => {
    const behind = step.after.length === 0 ? '' : `, after ${step.after.join(', ')}`
    const target = step.work === 'install' ? targets.get(step.machine) : undefined
    return [`${step.id}${behind}`, ...(target === undefined ? [] : [`  ${lossText(target)}`])]
  })
  return [standingText(standing), ...lines, ...inUse.map(inUseText)].map(line => `${line}\n`).join('')
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
