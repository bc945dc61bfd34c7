// `release`: a guest that moved has left its old host. Changes its entry in xenclosure.lock.yaml; the next compile lets
// the new host start it.
import { type Command, InvalidArgumentError } from 'commander'
import { components } from '../../../components/index.js'
import { contentOfFile } from '../../compiler/cache/look.js'
import type { CompiledSite } from '../../compiler/compile.js'
import { releaseGuest } from '../../compiler/enclose/release.js'
import { recordHosts } from '../../compiler/publish/publish.js'
import { findSite } from '../../compiler/site/find-site.js'
import { lockFile } from '../../compiler/site/lock-file.js'
import { readPlainLock } from '../../compiler/site/plain-lock.js'
import { didYouMean } from '../../compiler/suggest.js'
import { type Json, parseJson } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import { compiledByKept, compiledSite } from '../compiled.js'
import { mayRecord } from '../may-record.js'
import { readNamedFile } from '../named-file.js'
import { printJson, printNotice, printUsageError } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type ReleaseOptions = SiteOptions & { readonly report?: Json }

export const releaseCommand = (): Command =>
  siteCommand('release', 'a moved guest has left its old host: let the new one start it')
    .argument('<guest>', 'the guest')
    .option('--report <file>', "only if this report of the old host's agent (JSON) shows that it is gone", readReport)
    .action(release)

const release = (guest: string, options: ReleaseOptions): void => {
  const found = keptToRelease(guest, options) ?? wholeToRelease(options)
  if (found === undefined) return
  const { compiled, lock } = found
  const result = releaseGuest(compiled, guest, options.report, components)
  switch (result.kind) {
    case 'unrecorded':
      printUsageError(
        `${lockFile} records no guest ${guest}`,
        didYouMean(guest, [...compiled.residences.keys()]),
        options.json,
      )
      process.exitCode = 2
      return
    case 'refused':
      printUsageError(result.reason, result.remedy, options.json)
      process.exitCode = 3
      return
    case 'at home':
      answer(options, { guest, from: result.host, to: result.host }, `${guest} lives on ${result.host} already`)
      return
    case 'released': {
      const { from, to = null, hosts } = result
      if (!mayRecord(compiled.site.dir, lock, options.json)) return
      recordHosts(compiled.site.dir, hosts)
      if (to !== null && options.report === undefined) {
        const see = `xl list ${guest} on ${from} must not find it, or it runs twice; --report FILE has the agent there say so`
        printNotice(`${guest} has left ${from} by your word alone`, see, options.json)
      }
      const text = to === null ? `${guest} is forgotten: no host encloses it` : `${guest}: ${from} -> ${to}`
      answer(options, { guest, from, to }, `${text}; commit ${lockFile} and compile`)
    }
  }
}

/** `lock`: the digest of the lock file that was read. */
type ToRelease = { readonly compiled: CompiledSite; readonly lock: string | undefined }

/** By what is kept of a sound site: the guest, and the host that a report may be of. Undefined where that is not enough. */
const keptToRelease = (guest: string, options: ReleaseOptions): ToRelease | undefined => {
  const dir = findSite(options.site)
  const content = dir === undefined ? undefined : contentOfFile(dir, lockFile)
  const residences = readPlainLock(content?.toString())
  const from = residences?.get(guest)?.host
  if (content === undefined || residences === undefined || from === undefined) return undefined
  const compiled = compiledByKept(options, () => (options.report === undefined ? [guest] : [guest, from]))
  return compiled && { compiled: { ...compiled, residences }, lock: digestOf(content) }
}

const wholeToRelease = (options: ReleaseOptions): ToRelease | undefined => {
  const compiled = compiledSite(options)
  return compiled && { compiled, lock: compiled.site.digests.get(lockFile) }
}

const answer = ({ json }: ReleaseOptions, value: Json, text: string): void => {
  if (json) printJson(value)
  else process.stdout.write(`${text}\n`)
}

const readReport = (path: string): Json => {
  const remedy = 'xenclosure agent run --json prints a report'
  const report = parseJson(readNamedFile(path, remedy))
  if (report === undefined) throw new InvalidArgumentError(`${path}: not JSON; ${remedy}`)
  return report
}
