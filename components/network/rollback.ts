// The way back from a change that cuts the link: a timer of systemd's, armed before the change, that puts back what was
// before unless somebody stops it in time. It needs neither the agent nor the network; the new files are in /run, so that
// a reboot is a way back, too. Pure.
import type { Op } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { type Files, trialPath } from './files.js'
import type { Link, Trunk } from './trunk.js'

const unitOf = ({ name }: Trunk): string => `xenclosure-network-${name}`

/** The trunk of one of our timers; undefined for another unit. */
export const parseTimer = (unit: string): string | undefined => /^xenclosure-network-(.+)\.timer$/.exec(unit)?.[1]

/** Milliseconds in which what is behind the link must answer: twice what a bridge with stp needs to forward. */
export const patience = ({ links }: Trunk): number => {
  const delays = links.filter(({ stp }) => stp === true).map(({ forwardDelay }) => forwardDelay ?? defaultDelay)
  return (60 + 4 * Math.max(0, ...delays)) * 1000
}

/** Seconds; the kernel's. */
const defaultDelay = 15

/** The agent may be dead by then: it takes longer than the agent is patient, a reload and a slow host included. */
const timeout = (trunk: Trunk): number => patience(trunk) / 1000 + 60

/** A timer that an earlier run left is replaced. */
export const arm = (trunk: Trunk, trial: Files, actual: Actual): readonly Op[] => [
  { op: 'exec', argv: ['systemctl', 'stop', `${unitOf(trunk)}.timer`], timeout: short, expect: [0, notLoaded] },
  {
    op: 'exec',
    argv: [
      'systemd-run',
      ...['--quiet', '--collect', `--unit=${unitOf(trunk)}`, `--on-active=${timeout(trunk)}`],
      ...['--timer-property=AccuracySec=1s', '--property=Type=oneshot'],
      ...wayBack(trunk, trial, actual).map(command => `--property=ExecStartPre=${command}`),
      ...lastStep(trunk),
    ],
    timeout: short,
  },
]

/** Fails where the timer was quicker: then what was before is back, and nothing is to be kept. */
export const disarm = (trunk: Trunk): Op => ({
  op: 'exec',
  argv: ['systemctl', 'stop', `${unitOf(trunk)}.timer`],
  timeout: short,
})

/** At once, by the same commands. */
export const rollBack = (trunk: Trunk): readonly Op[] => [
  { op: 'exec', argv: ['systemctl', 'start', `${unitOf(trunk)}.service`], timeout: long },
  { op: 'exec', argv: ['systemctl', 'stop', `${unitOf(trunk)}.timer`], timeout: short, expect: [0, notLoaded] },
]

const short = 60_000
const long = 120_000

/** systemctl(1), "Exit status": there is no such unit. */
const notLoaded = 5

/**
 * Links that the change makes go after the reload: a port whose bridge is deleted under it while networkd still wants it
 * there fails, and stays so (tried with systemd 252). The minus lets the rest go on where there is nothing to delete.
 */
const wayBack = (trunk: Trunk, trial: Files, { links }: Actual): readonly string[] => {
  const made = trunk.links.filter(({ kind, name }) => kind !== 'device' && links[name] === undefined)
  return [
    ['/usr/bin/rm', '-f', ...Object.keys(trial).map(trialPath)].join(' '),
    '/usr/bin/networkctl reload',
    ...made.toReversed().map(({ name }) => `-/usr/bin/networkctl delete ${name}`),
    ...trunk.links.flatMap(link => settingsBack(link, links[link.name])),
  ]
}

/** A device that had failed is not taken up by a reload. */
const lastStep = ({ device, name }: Trunk): readonly string[] => ['networkctl', 'reconfigure', device ?? name]

/** networkd sets these only when it makes a bridge (systemd.netdev(5)). */
export const bridgeSettings = (link: Link, { links }: Actual): readonly Op[] => {
  const there = links[link.name]
  if (there === undefined) return []
  const { stp = null, forwardDelay = null } = changed(link, there)
  const words = settingWords(stp, forwardDelay)
  if (words.length === 0) return []
  return [{ op: 'exec', argv: ['ip', 'link', 'set', 'dev', link.name, 'type', 'bridge', ...words], timeout: short }]
}

type Settings = Pick<Link, 'stp' | 'forwardDelay'>

const settingsBack = (link: Link, there: Settings | undefined): readonly string[] => {
  if (there === undefined) return []
  const { stp = null, forwardDelay = null } = changed(link, there)
  const words = settingWords(stp === null ? null : there.stp, forwardDelay === null ? null : there.forwardDelay)
  return words.length === 0 ? [] : [`/usr/sbin/ip link set dev ${link.name} type bridge ${words.join(' ')}`]
}

const changed = (link: Link, there: Settings): Partial<Settings> => ({
  ...(link.stp === null || link.stp === there.stp ? {} : { stp: link.stp }),
  ...(link.forwardDelay === null || link.forwardDelay === there.forwardDelay
    ? {}
    : { forwardDelay: link.forwardDelay }),
})

/** ip-link(8): the delay is in hundredths of a second. */
const settingWords = (stp: boolean | null, forwardDelay: number | null): readonly string[] => [
  ...(stp === null ? [] : ['stp_state', stp ? '1' : '0']),
  ...(forwardDelay === null ? [] : ['forward_delay', `${forwardDelay * 100}`]),
]
