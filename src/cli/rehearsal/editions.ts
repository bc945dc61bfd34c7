// The two editions of a site that a rehearsal goes by, compiled: of each host its document's bytes, and of a host whose
// guests move what it is told when they are released. A large site is compiled in parts, as `compile` does.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { components } from '../../../components/index.js'
import { compileSite, isSound } from '../../compiler/compile.js'
import { releasedCompiler } from '../../compiler/compile-hosts.js'
import { movesUnderWay } from '../../compiler/enclose/moves.js'
import type { Compilation } from '../../compiler/shares/compile-in-shares.js'
import { lockFile } from '../../compiler/site/lock-file.js'
import { type CheckedOut, checkOutRevision, findRevision, NoRevision } from '../../compiler/site/revision.js'
import type { Document } from '../../model/document.js'
import { byCodeUnit, canonicalJson } from '../../model/json.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import type { SiteEditions } from '../../rehearse/rehearse-site.js'
import { compileByWorkers } from '../compile-by-workers.js'
import { printBrokenRevision } from '../compiled.js'
import { printDiagnostics } from '../output.js'
import { printWarnings } from '../print-warnings.js'
import { type HostDocuments, type HostsThread, hostsInThread } from './hosts-thread.js'

export type Wanted = {
  /** The directory of the site. */
  readonly site: string
  /** A revision; undefined for hosts as their installer left them. */
  readonly from: string | undefined
  /** A revision; undefined for the files as they are now. */
  readonly to: string | undefined
  readonly json: boolean
}

/** The machines of the newer edition that are neither hosts nor guests. */
export type WithoutAgent = { readonly others: readonly string[] }

/** The revision to begin with is none. */
export class NoBeginning extends NoRevision {}

/** Undefined (and exit code 2) where one of the editions does not compile. Throws NoRevision. */
export const withEditions = async <Result>(
  { site, from, to, json }: Wanted,
  use: (editions: SiteEditions & WithoutAgent) => Promise<Result>,
): Promise<Result | undefined> => {
  const older = from === undefined ? undefined : openOlder(site, from)
  try {
    const checkedOut = to === undefined ? undefined : checkOutRevision(site, findRevision(site, to))
    try {
      const newer = await newerIn(checkedOut?.dir ?? site, to, json)
      const before = newer && (older === undefined ? new Map() : await documentsOf(older, json))
      return before === undefined || newer === undefined
        ? undefined
        : await use({ ...newer, hosts: paired(before, newer.hosts) })
    } finally {
      checkedOut?.remove()
    }
  } finally {
    await older?.thread.end()
    older?.remove()
  }
}

type Older = { readonly name: string; readonly dir: string; readonly remove: () => void; readonly thread: HostsThread }

/** Every guest is at home where the profiles of that edition have it. */
const openOlder = (site: string, name: string): Older => {
  const { dir, remove } = beginningOf(site, name)
  rmSync(join(dir, lockFile), { force: true })
  return { name, dir, remove, thread: hostsInThread(dir) }
}

const beginningOf = (site: string, name: string): CheckedOut => {
  try {
    return checkOutRevision(site, findRevision(site, name))
  } catch (error) {
    throw error instanceof NoRevision ? new NoBeginning(error.message, { cause: error }) : error
  }
}

const documentsOf = async ({ name, dir, thread }: Older, json: boolean): Promise<HostDocuments | undefined> => {
  const documents = await thread.documents
  if (documents !== undefined) return documents
  const compiled = await compiledIn(dir, name, json)
  return compiled && hostDocuments(compiled)
}

/** What is kept of the compiled site: the rest is forgotten. */
const newerIn = async (dir: string, revision: string | undefined, json: boolean) => {
  const compiled = await compiledIn(dir, revision, json)
  return compiled && { hosts: hostDocuments(compiled), others: othersOf(compiled), ...movingParts(compiled) }
}

const compiledIn = async (
  dir: string,
  revision: string | undefined,
  json: boolean,
): Promise<Compilation | undefined> => {
  const shared = await compileByWorkers(dir)
  if (shared !== undefined) {
    if (revision === undefined) printWarnings(shared.site.dir, shared.warnings, json)
    return shared
  }
  const result = compileSite(dir, components)
  const { compiled, diagnostics } = result
  if (revision === undefined) printDiagnostics(diagnostics, json, (file, line) => compiled?.site.sourceLine(file, line))
  if (compiled !== undefined && isSound(result)) return { ...compiled, parentage: compiled.machines.parentage }
  if (revision !== undefined) printBrokenRevision(revision, diagnostics, json)
  process.exitCode = 2
  return undefined
}

const hostDocuments = ({ documents, parentage }: Compilation): HostDocuments =>
  new Map(
    [...documents]
      .filter(([name]) => parentage.isHypervisor(name))
      .map(([name, document]) => [name, canonicalJson(document)]),
  )

const othersOf = ({ documents, parentage: { isHypervisor, hosts } }: Compilation): WithoutAgent['others'] =>
  [...documents.keys()].filter(name => !isHypervisor(name) && !hosts.has(name)).sort(byCodeUnit)

const paired = (before: HostDocuments, after: HostDocuments): SiteEditions['hosts'] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .sort(byCodeUnit)
    .map(host => ({ host, before: before.get(host), after: after.get(host) }))

const movingParts = (compiled: Compilation): Omit<SiteEditions, 'hosts'> => {
  const { documents, residences, parentage } = compiled
  const moves = movesUnderWay(residences, parentage.hosts)
  const sizes = new Map(moves.map(({ guest }) => [guest, gibibytesOf(documents.get(guest))]))
  if (moves.length === 0) return { moves, documentWhen: () => undefined, sizeOf: () => 0 }
  const compileReleased = releasedCompiler(compiled, components)
  return {
    moves,
    documentWhen: (released, host) => {
      const document = compileReleased(released, host)
      return document && canonicalJson(document)
    },
    sizeOf: guest => sizes.get(guest) ?? 0,
  }
}

const gibibytesOf = (document: Document | undefined): number => {
  const { harddisks = {} } = (document?.hardware ?? {}) as Hardware
  return Object.values(harddisks).reduce((sum, { capacity = 0 }) => sum + capacity, 0) / 1024
}
