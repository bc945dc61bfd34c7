// The options that the agent's verbs share, and what they name: keys, authorities and the system.
import { X509Certificate } from 'node:crypto'
import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { childrenFile, recordChildren } from '../../agent/children.js'
import type { RunRequest } from '../../agent/run.js'
import { urlOf } from '../../agent/source.js'
import { defaultStateDirectory } from '../../agent/state.js'
import type { AnyComponent, Validate } from '../../model/component.js'
import { isKey, isPrivateKey } from '../../model/seal.js'
import type { System } from '../../model/system.js'
import type { LocalOptions } from '../../system/local.js'
import { readNamedFile, requireDirectory } from '../named-file.js'
import { allowed, repeated, whatIsAllowed } from '../option-values.js'
import { tell } from './tell.js'

export type AgentParts = {
  /** Of this program. */
  readonly version: string
  readonly components: readonly AnyComponent[]
  readonly validate: Validate
  /** Opens what `--system` names. */
  readonly openSystem: (spec: string, options: LocalOptions) => Promise<System>
}

/** Which host, and where its agent keeps its memory. */
export type HostOptions = {
  readonly state: string
  readonly root?: string
  readonly system: string
  readonly json: boolean
}

/** What a run goes by. */
export type DocumentOptions = HostOptions & {
  readonly document: readonly string[]
  readonly component?: string
  readonly allow: readonly string[]
  readonly trust: readonly string[]
  readonly ca?: string
}

export const withHostOptions = (command: Command): Command =>
  command
    .option('--state <dir>', 'where the agent keeps its memory', absolute, defaultStateDirectory)
    .option('--root <dir>', 'read and write files, the state too, below this directory')
    .option(
      '--system <system>',
      'local, or in the full command sim:FILE?ram=64GiB&pv=/dev/sdb:500GiB&hostname=NAME',
      'local',
    )
    .option('--json', 'the answer as JSON, progress as JSON lines', false)

export const withDocumentOptions = (command: Command, components: readonly AnyComponent[]): Command =>
  withHostOptions(
    command
      .option(
        '--document <file|url>',
        'the document of this host, its seal beside it (repeatable: the first that gives one counts)',
        sourceOf,
        [],
      )
      .option('--trust <key>', 'public key (PEM file) that must have signed the document (repeatable)', repeated, [])
      .option('--ca <file>', 'certificate authorities (PEM file) for https, beside those of this machine')
      .addOption(
        new Option('--component <name>', 'this component alone').choices(components.map(component => component.name)),
      )
      .option('--allow <consent>', whatIsAllowed, allowed, []),
  )

const absolute = (path: string): string => resolve(path)

const sourceOf = (value: string, before: readonly string[]): readonly string[] => {
  if (urlOf(value) !== undefined) return [...before, value]
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    throw new InvalidArgumentError('expected a file, or a URL of http or https')
  }
  return [...before, resolve(value)]
}

/** The document of a run; without one it has nothing to go by. */
export const requireSources = (sources: readonly string[], command: Command): readonly string[] =>
  sources.length > 0 ? sources : command.error("error: option '--document <file|url>' is needed", { exitCode: 2 })

/** What every run of these options goes by, beside its document and its keys. */
export const partsOfRun = (
  { state, json, component, allow }: DocumentOptions,
  { components, validate, version }: AgentParts,
): Pick<RunRequest, 'components' | 'validate' | 'version' | 'state' | 'only' | 'allow' | 'events'> => ({
  ...{ components, validate, version, state },
  ...(component === undefined ? {} : { only: component }),
  allow: new Set(allow),
  events: event => tell(event, json),
})

/** What the options name: an unreadable key or an unknown system is a mistake in their use. */
export const orUsageError = async <Opened>(command: Command, opening: Promise<Opened>): Promise<Opened> => {
  try {
    return await opening
  } catch (error) {
    return command.error(`error: ${error instanceof Error ? error.message : error}`, { exitCode: 2 })
  }
}

/** The system that the options name; the processes of its changing commands are recorded in its state. */
export const openHost = async (
  { root, state, system, ca }: HostOptions & Pick<DocumentOptions, 'ca'>,
  parts: AgentParts,
): Promise<System> => {
  if (system === 'local') {
    if (root !== undefined) requireDirectory('--root', root)
    requireDirectory('--state', join(root ?? '/', state))
  }
  return parts.openSystem(system, {
    ...(root === undefined ? {} : { root }),
    ...(ca === undefined ? {} : { caFile: ca }),
    children: recordChildren(join(root ?? '/', childrenFile(state))),
  })
}

/** The keys and authorities that the options name. */
export const readKeys = async ({ trust, ca }: DocumentOptions) => ({
  trust: trust.map(readTrust),
  ...(ca === undefined ? {} : { ca: readAuthorities(ca) }),
})

const readTrust = (path: string): string => {
  const remedy = 'name the FILE.pub of a pair that `xenclosure keys new FILE` made'
  const key = readNamedFile(path, remedy)
  if (isPrivateKey(key)) throw new Error(`${path}: a private key, which belongs on no host: trust its FILE.pub`)
  if (!isKey(key)) throw new Error(`${path}: not a key (PEM); ${remedy}`)
  return key
}

const readAuthorities = (path: string): string => {
  const remedy = 'name the PEM file of the authority that signed the server'
  const text = readNamedFile(path, remedy)
  if (!isCertificate(text)) throw new Error(`${path}: not a certificate (PEM); ${remedy}`)
  return text
}

const isCertificate = (text: string): boolean => {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}
