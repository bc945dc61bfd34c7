// verify: whether these bytes are a document for this machine, from whom we trust, and no step back. Pure; the seal is
// checked before the document is parsed, and the first rule that is broken rejects it.

import type { Validate } from '../model/component.js'
import type { Document, Seal } from '../model/document.js'
import { isSameMachine } from '../model/host-name.js'
import { isMap, type Json, type JsonMap, parseJson } from '../model/json.js'
import { type Maintenance, parseMaintenance } from '../model/maintenance.js'
import { isPanDocument, type PanDocument, readPanDocument } from '../model/pan-document.js'
import { digestOf, isSignedBy, parseSeal } from '../model/seal.js'
import { DocumentRejected } from './document-rejected.js'
import type { Pair } from './source.js'

export type Expectations = {
  /** The machine's own name; null answers to any. */
  readonly hostname: string | null
  /** The public keys (PEM) of which one must have signed; none accepts unsigned documents. */
  readonly trust: readonly string[]
  /** The serial of the last document that was applied here. */
  readonly lastSerial: number | undefined
  readonly validate: Validate
  /** The components that the agent has. */
  readonly components: readonly string[]
}

export type Accepted = {
  readonly document: Document
  /** The document's bytes, as text. */
  readonly text: string
  readonly sha256: string
  /** Undefined where the document came without one. */
  readonly seal: Seal | undefined
  /** What each component is to make of the host, by its name. */
  readonly desired: ReadonlyMap<string, Json>
  /** When the host may be disturbed. */
  readonly maintenance: Maintenance
  /** Declared, but nothing here acts on it: components of a site that the agent lacks, parts of a pan document. */
  readonly ignored: readonly string[]
}

/** Accepts a document or throws DocumentRejected with the rule that it breaks. */
export const verifyDocument = (fetched: Pair, expected: Expectations): Accepted => {
  const seal = verifySeal(fetched, expected)
  const { document, ignored } = parseDocument(fetched, expected)
  verifyNames(document, seal, expected)
  const maintenance = verifyMaintenance(document)
  const declared = declaredComponents(document)
  const known = Object.entries(declared).filter(([name]) => expected.components.includes(name))
  verifySchemas(known, expected.validate)
  const unknown = Object.keys(declared).filter(name => !expected.components.includes(name))
  return {
    document,
    text: fetched.bytes.toString(),
    sha256: digestOf(fetched.bytes),
    seal,
    desired: new Map(known),
    maintenance,
    ignored: [...ignored, ...unknown.map(name => `/software/components/${name}`)],
  }
}

const verifySeal = ({ source, bytes, seal: text }: Pair, { trust, lastSerial }: Expectations): Seal | undefined => {
  if (text === undefined) {
    if (trust.length === 0) return undefined
    throw new DocumentRejected(
      'unsigned',
      `${source}: no seal beside it`,
      'compile the site with --sign and publish both files',
    )
  }
  const seal = parseSeal(text)
  if (seal === undefined) {
    throw new DocumentRejected('seal-syntax', `${source}: its seal cannot be read`, 'publish the site again')
  }
  if (seal.sha256 !== digestOf(bytes)) {
    throw new DocumentRejected(
      'digest',
      `${source}: changed after it was sealed`,
      'publish the site again, with --no-cache',
    )
  }
  if (trust.length > 0 && seal.signature === undefined) {
    throw new DocumentRejected('unsigned', `${source}: its seal is not signed`, 'compile the site with --sign')
  }
  if (trust.length > 0 && !trust.some(key => isSignedBy(seal, key))) {
    throw new DocumentRejected(
      'signature',
      `${source}: signed by somebody else than ${trust.length === 1 ? 'the trusted key' : 'the trusted keys'}`,
      'sign with the key whose public half the agent trusts, or give the agent the new one with --trust',
    )
  }
  if (lastSerial !== undefined && seal.serial < lastSerial) {
    throw new DocumentRejected(
      'serial',
      `${source}: edition ${seal.serial} is older than ${lastSerial}, which was applied here`,
      'to go back, compile the older profiles as a new edition (git revert, or --serial)',
    )
  }
  return seal
}

type Parsed = { readonly document: Document; readonly ignored: readonly string[] }

const parseDocument = ({ source, bytes }: Pair, { trust }: Expectations): Parsed => {
  const parsed = parseJson(bytes.toString())
  if (parsed !== undefined && isPanDocument(parsed)) {
    if (trust.length > 0)
      throw new DocumentRejected('unsigned', `${source}: a pan document has no seal`, 'apply it without --trust')
    return withoutConflicts(readPanDocument(parsed, source), source)
  }
  if (isDocument(parsed)) return { document: parsed, ignored: [] }
  throw new DocumentRejected('syntax', `${source}: not the document of a machine`, 'name a file that `compile` wrote')
}

const withoutConflicts = ({ conflicts, ...read }: PanDocument, source: string): Parsed => {
  if (conflicts.length === 0) return read
  throw new DocumentRejected(
    'contradiction',
    `${source}: ${conflicts.join('; ')}`,
    'in pan, give the guest another device, or take this one from the group (device_list, or path of a disk)',
  )
}

const isDocument = (value: Json | undefined): value is Document => isMap(value) && typeof value.name === 'string'

const verifyNames = ({ name }: Document, seal: Seal | undefined, { hostname }: Expectations): void => {
  if (seal !== undefined && seal.name !== name) {
    throw new DocumentRejected('name', `the seal of ${seal.name} on the document of ${name}`, 'publish the site again')
  }
  if (hostname !== null && !isSameMachine(name, hostname)) {
    throw new DocumentRejected(
      'machine',
      `the document of ${name} on ${hostname}`,
      `apply ${hostname}'s document, or give the machine its name`,
    )
  }
}

/** What a document declares, by component. */
export const declaredComponents = (document: Document): JsonMap => {
  const components = document.software?.components
  return isMap(components) ? components : {}
}

const verifyMaintenance = ({ system }: Document): Maintenance => {
  const maintenance = parseMaintenance(system?.maintenance)
  if (maintenance === undefined) throw unknownToSchema('/system/maintenance: not what this agent knows')
  return maintenance
}

const verifySchemas = (declared: readonly (readonly [string, Json])[], validate: Validate): void => {
  const faults = declared.flatMap(([name, desired]) =>
    validate(name, desired).map(fault => `/software/components/${name}${fault.pointer}: ${fault.message}`),
  )
  if (faults.length === 0) return
  throw unknownToSchema(faults.join('\n'))
}

const unknownToSchema = (message: string): DocumentRejected =>
  new DocumentRejected(
    'schema',
    message,
    'the agent and the compiler have different schemas: bring both to one version',
  )
