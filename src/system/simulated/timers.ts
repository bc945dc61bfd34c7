// The simulated host's systemd: timers made by systemd-run(1), which are gone when they have elapsed or the host boots,
// and what systemctl(1) does with them.
import { type Answer, type Command, fail, notModelled, succeed } from './answer.js'
import { clockOf, own, type SimulatedState, type Timer } from './state.js'

/** `systemd-run --quiet --collect --unit=NAME --on-active=SECONDS ... COMMAND`: the service runs its commands in order. */
export const runLater: Command = (state, argv) => {
  const isOption = (word: string): boolean => word.startsWith('--')
  const last = argv.findIndex((word, index) => index > 0 && !isOption(word))
  const options = argv.slice(1, last)
  const valuesOf = (name: string): readonly string[] =>
    options.filter(option => option.startsWith(`--${name}=`)).map(option => option.slice(name.length + 3))
  const [unit] = valuesOf('unit')
  const seconds = Number(valuesOf('on-active')[0])
  if (last < 0 || unit === undefined || !(seconds > 0)) throw notModelled(argv)
  if (own(timersOf(state), unit) !== undefined)
    return fail(
      state,
      1,
      `Failed to start transient timer unit: Unit ${unit}.timer was already loaded or has a fragment file.`,
    )
  const before = valuesOf('property').flatMap(property => /^ExecStartPre=(.*)$/.exec(property)?.[1] ?? [])
  const timer: Timer = {
    at: clockOf(state) + seconds,
    commands: [...before.map(command => command.split(' ')), argv.slice(last)],
  }
  return succeed({ ...state, timers: { ...timersOf(state), [unit]: timer } })
}

const timersOf = ({ timers = {} }: SimulatedState): Readonly<Record<string, Timer>> => timers

const withoutTimer = (state: SimulatedState, unit: string): SimulatedState => {
  const { [unit]: _gone, ...timers } = timersOf(state)
  return { ...state, timers }
}

/** `run` carries one command out. */
export const systemctl =
  (run: Command): Command =>
  (state, argv) => {
    const [, verb, unit = '', ...more] = argv
    if (verb === 'list-units' && unit === '--type=timer')
      return succeed(state, ...Object.keys(timersOf(state)).map(printUnit))
    const [, name = '', kind] = /^(.+)\.(timer|service)$/.exec(unit) ?? []
    const timer = own(timersOf(state), name)
    if (more.length > 0) throw notModelled(argv)
    if (verb === 'stop' && kind === 'timer')
      return timer
        ? succeed(withoutTimer(state, name))
        : fail(state, 5, `Failed to stop ${unit}: Unit ${unit} not loaded.`)
    if (verb !== 'start' || kind !== 'service') throw notModelled(argv)
    if (timer === undefined) return fail(state, 5, `Failed to start ${unit}: Unit ${unit} not found.`)
    return runAll(state, timer, run)
  }

const printUnit = (unit: string): string => `${unit}.timer loaded active waiting ${unit}.timer`

/** A command that fails ends the service, unless a minus stands before it (systemd.service(5)). */
const runAll = (state: SimulatedState, { commands }: Timer, run: Command): Answer => {
  let current = state
  for (const [program = '', ...parameters] of commands) {
    const name = program.replace(/^-?(\/usr)?(\/s?bin\/)?/, '')
    const answer = run(current, [name, ...parameters])
    current = answer.state
    if (answer.code !== 0 && !program.startsWith('-')) return { ...answer, code: 1 }
  }
  return succeed(current)
}

/** What was to happen by now happens. */
export const elapseTimers = (state: SimulatedState, run: Command): SimulatedState => {
  const due = Object.entries(timersOf(state)).filter(([, { at }]) => at <= clockOf(state))
  return due.reduce((current, [unit, timer]) => runAll(withoutTimer(current, unit), timer, run).state, state)
}
