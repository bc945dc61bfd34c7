// What a modelled command is: a function from a host's state and the arguments to its answer and the next state.
import { CommandFailed } from '../../model/system.js'
import type { SimulatedState } from './state.js'

export type Answer = {
  readonly state: SimulatedState
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type Command = (state: SimulatedState, argv: readonly string[]) => Answer

/** `lines` without their line ends. */
export const succeed = (state: SimulatedState, ...lines: readonly string[]): Answer => ({
  state,
  code: 0,
  stdout: print(lines),
  stderr: '',
})

export const fail = (state: SimulatedState, code: number, ...lines: readonly string[]): Answer => ({
  state,
  code,
  stdout: '',
  stderr: print(lines),
})

const print = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('')

/** The model's limit, not an answer of the host. */
export const notModelled = (argv: readonly string[]): CommandFailed =>
  new CommandFailed(argv, { reason: 'not modelled by the simulated host' })

export type Arguments = {
  readonly options: Readonly<Record<string, string>>
  readonly operands: readonly string[]
}

/**
 * Options as `--size 4b` or `--bytes=4`, flags as `--json`, and the rest. An option that is in neither list is not
 * modelled.
 */
export const parseArguments = (
  argv: readonly string[],
  flags: readonly string[],
  options: readonly string[],
): Arguments => {
  const found: Record<string, string> = {}
  const operands: string[] = []
  const rest = argv.slice(1)
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const [, name = argument, inline] = /^(--[^=]+)=(.*)$/.exec(argument) ?? []
    const value = options.includes(name) ? (inline ?? rest.shift()) : undefined
    if (value !== undefined) found[name] = value
    else if (flags.includes(argument)) found[argument] = ''
    else if (argument.startsWith('-')) throw notModelled(argv)
    else operands.push(argument)
  }
  return { options: found, operands }
}
