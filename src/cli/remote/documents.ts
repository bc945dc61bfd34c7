// What is brought to each host: its document and seal, made by the same code as `compile`.
import type { CompiledSite } from '../../compiler/compile.js'
import { recordedHosts, unrecordedGuests } from '../../compiler/enclose/moves.js'
import { soundnessOf } from '../../compiler/judge/sound.js'
import { recordHosts, sealedBy } from '../../compiler/publish/publish.js'
import { lockFile } from '../../compiler/site/lock-file.js'
import type { Document } from '../../model/document.js'
import { fullHostName } from '../../model/host-name.js'
import { canonicalJson } from '../../model/json.js'
import { valueAt } from '../../model/pointer.js'
import type { System } from '../../model/schemas/system.js'
import { printSeal } from '../../model/seal.js'
import { namesText } from '../../model/shorten.js'
import { say } from '../agent/tell.js'
import { compiledByKept, compiledWithMistakes, documentOf } from '../compiled.js'
import { askedEdition } from '../edition-options.js'
import { mayRecord } from '../may-record.js'
import { printUsageError } from '../output.js'
import { version } from '../version.js'
import type { RemoteOptions } from './options.js'

export type ToBring = {
  readonly name: string
  readonly document: string
  readonly seal: string
  /** Its name in the network, as it declares it. */
  readonly address: string | undefined
}

/**
 * The documents of the hosts, in an edition. The site need be sound for these alone. Undefined (and the exit code is set)
 * where it is not, or knows no such machine. `record`: that a guest lives on its host is recorded before the host is told.
 */
export const documentsFor = async (
  names: readonly string[],
  options: RemoteOptions,
  record: boolean,
): Promise<readonly ToBring[] | undefined> => {
  const kept = compiledByKept(options, () => names)
  const compiled = kept ?? soundFor(names, options)
  if (compiled === undefined || hasKeeper(names, compiled, options.json)) return undefined
  const edition = await askedEdition(compiled.site.dir, options)
  if (edition === undefined) return undefined
  // What is kept has every guest on record.
  if (record && kept === undefined && !recordGuests(compiled, options.json)) return undefined
  return names.flatMap(name => {
    const document = compiled.documents.get(name)
    if (document === undefined) return []
    const bytes = canonicalJson(document)
    const seal = printSeal(sealedBy({ edition, compiler: version, key: options.sign }, name, bytes))
    return { name, document: bytes, seal, address: addressOf(document) }
  })
}

const soundFor = (names: readonly string[], options: RemoteOptions): CompiledSite | undefined => {
  const result = compiledWithMistakes(options, {})
  const soundness = soundnessOf(result)
  if (result.compiled === undefined || soundness === undefined) {
    process.exitCode = 2
    return undefined
  }
  const { compiled } = result
  if (names.some(name => !soundness.broken.includes(name) && documentOf(compiled, name, options.json) === undefined))
    return undefined
  const broken = names.filter(name => soundness.broken.includes(name))
  if (broken.length > 0) {
    printUsageError(`nothing was done: ${namesText(broken)} broken`, 'mend what is told above', options.json)
    process.exitCode = 2
    return undefined
  }
  return compiled
}

/** Whether one of them is its host's affair (then exit code 2). */
const hasKeeper = (names: readonly string[], compiled: CompiledSite, json: boolean): boolean => {
  const [kept] = names.flatMap(guest => {
    const host = keeperOf(compiled, guest)
    return host === undefined ? [] : { guest, host }
  })
  if (kept === undefined) return false
  const { guest, host } = kept
  const message = `${guest} is a guest of ${host}, and declares nothing for an agent of its own`
  printUsageError(message, `what it declares, ${host} carries out: name that`, json)
  process.exitCode = 2
  return true
}

/** The host of a guest that its host's agent alone works for; undefined of any other machine. */
const keeperOf = ({ documents, machines: { parentage } }: CompiledSite, name: string): string | undefined => {
  const parent = parentage.parent(name)
  const isKept = parent !== undefined && parentage.isHypervisor(parent)
  return isKept && valueAt(documents.get(name), ['software', 'components']) === undefined ? parent : undefined
}

/** False (and the exit code is set) where that cannot be. */
const recordGuests = ({ site, residences, machines }: CompiledSite, json: boolean): boolean => {
  const { hosts } = machines.parentage
  const unrecorded = unrecordedGuests(residences, hosts)
  if (unrecorded.length === 0) return true
  if (!mayRecord(site.dir, site.digests.get(lockFile), json)) return false
  recordHosts(site.dir, recordedHosts(residences, hosts))
  say('info', `${lockFile}: ${namesText(unrecorded)} recorded, commit it`, json)
  return true
}

/** A machine's own name in the network, as its document says it. */
export const addressOf = ({ system }: Document): string | undefined =>
  fullHostName((system as System | undefined)?.network ?? {})
