// What a trunk is found to be: the rows of README.md's table "Decisions", in its order. Pure.

import { canonicalJson } from '../../src/model/json.js'
import { digestOf } from '../../src/model/seal.js'
import type { Actual, Manager } from './actual.js'
import { differences } from './differences.js'
import { faults, obstacles } from './faults.js'
import { type Files, keptPath, printFiles, printTrial, trialPath } from './files.js'
import type { Question, Trunk } from './trunk.js'

export type Situation =
  | 'tried, armed'
  | 'tried, not kept'
  | 'as declared'
  | 'another is tried'
  | 'not ours'
  | 'rejected'
  | 'in the way'
  | 'given up, in use'
  | 'nobody to ask'
  | 'given up'
  | 'taken back before'
  | 'without a device'
  | 'different'

/** What decides. */
export type Facts = {
  /** How the links differ from the declared ones. */
  readonly differences: readonly string[]
  /** How our files do; none where there is no file of ours. */
  readonly stale: readonly string[]
  readonly faults: readonly string[]
  /** What another trunk's links have that it is to have. */
  readonly obstacles: readonly string[]
  readonly isTrying: boolean
  readonly isArmed: boolean
  /** What is being tried is another change than the one that is to be tried. */
  readonly isAnother: boolean
  /** Those who have links of it and are not systemd-networkd. */
  readonly others: readonly (readonly [name: string, manager: Manager])[]
  /** The bridges that are given up and are there, and of these, those that have guests in them. */
  readonly leaving: readonly string[]
  readonly used: readonly string[]
  readonly question: Question | null
  /** Of the change that is to be tried. */
  readonly digest: string
  readonly wasTakenBack: boolean
}

export const factsOf = (trunk: Trunk, actual: Actual): Facts => {
  const trial = printTrial(trunk, actual.links)
  const digest = digestOf(canonicalJson(trial))
  const names = [...trunk.links.map(({ name }) => name), ...trunk.absent]
  const isTrying = names.some(name => isOurs(name, trialPath, actual))
  return {
    differences: differences(trunk, actual),
    stale: staleFiles(trunk, names, actual),
    faults: faults(trunk, actual),
    obstacles: obstacles(trunk, actual),
    isTrying,
    isAnother: isAnother(trial, actual) || (isTrying && (actual.tried[trunk.name] ?? digest) !== digest),
    isArmed: actual.armed.includes(trunk.name),
    others: names.flatMap(name => {
      const manager = actual.managers[name] ?? 'nobody'
      return manager === 'systemd-networkd' ? [] : [[name, manager] as const]
    }),
    leaving: trunk.absent.filter(name => actual.links[name] !== undefined),
    used: trunk.absent.filter(name => actual.used.includes(name)),
    question: trunk.question ?? generalQuestion(actual),
    digest,
    wasTakenBack: !isTrying && actual.tried[trunk.name] === digest,
  }
}

/** Where nothing behind the trunk is known: the host's way out, which must not be lost by a change beside it. */
const generalQuestion = ({ routes }: Actual): Question | null => {
  const way = routes.find(({ to }) => to === 'default')
  return way === undefined ? null : { address: way.via, through: null }
}

/** A run that was killed in the middle of the same change has left some of its files. */
const isAnother = (trial: Files, { files }: Actual): boolean =>
  Object.entries(trial).some(([name, content]) => (files[trialPath(name)] ?? content) !== content)

const isOurs = (name: string, path: (file: string) => string, { files }: Actual): boolean =>
  ['netdev', 'network'].some(kind => files[path(`${name}.${kind}`)] !== undefined)

const staleFiles = (trunk: Trunk, names: readonly string[], actual: Actual): readonly string[] => {
  if (!names.some(name => isOurs(name, keptPath, actual))) return []
  const wanted = printFiles(trunk, actual.links)
  return names
    .flatMap(name => [`${name}.netdev`, `${name}.network`])
    .filter(file => actual.files[keptPath(file)] !== wanted[file])
    .map(file => `${keptPath(file)} ${wanted[file] === undefined ? 'is not declared' : 'is not what is declared'}`)
}

export const situationOf = (trunk: Trunk, facts: Facts): Situation => {
  const isThere = facts.differences.length === 0
  if (facts.isTrying && isThere) return facts.isArmed ? 'tried, armed' : 'tried, not kept'
  if (isThere && facts.stale.length === 0) return 'as declared'
  if (facts.isArmed && facts.isAnother) return 'another is tried'
  if (facts.others.length > 0) return 'not ours'
  if (facts.faults.length > 0) return 'rejected'
  if (facts.obstacles.length > 0) return 'in the way'
  if (facts.used.length > 0) return 'given up, in use'
  if (trunk.device !== null && facts.question === null) return 'nobody to ask'
  if (facts.leaving.length > 0) return 'given up'
  if (trunk.device === null) return 'without a device'
  if (facts.wasTakenBack) return 'taken back before'
  return 'different'
}
