// `rehearse`: what every host's agent would do about a change of the site, tried on simulated hosts.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { components } from '../../../components/index.js'
import { findSite } from '../../compiler/site/find-site.js'
import { NoRevision } from '../../compiler/site/revision.js'
import { didYouMeanOrOneOf } from '../../compiler/suggest.js'
import { units } from '../../model/quantity.js'
import { distinct } from '../../model/sorted.js'
import { rehearsalCode } from '../../rehearse/exit-code.js'
import { guestNamesOf } from '../../rehearse/rehearse-host.js'
import { boundHosts } from '../../rehearse/rehearse-moves.js'
import { rehearseSite, type SiteEditions, type SiteRehearsal } from '../../rehearse/rehearse-site.js'
import { assumptions, durations, parseOverride, type TimeOverride } from '../../rehearse/times.js'
import { openedSite } from '../compiled.js'
import { allowed, whatIsAllowed } from '../option-values.js'
import { printJson, printNotice, printUsageError } from '../output.js'
import { NoBeginning, withEditions } from '../rehearsal/editions.js'
import { type Asked, agentsWith, rehearseInThread } from '../rehearsal/rehearse-thread.js'
import { type Occasion, rehearsalJson, rehearsalMarkdown, rehearsalText } from '../rehearsal/text.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type RehearseOptions = SiteOptions & {
  readonly from: string
  readonly to?: string
  readonly blank: boolean
  readonly allow: readonly string[]
  readonly time: readonly TimeOverride[]
  readonly markdown: boolean
}

export const rehearseCommand = (): Command =>
  siteCommand(
    'rehearse',
    'what every agent would do about a change, and how long guests would be away: on simulated hosts',
  )
    .argument('[host...]', 'these hosts, and those that moves bind to them (default: all)')
    .option('--from <rev>', 'a revision of git: what the hosts are now', 'HEAD')
    .option('--to <rev>', 'a revision of git: what they are to be (default: the files as they are now)')
    .addOption(
      new Option('--blank', 'the hosts are as their installer left them, in the place of --from')
        .default(false)
        .conflicts('from'),
    )
    .option('--allow <consent>', whatIsAllowed, allowed, [])
    .option(
      '--time <what=time>',
      `how long something takes, boot=90s, or one machine's: boot:ce=5min (repeatable; ${durations.join(', ')})`,
      overrideOf,
      [],
    )
    .addOption(new Option('--markdown', 'for a merge request').default(false).conflicts('json'))
    .action(async (hosts: readonly string[], options: RehearseOptions) => {
      try {
        await rehearse(hosts, options)
      } catch (error) {
        if (!(error instanceof NoRevision)) throw error
        const hint = error instanceof NoBeginning ? 'without a revision to begin with: --blank' : undefined
        printUsageError(error.message, hint, options.json)
        process.exitCode = 2
      }
    })

const overrideOf = (text: string, before: readonly TimeOverride[]): readonly TimeOverride[] => {
  const override = parseOverride(text)
  if (override !== undefined) return [...before, override]
  throw new InvalidArgumentError(
    `expected WHAT=TIME or WHAT:MACHINE=TIME, WHAT one of ${durations.join(', ')}, TIME a number with one of ${units.duration.join(', ')} (a bare number is in s)`,
  )
}

const rehearse = async (names: readonly string[], options: RehearseOptions): Promise<void> => {
  const { from, to, blank, json, markdown, time, allow } = options
  const site = findSite(options.site)
  if (site === undefined) {
    openedSite(options)
    return
  }
  await withEditions({ site, from: blank ? undefined : from, to, json }, async editions => {
    const asked = onlyOf(editions, names, json)
    if (asked === undefined || !areTimesKnown(time, editions, json)) return
    const going: Asked = { allow, now: new Date(), times: time }
    const rehearsal = await rehearseSite(asked, agentsWith(going), rehearseInThread(going))
    tellUnused(allow, rehearsal, json)
    const occasion: Occasion = {
      from: blank ? 'blank hosts' : from,
      to: to ?? 'the files as they are now',
      times: time,
      others: names.length === 0 ? editions.others : [],
    }
    if (json) printJson(rehearsalJson(rehearsal, occasion))
    else process.stdout.write((markdown ? rehearsalMarkdown : rehearsalText)(rehearsal, occasion))
    process.exitCode = rehearsalCode(rehearsal)
  })
}

/** What was allowed and no action asks for: a slip, or a thing of the past. */
const tellUnused = (allow: readonly string[], { hosts }: SiteRehearsal, json: boolean): void => {
  const asked = hosts.flatMap(({ actions }) =>
    actions.flatMap(({ consent, waitsFor, isAllowable }) => [consent, isAllowable ? waitsFor : undefined]),
  )
  const known = distinct(asked.filter(name => name !== undefined))
  for (const name of allow.filter(name => !known.includes(name)))
    printNotice(`nothing here needs --allow ${name}`, didYouMeanOrOneOf(name, known), json)
}

/** False (and exit code 2) where a time is said of a machine that neither edition has, or of a guest what is a host's. */
const areTimesKnown = (times: readonly TimeOverride[], { hosts }: SiteEditions, json: boolean): boolean => {
  const said = times.flatMap(({ duration, machine }) => (machine === null ? [] : [{ duration, machine }]))
  if (said.length === 0) return true
  const known = {
    host: hosts.map(({ host }) => host),
    guest: distinct(hosts.flatMap(edition => guestNamesOf(edition, components))),
  }
  const stranger = said.find(({ duration, machine }) => !known[assumptions[duration].of].includes(machine))
  if (stranger === undefined) return true
  const { duration, machine } = stranger
  const { of } = assumptions[duration]
  printUsageError(
    `--time ${duration}:${machine}: ${duration} is a ${of}'s, and there is no such ${of}`,
    didYouMeanOrOneOf(machine, known[of]),
    json,
  )
  process.exitCode = 2
  return false
}

/** The hosts of these names, with what moves bind to them; undefined (and exit code 2) where one is no host. */
const onlyOf = (editions: SiteEditions, names: readonly string[], json: boolean): SiteEditions | undefined => {
  if (names.length === 0) return editions
  const { hosts, moves } = editions
  const known = hosts.map(({ host }) => host)
  const stranger = names.find(name => !known.includes(name))
  if (stranger !== undefined) {
    const its = hosts.find(edition => guestNamesOf(edition, components).includes(stranger))?.host
    if (its === undefined) printUsageError(`there is no host ${stranger}`, didYouMeanOrOneOf(stranger, known), json)
    else printUsageError(`${stranger} is a guest of ${its}, and has no agent of its own`, `rehearse ${its}`, json)
    process.exitCode = 2
    return undefined
  }
  const bound = boundHosts(moves).filter(group => group.some(host => names.includes(host)))
  const wanted = new Set([...names, ...bound.flat()])
  return {
    ...editions,
    hosts: hosts.filter(({ host }) => wanted.has(host)),
    moves: moves.filter(({ to: host }) => wanted.has(host)),
  }
}
