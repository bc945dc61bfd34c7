// How a rehearsal is told: what hosts have in common once, for a terminal and as Markdown; and whole, as JSON. Pure.
import { actionLines } from '../../agent/print.js'
import type { JsonMap } from '../../model/json.js'
import { namesText } from '../../model/shorten.js'
import type { Absence } from '../../rehearse/absences.js'
import { type Group, groupTold, type Told } from '../../rehearse/groups.js'
import type { HostRehearsal, RehearsedAction } from '../../rehearse/rehearse-host.js'
import type { MoveRehearsal } from '../../rehearse/rehearse-moves.js'
import type { SiteRehearsal } from '../../rehearse/rehearse-site.js'
import { assumptions, type Duration, durations, type TimeOverride } from '../../rehearse/times.js'
import { plural } from '../output.js'
import { printable } from '../printable.js'

/** What was rehearsed, in words: `HEAD`, `the files as they are now`. */
export type Occasion = {
  readonly from: string
  readonly to: string
  readonly times: readonly TimeOverride[]
  /** Neither hosts nor guests: no agent runs there. */
  readonly others: readonly string[]
}

type Section = { readonly title: string; readonly groups: readonly Group[] }

export const rehearsalText = (rehearsal: SiteRehearsal, occasion: Occasion): string => {
  const items = timesOf(occasion.times).map(line => `  ${line}\n`)
  const times = isAnybodyAway(rehearsal) ? [`\n${timesTitle}:\n${items.join('')}`] : []
  const head = headOf(rehearsal, occasion).map(line => `${line}\n`)
  return [...head, ...sectionsText(rehearsal), ...times].join('')
}

export const rehearsalMarkdown = (rehearsal: SiteRehearsal, occasion: Occasion): string => {
  const items = timesOf(occasion.times).map(line => `- ${line}\n`)
  const times = isAnybodyAway(rehearsal) ? [`\n**${timesTitle}**\n\n${items.join('')}`] : []
  return [`${headOf(rehearsal, occasion).join('; ')}.\n`, ...sectionsMarkdown(rehearsal), ...times].join('')
}

/** Each begins with an empty line. */
export const sectionsText = (rehearsal: SiteRehearsal): readonly string[] =>
  sectionsOf(rehearsal).map(({ title, groups }) => `\n${title}:\n${byWhom(groups).map(groupText).join('')}`)

/** What was said by a site or a host stands in blocks of code. */
export const sectionsMarkdown = (rehearsal: SiteRehearsal): readonly string[] =>
  sectionsOf(rehearsal).map(
    ({ title, groups }) =>
      `\n**${title}**\n\n${byWhom(groups)
        .map(group => `- ${whoseText(group)}:\n\n${indented(group.text, '      ')}`)
        .join('\n')}`,
  )

/** `{simulated, from, to, times, overrides, others, same, gone, hosts, moves, groups}`. */
export const rehearsalJson = (rehearsal: SiteRehearsal, { from, to, times, others }: Occasion): JsonMap => ({
  simulated: true,
  ...{ from, to },
  times: Object.fromEntries(durations.map(name => [name, assumptions[name].seconds])),
  overrides: times as unknown as JsonMap[],
  others,
  ...(rehearsal as unknown as JsonMap),
  groups: sectionsOf(rehearsal).flatMap(({ title, groups }) => groups.map(group => ({ title, ...group }))),
})

const headOf = ({ hosts, same, gone }: SiteRehearsal, { from, to, others }: Occasion): readonly string[] => {
  const busy = hosts.filter(hasNews).length
  return [
    `rehearsed on simulated hosts, from ${from} to ${to}`,
    `${plural(hosts.length, 'host')}: ${busy} with something to do, ${same.length} with the same document`,
    ...(gone.length === 0 ? [] : [`no document any more, so no agent acts: ${namesText(gone)}`]),
    ...(others.length === 0 ? [] : [`neither host nor guest, so no agent runs there: ${namesText(others)}`]),
  ]
}

export const hasNews = ({ actions, orphans, error }: HostRehearsal): boolean =>
  error !== undefined || orphans.length > 0 || actions.some(({ isOld }) => !isOld)

const sectionsOf = (rehearsal: SiteRehearsal): readonly Section[] => {
  const { hosts, moves } = rehearsal
  const about = (isMeant: (action: RehearsedAction) => boolean): readonly Told[] =>
    hosts.flatMap(host => host.actions.filter(isMeant).map(action => actionTold(action, host)))
  const awayIn = (absences: (host: HostRehearsal) => readonly Absence[]): readonly Told[] =>
    hosts.flatMap(host =>
      absences(host).map(absence => ({ host: host.host, guest: absence.guest, text: absenceText(absence) })),
    )
  const sections: readonly (readonly [string, readonly Told[]])[] = [
    ['the agents would do', about(({ outcome }) => outcome === 'done')],
    ['guests away by that', awayIn(({ away }) => away)],
    ['then waits', about(action => !action.isOld && isWaiting(action))],
    ['guests away when it comes: restarts, reboots, windows', awayIn(({ awayLater }) => awayLater)],
    ['refused by the facts', about(({ status, isOld }) => status === 'rejected' && !isOld)],
    ['would fail', about(action => action.outcome !== 'done' && action.status !== 'rejected' && !isWaiting(action))],
    ['errors', hosts.flatMap(({ host, error }) => (error === undefined ? [] : [{ host, text: error }]))],
    ['guests that move, as an administrator moves them', moves.map(moveTold)],
    ['guests that are to run and would not', hosts.flatMap(downTold)],
    ['left on the host, in no document', hosts.flatMap(({ host, orphans }) => orphans.map(text => ({ host, text })))],
    ['left as it was before', about(({ isOld }) => isOld)],
  ]
  return sections.flatMap(([title, told]) => (told.length === 0 ? [] : [{ title, groups: groupTold(told) }]))
}

const isWaiting = ({ status, outcome }: Pick<RehearsedAction, 'status' | 'outcome'>): boolean =>
  outcome !== 'done' && outcome !== 'failed' && (status === 'pending' || status === 'refused')

const actionTold = (action: RehearsedAction, { host, opens }: HostRehearsal): Told => ({
  host,
  ...(action.guest === undefined ? {} : { guest: action.guest }),
  text: actionLines(action, new Map(Object.entries(opens))).join('\n'),
})

const absenceText = ({ seconds, parts }: Pick<Absence, 'seconds' | 'parts'>): string =>
  seconds === null
    ? 'does not come back'
    : `${timeText(seconds)} (${parts.map(part => `${part.what} ${timeText(part.seconds)}`).join(', ')})`

const moveTold = ({ guest, from, to, seconds, parts, isOld, problems }: MoveRehearsal): Told => ({
  host: to,
  guest,
  text: [
    `from ${from} to ${to}: ${isOld ? 'is moving already, taken as arrived' : absenceText({ seconds, parts })}`,
    ...problems,
  ].join('\n  '),
})

const downTold = ({ host, down }: HostRehearsal): readonly Told[] =>
  down
    .filter(({ isOld }) => !isOld)
    .map(({ guest, reasons }) => ({
      host,
      guest,
      text: [...reasons, ...(reasons.length === 0 ? ['nothing says why'] : [])].join('\n'),
    }))

/** What the same hosts and guests have in common, one after the other, stands together. */
const byWhom = (groups: readonly Group[]): readonly Group[] => {
  const together: Group[] = []
  for (const group of groups) {
    const last = together.at(-1)
    const isSame = last !== undefined && whoseKey(last) === whoseKey(group)
    if (isSame) together[together.length - 1] = { ...last, text: `${last.text}\n${group.text}` }
    else together.push(group)
  }
  return together
}

const whoseKey = ({ hosts, guests }: Group): string => JSON.stringify([hosts, guests])

/** `ce on gridhost`, `31 hosts (a, b, c and 28 more), 155 guests`. */
const whoseText = ({ hosts, guests }: Group): string => {
  const [host = ''] = hosts
  if (hosts.length === 1) return guests.length === 0 ? host : `${namesText(guests, 3)} on ${host}`
  const count = guests.length === 0 ? '' : `, ${plural(guests.length, 'guest')}`
  return `${hosts.length} hosts (${namesText(hosts, 3)})${count}`
}

const groupText = (group: Group): string => `  ${whoseText(group)}:\n${indented(group.text, '    ')}`

const columns = 200

const indented = (text: string, indent: string): string =>
  text
    .split('\n')
    .map(
      line =>
        `${indent}${line.replace(/^ {13}/, '    ').replace(/^( *)(.*)$/, (_, spaces: string, rest: string) => spaces + printable(rest, columns))}\n`,
    )
    .join('')

const timesTitle = 'times are assumed, none was measured on these hosts'

const timesOf = (overrides: readonly TimeOverride[]): readonly string[] => {
  const ofAll = (name: Duration) => overrides.findLast(one => one.duration === name && one.machine === null)
  const lines = durations.map(name => {
    const { seconds, what, source } = assumptions[name]
    const said = ofAll(name)
    return `${name}: ${timeText(said?.seconds ?? seconds)}: ${what} (${said === undefined ? source : '--time'})`
  })
  const ofOne = overrides.flatMap(({ duration, machine, seconds }) =>
    machine === null ? [] : [`${duration} of ${machine}: ${timeText(seconds)} (--time)`],
  )
  return [...lines, ...ofOne]
}

const isAnybodyAway = ({ hosts, moves }: SiteRehearsal): boolean =>
  moves.length > 0 || hosts.some(({ away, awayLater }) => away.length + awayLater.length > 0)

/** `98 s`, `6 min 38 s`, `1 h 2 min`. */
const timeText = (seconds: number): string => {
  if (seconds < 100) return `${Math.round(seconds)} s`
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.round(seconds % 60)]
  const parts: readonly (readonly [number, string])[] = [
    [hours, 'h'],
    [minutes, 'min'],
    [hours > 0 ? 0 : rest, 's'],
  ]
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(' ')
}
