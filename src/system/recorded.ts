// Calls of a System and their answers as plain JSON: made from a run by `recording`, played back by RecordedSystem.
import type { Encoding, ExecOptions, ExecResult, Fill, Stat, System } from '../model/system.js'

/** One call of a System, without its answer. */
export type Call =
  | {
      readonly call: 'exec'
      readonly argv: readonly string[]
      readonly effect: ExecOptions['effect']
      readonly stdin?: string
    }
  | { readonly call: 'hostname' }
  | { readonly call: 'read'; readonly path: string; readonly encoding?: Encoding }
  | { readonly call: 'list' | 'stat' | 'remove' | 'openExclusive'; readonly path: string }
  | {
      readonly call: 'write'
      readonly path: string
      readonly content: string
      readonly mode: number
      readonly encoding?: Encoding
    }
  | { readonly call: 'mkdir'; readonly path: string; readonly mode: number }
  | { readonly call: 'link'; readonly path: string; readonly target: string }
  | { readonly call: 'fill'; readonly fill: Fill }
  | { readonly call: 'connects'; readonly host: string; readonly port: number }

/** What came back: of a change to a file, null. */
export type CallAnswer = ExecResult | Stat | readonly string[] | string | boolean | null

export type RecordedCall = Call & { readonly answer: CallAnswer }

/** A call through any System, as data. */
export const perform = async (system: System, call: Call): Promise<CallAnswer> => {
  switch (call.call) {
    case 'exec':
      return system.exec(call.argv, {
        effect: call.effect,
        ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
      })
    case 'hostname':
      return system.hostname()
    case 'read':
      return system.read(call.path, call.encoding)
    case 'list':
      return system.list(call.path)
    case 'stat':
      return system.stat(call.path)
    case 'openExclusive':
      return system.openExclusive(call.path)
    case 'connects':
      return system.connects(call.host, call.port)
    case 'write':
      return orNull(system.write(call.path, call.content, call.mode, call.encoding))
    case 'mkdir':
      return orNull(system.mkdir(call.path, call.mode))
    case 'link':
      return orNull(system.link(call.path, call.target))
    case 'fill':
      return orNull(system.fill(call.fill))
    case 'remove':
      return orNull(system.remove(call.path))
  }
}

const orNull = async (done: Promise<void>): Promise<null> => {
  await done
  return null
}

type Answers = (call: Call, options?: ExecOptions) => Promise<CallAnswer>

/** A System that turns each call into data and has it answered. */
const systemOf = (label: string, answer: Answers): System => {
  const done = async (call: Call): Promise<void> => {
    await answer(call)
  }
  return {
    label,
    hostname: async () => (await answer({ call: 'hostname' })) as string | null,
    exec: async (argv, options) => {
      const { effect, stdin } = options
      const call: Call = { call: 'exec', argv, effect, ...(stdin === undefined ? {} : { stdin }) }
      return (await answer(call, options)) as ExecResult
    },
    read: async (path, encoding) =>
      (await answer({ call: 'read', path, ...(encoding && { encoding }) })) as string | null,
    list: async path => (await answer({ call: 'list', path })) as readonly string[] | null,
    stat: async path => (await answer({ call: 'stat', path })) as Stat | null,
    openExclusive: async path => (await answer({ call: 'openExclusive', path })) as boolean,
    connects: async (host, port) => (await answer({ call: 'connects', host, port })) as boolean,
    write: (path, content, mode, encoding) =>
      done({ call: 'write', path, content, mode, ...(encoding && { encoding }) }),
    mkdir: (path, mode) => done({ call: 'mkdir', path, mode }),
    link: (path, target) => done({ call: 'link', path, target }),
    remove: path => done({ call: 'remove', path }),
    fill: fill => done({ call: 'fill', fill }),
  }
}

/** Passes every call on to `system` and adds it, answered, to `calls`. A sensitive command is refused: it has no place
 * in a recording. */
export const recording = (system: System): { readonly system: System; readonly calls: readonly RecordedCall[] } => {
  const calls: RecordedCall[] = []
  const recorder = systemOf(system.label, async (call, options) => {
    if (options?.sensitive === true) throw new Error('a sensitive command cannot be recorded')
    const answer = call.call === 'exec' && options ? await system.exec(call.argv, options) : await perform(system, call)
    calls.push({ ...call, answer })
    return answer
  })
  return { system: recorder, calls }
}

/**
 * Answers each call as recorded: the same call several times in the order of the recording, the last answer from then
 * on. A call that was not recorded throws. `history` is every call that was made, in order.
 */
export const recordedSystem = (
  recorded: readonly RecordedCall[],
): { readonly system: System; readonly history: readonly Call[] } => {
  const waiting = new Map<string, CallAnswer[]>()
  for (const { answer, ...call } of recorded) {
    const key = JSON.stringify(keyOf(call as Call))
    waiting.set(key, [...(waiting.get(key) ?? []), answer])
  }
  const history: Call[] = []
  const system = systemOf('recorded host', async call => {
    history.push(call)
    const answers = waiting.get(JSON.stringify(keyOf(call)))
    const answer = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0]
    if (answer === undefined) throw new Error(`not recorded: ${JSON.stringify(call)}`)
    return answer
  })
  return { system, history }
}

/** The same call has the same text, whatever the order of its fields. */
const keyOf = (call: Call): readonly (readonly [string, unknown])[] =>
  Object.entries(call).sort(([a], [b]) => (a < b ? -1 : 1))
