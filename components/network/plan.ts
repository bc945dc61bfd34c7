// plan: what makes the declared bridges, and the links that they need: one action for each trunk. Pure. The table in
// README.md, the branches here and the cases in the test stand in the same order.
import type { Action } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { changeOps, confirmOps, keepOps, makeOps } from './change.js'
import type { Network } from './desired.js'
import { isUsable } from './differences.js'
import { type Facts, factsOf, situationOf } from './situation.js'
import { type Trunk, trunksOf } from './trunk.js'

export const plan = (desired: Network, actual: Actual): readonly Action[] =>
  trunksOf(desired).flatMap(trunk => actionOf(trunk, factsOf(trunk, actual), actual))

const actionOf = (trunk: Trunk, facts: Facts, actual: Actual): readonly Action[] => {
  const { question, leaving, used } = facts
  const action = changeOf(trunk, facts, actual)
  const ops = question === null ? [] : changeOps(trunk, question, facts, actual)
  switch (situationOf(trunk, facts)) {
    case 'tried, armed':
      return [{ ...action, summary: `confirm the change of ${trunk.name}`, ops: confirmOps(trunk, question, actual) }]
    case 'tried, not kept':
      return [{ ...action, summary: `keep the change of ${trunk.name}`, risk: 'safe', ops: keepOps(trunk, actual) }]
    case 'as declared':
      return []
    case 'another is tried':
      return [{ ...action, reasons: [...action.reasons, underWay], waitsFor: `network:${trunk.name}` }]
    case 'not ours':
      return [{ ...action, reasons: [...action.reasons, sayOthers(facts)], waitsFor: `bridge:${trunk.name}` }]
    case 'rejected':
      return [{ ...action, rejected: facts.faults.join('; ') }]
    case 'in the way':
      return [{ ...action, reasons: [...action.reasons, ...facts.obstacles], waitsFor: `network:${trunk.name}` }]
    case 'given up, in use': {
      const reasons = used.map(bridge => `guests' interfaces are in ${bridge}`)
      return [{ ...action, reasons, waitsFor: `guests:${used.join('+')}` }]
    }
    case 'nobody to ask':
      return [{ ...action, rejected: sayNobody(trunk) }]
    case 'given up': {
      const consent = `destroy:network/${leaving.join('+')}`
      const removal = { ...action, kind: '-', summary: `remove ${leaving.join(', ')}`, consent } as const
      return [{ ...removal, risk: 'destructive', ops: trunk.device === null ? makeOps(trunk, actual) : ops }]
    }
    case 'without a device':
      return [{ ...action, risk: 'safe', ops: makeOps(trunk, actual) }]
    case 'taken back before':
      return [{ ...action, reasons: [...action.reasons, takenBack], consent: `retry:network/${trunk.name}`, ops }]
    case 'different':
      return [{ ...action, ops }]
  }
}

/** Without its operations. What guests can have already does not keep them waiting. */
const changeOf = (trunk: Trunk, { differences, stale }: Facts, actual: Actual): Action => {
  const bridges = trunk.links.filter(({ kind }) => kind === 'bridge').map(({ name }) => name)
  const missing = bridges.filter(name => actual.links[name] === undefined)
  const over = trunk.device === null ? '' : ` over ${trunk.device}`
  return {
    id: `network/${trunk.name}`,
    component: 'network',
    resource: trunk.name,
    kind: missing.length > 0 ? '+' : '~',
    summary: missing.length > 0 ? `make ${missing.join(', ')}${over}` : `change ${[...bridges].join(', ')}${over}`,
    reasons: [...differences, ...stale],
    risk: 'disruptive',
    queue: 'network',
    provides: bridges.filter(name => !isUsable(name, trunk, actual)).map(name => `bridge:${name}`),
    requires: [],
    ops: [],
  }
}

/** A run that was killed cannot tell whether anybody would have answered: the link may have been cut. */
const takenBack = 'this very change was tried, was not confirmed, and was taken back'

/** Its timer alone knows what was before it. */
const underWay = 'another change is being tried, and is taken back within minutes'

const sayOthers = ({ others }: Facts): string => {
  const managers = [...new Set(others.map(([, manager]) => manager))]
  const said = managers.map(manager => {
    const names = others.filter(other => other[1] === manager).map(([name]) => name)
    return manager === 'nobody' ? `systemd-networkd does not run` : `${manager} has ${names.join(', ')}`
  })
  return `${said.join('; ')}: only through systemd-networkd are bridges made here, make it by hand as it is declared`
}

const sayNobody = ({ links }: Trunk): string => {
  const [bridge] = links.filter(({ kind }) => kind === 'bridge')
  const place = `/system/network/bridges/${bridge?.name ?? 'NAME'}/probe`
  return `nothing is known that would answer after the change: declare an address that does, ${place}`
}
