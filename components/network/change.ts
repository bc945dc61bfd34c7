// The operations of a change: tried in /run while a timer is armed to take it back, kept in /etc when what is behind the
// link answers. Pure.
import type { Op, Probe } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { keptPath, printFiles, printTrial, trialPath } from './files.js'
import { forgetTry, rememberTry } from './memory.js'
import { arm, bridgeSettings, disarm, patience, rollBack } from './rollback.js'
import type { Facts } from './situation.js'
import type { Link, Question, Trunk } from './trunk.js'

const reload: Op = { op: 'exec', argv: ['networkctl', 'reload'], timeout: 120_000 }

/**
 * A change of links that the host may be reached by. One that a killed run has begun goes on under its timer: another
 * would not know the way back, for what is there now is half of the change.
 */
export const changeOps = (
  trunk: Trunk,
  question: Question,
  { digest, isTrying, isArmed }: Pick<Facts, 'digest' | 'isTrying' | 'isArmed'>,
  actual: Actual,
): readonly Op[] => {
  const trial = printTrial(trunk, actual.links)
  return [
    ...(isTrying && isArmed ? [] : [...askBefore(question, actual), ...arm(trunk, trial, actual)]),
    ...Object.entries(trial).map(([name, content]) => writeOp(trialPath(name), content)),
    rememberTry(actual.memory, trunk.name, digest),
    reload,
    ...trunk.links.flatMap(link => bridgeSettings(link, actual)),
    ...confirmOps(trunk, question, actual),
  ]
}

/** What is left of a change whose timer runs: it is confirmed or taken back. */
export const confirmOps = (trunk: Trunk, question: Question | null, actual: Actual): readonly Op[] => [
  ...[...bridgesOf(trunk).map(isMade), ...(question === null ? [] : [answers(question)])].map(probe => ({
    op: 'await' as const,
    probe,
    within: patience(trunk),
    otherwise: rollBack(trunk),
    failure: 'no answer after the change: what was before is put back',
  })),
  disarm(trunk),
  ...keepOps(trunk, actual),
]

/** It was confirmed. The links stay as they are: what networkd has read it reads from another place the next time. */
export const keepOps = (trunk: Trunk, actual: Actual): readonly Op[] => [
  forgetTry(actual.memory, trunk.name),
  ...writeKept(trunk, actual),
  ...deleteLeaving(trunk, actual),
  ...Object.keys(printTrial(trunk, actual.links)).map((name): Op => ({ op: 'remove', path: trialPath(name) })),
]

/** Links of guests alone: the host is not reached by them. */
export const makeOps = (trunk: Trunk, actual: Actual): readonly Op[] => [
  ...writeKept(trunk, actual),
  reload,
  ...deleteLeaving(trunk, actual),
  ...trunk.links.flatMap(link => bridgeSettings(link, actual)),
  ...bridgesOf(trunk).map((link): Op => ({ op: 'await', probe: isMade(link), within: 60_000, otherwise: [] })),
]

const writeKept = (trunk: Trunk, actual: Actual): readonly Op[] => {
  const wanted = printFiles(trunk, actual.links)
  const ours = trunk.absent.flatMap(name => [`${name}.netdev`, `${name}.network`])
  return [
    ...Object.entries(wanted).map(([name, content]) => writeOp(keptPath(name), content)),
    ...ours
      .map(keptPath)
      .filter(path => actual.files[path] !== undefined)
      .map((path): Op => ({ op: 'remove', path })),
  ]
}

const writeOp = (path: string, content: string): Op => ({ op: 'write', path, content, mode: 0o644 })

const deleteLeaving = ({ absent }: Trunk, { links }: Actual): readonly Op[] =>
  absent
    .filter(name => links[name] !== undefined)
    .map((name): Op => ({ op: 'exec', argv: ['networkctl', 'delete', name], timeout: 60_000 }))

const bridgesOf = ({ links }: Trunk): readonly Link[] => links.filter(({ kind }) => kind === 'bridge')

/** The host's own address answers as soon as it is set. */
const isMade = ({ name, addressing }: Link): Probe => {
  const [address] = addressing.addresses
  if (address === undefined) return { kind: 'exec', argv: ['ip', 'link', 'show', 'dev', name] }
  return answers({ address: address.replace(/\/.*$/, ''), through: null })
}

const answers = ({ address, through }: Question): Probe => ({
  kind: 'exec',
  argv: ['ping', '-c', '1', '-W', '2', ...(through === null ? [] : ['-I', through]), address],
})

/** Who does not answer now would not answer then: the link is not cut to learn that. */
const askBefore = ({ address }: Question, { routes }: Actual): readonly Op[] => {
  const isKnown = routes.some(({ to, via }) => to === 'default' && via === address)
  return isKnown ? [{ op: 'await', probe: answers({ address, through: null }), within: 10_000, otherwise: [] }] : []
}
