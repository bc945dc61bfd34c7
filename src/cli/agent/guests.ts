// `agent hold` and `agent claim`: what an administrator says of one guest on this host. A run that is at work sees it
// when it looks at the host the next time.
import { Command, InvalidArgumentError, Option } from 'commander'
import { claimFile, holdFile, putClaim, putHold, readClaims, readHolds } from '../../agent/guests.js'
import { printHold } from '../../agent/print.js'
import { knownGuests } from '../../agent/state.js'
import type { Guest } from '../../model/component.js'
import { isMachineName } from '../../model/document.js'
import { namesText } from '../../model/shorten.js'
import { timeAhead } from '../option-values.js'
import { printJson, printNotice } from '../output.js'
import { type AgentParts, type HostOptions, openHost, orUsageError, withHostOptions } from './options.js'

type HoldOptions = HostOptions & { readonly until?: Date; readonly reason?: string; readonly release: boolean }

export const holdCommand = (parts: AgentParts): Command =>
  withHostOptions(new Command('hold'))
    .description('leave a guest alone: it is not started, restarted or changed')
    .argument('<guest>', 'the guest', guestName)
    .addOption(
      new Option(
        '--until <time>',
        'when the hold ends by itself: 30min, 2h, 3d, 2026-01-31T18:00 (local time)',
      ).argParser(timeAhead),
    )
    .option('--reason <text>', 'for those who wonder')
    .addOption(new Option('--release', 'take the hold down').default(false).conflicts(['until', 'reason']))
    .action(async (guest: string, options: HoldOptions, command: Command) => {
      const system = await orUsageError(command, openHost(options, parts))
      const { state, json, until, reason = null } = options
      if (options.release) {
        const path = holdFile(state, guest)
        if ((await system.stat(path)) === null) {
          const { inForce } = await readHolds(system, state, new Date())
          refuseRelease(`${guest} is not held`, inForce, command)
        }
        await system.remove(path)
        return answer(json, { guest, held: false }, `${guest} is not held any more`)
      }
      const known = await knownGuests(parts.components, system, state)
      requireKnown(guest, known, command)
      const hold = { guest, since: new Date().toISOString(), until: until?.toISOString() ?? null, reason }
      await putHold(hold, system, state)
      if (known === undefined) noticeUnchecked(guest, json)
      answer(json, { ...hold, held: true }, printHold(hold))
    })

type ClaimOptions = HostOptions & { readonly release: boolean }

export const claimCommand = (parts: AgentParts): Command =>
  withHostOptions(new Command('claim'))
    .description('a guest on shared disks is this host’s: no other one runs it')
    .argument('<guest>', 'the guest', guestName)
    .option('--release', 'give the claim up', false)
    .action(async (guest: string, options: ClaimOptions, command: Command) => {
      const system = await orUsageError(command, openHost(options, parts))
      const { state, json } = options
      if (options.release) {
        const path = claimFile(state, guest)
        if ((await system.stat(path)) === null)
          refuseRelease(`${guest} is not claimed`, await readClaims(system, state), command)
        await system.remove(path)
        return answer(json, { guest, claimed: false }, `${guest} is not claimed any more`)
      }
      const known = await knownGuests(parts.components, system, state)
      requireKnown(guest, known, command)
      requireShared(guest, known, command)
      const since = new Date().toISOString()
      await putClaim({ guest, since }, system, state)
      if (known === undefined) noticeUnchecked(guest, json)
      answer(json, { guest, since, claimed: true }, `${guest} is this host's`)
    })

const answer = (json: boolean, value: Parameters<typeof printJson>[0], text: string): void => {
  if (json) printJson(value)
  else process.stdout.write(`${text}\n`)
}

export const guestName = (name: string): string => {
  if (!isMachineName(name)) throw new InvalidArgumentError('not the name of a machine')
  return name
}

/** A word of protection for a guest that is written otherwise would protect nothing. */
export const requireKnown = (guest: string, known: readonly Guest[] | undefined, command: Command): void => {
  const names = known?.map(({ name }) => name)
  if (names === undefined || names.includes(guest)) return
  command.error(`error: the last document has no guest ${guest}: expected one of ${names.join(', ')}`, { exitCode: 2 })
}

/** Before the first document, as on a host that is just set up, nobody can say which guests there will be. */
const noticeUnchecked = (guest: string, json: boolean): void =>
  printNotice(
    `whether there is a guest ${guest} was not checked: no document of this host's guests has been accepted yet`,
    'agent status shows what is held and claimed',
    json,
  )

/** Who mistypes a name would go on believing that the guest is free. */
const refuseRelease = (what: string, standing: readonly { readonly guest: string }[], command: Command): never => {
  const others =
    standing.length === 0 ? 'nor is any other guest' : `but ${namesText(standing.map(one => one.guest))} is`
  return command.error(`error: ${what}, ${others}`, { exitCode: 2 })
}

/** A claim for a guest that no other host could start would look as if it kept one from it. */
const requireShared = (guest: string, known: readonly Guest[] | undefined, command: Command): void => {
  if (known === undefined || known.some(({ name, isShared }) => isShared && name === guest)) return
  command.error(
    `error: no disk of ${guest} is shared in the last document: there is nothing to claim, it starts without (a disk that other hosts reach, too, has \`shared: true\` in its host's profile)`,
    { exitCode: 2 },
  )
}
