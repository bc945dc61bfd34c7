// `agent run`: one run of the agent. The full command and the bundled agent share this file; they differ in the
// systems that they can open and in how they validate.
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ChildrenAtWork, childrenFile, recordChildren } from '../../agent/children.js'
import { DocumentRejected } from '../../agent/document-rejected.js'
import type { AgentEvent } from '../../agent/events.js'
import { exitCode } from '../../agent/exit-code.js'
import { LockHeld } from '../../agent/lock.js'
import { ActionCycle } from '../../agent/order.js'
import { printEvent, printReport, severityOf } from '../../agent/print.js'
import { run } from '../../agent/run.js'
import { urlOf } from '../../agent/source.js'
import { defaultStateDirectory, StateDamaged } from '../../agent/state.js'
import type { AnyComponent, Validate } from '../../model/component.js'
import { isKey } from '../../model/seal.js'
import { CommandFailed, type System } from '../../model/system.js'
import type { LocalOptions } from '../../system/local.js'

export type AgentParts = {
  readonly components: readonly AnyComponent[]
  readonly validate: Validate
  /** Opens what `--system` names. */
  readonly openSystem: (spec: string, options: LocalOptions) => Promise<System>
}

type RunOptions = {
  readonly document: readonly string[]
  readonly noaction: boolean
  readonly component?: string
  readonly allow: readonly string[]
  readonly state: string
  readonly trust: readonly string[]
  readonly ca?: string
  readonly root?: string
  readonly system: string
  readonly json: boolean
}

/** The command `agent` with its verbs; a run's exit code becomes the process's. */
export const agentCommand = (parts: AgentParts): Command => {
  const names = parts.components.map(component => component.name)
  const agent = new Command('agent').description('bring this host to what its document declares')
  agent
    .command('run')
    .description('one run: fetch, verify, observe, plan, gate, apply, report')
    .addOption(documentOption())
    .option('--noaction', 'look and report, change nothing', false)
    .addOption(new Option('--component <name>', 'run this component alone').choices(names))
    .option('--allow <consent>', 'allow what needs consent: restart:GUEST (repeatable)', collect, [])
    .option('--state <dir>', 'where the agent keeps its memory', absolute, defaultStateDirectory)
    .option('--trust <key>', 'public key (PEM file) that must have signed the document (repeatable)', collect, [])
    .option('--ca <file>', 'certificate authorities (PEM file) for https, beside those of this machine')
    .option('--root <dir>', 'read and write files, the state too, below this directory')
    .option(
      '--system <system>',
      'local, or in the full command sim:FILE?ram=64GiB&pv=/dev/sdb:500GiB&hostname=NAME',
      'local',
    )
    .option('--json', 'the report as JSON, progress as JSON lines', false)
    .action(async (options: RunOptions, command: Command) => {
      process.exitCode = await runAgent(options, parts, command)
    })
  return agent
}

/** A run without a document has nothing to go by. */
const documentOption = (): Option =>
  new Option(
    '--document <file|url>',
    'the document of this host, its seal beside it (repeatable: the first that answers)',
  )
    .argParser(sourceOf)
    .makeOptionMandatory()

const sourceOf = (value: string, before: readonly string[] | undefined): readonly string[] => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) && urlOf(value) === undefined) {
    throw new InvalidArgumentError('expected a file, or a URL of http or https')
  }
  return [...(before ?? []), value]
}

const absolute = (path: string): string => resolve(path)

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

const runAgent = async (options: RunOptions, parts: AgentParts, command: Command): Promise<number> => {
  const { document, noaction, component, allow, state, json } = options
  const { system, trust, ca } = await prepare(options, parts, command)
  const interruption = new AbortController()
  const interrupt = (name: string): void => interruption.abort(new Interrupted(name))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', passBrokenPipe)
  try {
    const report = await run({
      system,
      components: parts.components,
      validate: parts.validate,
      sources: document,
      trust,
      ...(ca === undefined ? {} : { ca }),
      state,
      noaction,
      ...(component === undefined ? {} : { only: component }),
      allow: new Set(allow),
      signal: interruption.signal,
      events: event => tell(event, json),
    })
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report))
    return exitCode(report)
  } catch (error) {
    if (!isExpected(error)) throw error
    complain(error, json)
    return exitCode(error)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

/** Nobody reads any more (a terminal or ssh that is gone): the run goes on, and its report is in the state. */
const passBrokenPipe = (error: Error): void => {
  if (!('code' in error && error.code === 'EPIPE')) throw error
}

/** What the options name: an unreadable key or an unknown system is a mistake in their use. */
const prepare = async (options: RunOptions, parts: AgentParts, command: Command) => {
  const { root, state, trust, ca } = options
  try {
    return {
      trust: await Promise.all(trust.map(readTrust)),
      ca: ca === undefined ? undefined : await readAuthorities(ca),
      system: await parts.openSystem(options.system, {
        ...(root === undefined ? {} : { root }),
        children: recordChildren(join(root ?? '/', childrenFile(state))),
      }),
    }
  } catch (error) {
    return command.error(`error: ${error instanceof Error ? error.message : error}`, { exitCode: 2 })
  }
}

const readTrust = async (path: string): Promise<string> => {
  const key = await readFile(path, 'utf8')
  if (!isKey(key)) throw new Error(`${path}: not a key (PEM)`)
  return key
}

const readAuthorities = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8')
  if (!isCertificate(text)) throw new Error(`${path}: not a certificate (PEM)`)
  return text
}

const isCertificate = (text: string): boolean => {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

class Interrupted extends Error {
  override readonly name = 'Interrupted'

  constructor(signal: string) {
    super(`interrupted by ${signal}: what was under way has ended, the next run goes on`)
  }
}

/** A broken world or input; everything else is a bug and shows its stack. */
const isExpected = (error: unknown): error is Error =>
  [DocumentRejected, LockHeld, StateDamaged, ChildrenAtWork, CommandFailed, ActionCycle, Interrupted].some(
    kind => error instanceof kind,
  ) ||
  (error instanceof Error && 'syscall' in error)

const tell = (event: AgentEvent, json: boolean): void => {
  const line = printEvent(event)
  if (json)
    process.stderr.write(`${JSON.stringify({ severity: severityOf(event), message: line ?? event.event, ...event })}\n`)
  else if (line !== undefined) process.stderr.write(`${line}\n`)
}

const complain = (error: Error, json: boolean): void => {
  const { code, hint } =
    error instanceof DocumentRejected ? { code: error.code, hint: error.remedy } : { code: error.name, hint: undefined }
  if (json) process.stderr.write(`${JSON.stringify({ severity: 'error', code, message: error.message, hint })}\n`)
  else process.stderr.write(`error: ${error.message}\n${hint === undefined ? '' : `  ${hint}\n`}`)
}
