// `netboot`: what the site's machines boot over the network, and the change of that for some of them.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { makeDirectory } from '../../compiler/make-directory.js'
import { collectProblems } from '../../compiler/problems.js'
import type { Document } from '../../model/document.js'
import { usualValidity } from '../../model/reinstallation.js'
import type { ConfigFile } from '../../provision/dhcp/server.js'
import { installFiles } from '../../provision/install-files.js'
import {
  type BootState,
  bootStates,
  type Entries,
  entriesOf,
  hasNetboot,
  noNetbootHint,
} from '../../provision/netboot/entry.js'
import { newInstallation } from '../../provision/netboot/new-installation.js'
import { abandonedEntries, recordedEntry } from '../../provision/netboot/record.js'
import { whileLocked } from '../../system/folder-lock.js'
import { compiledMachines, compiledSite, documentOf } from '../compiled.js'
import { duration } from '../option-values.js'
import { plural, printDiagnostics, printJson, printNotice, printUsageError } from '../output.js'
import { tellFault } from '../provision-faults.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type NetbootOptions = SiteOptions & { readonly out: string; readonly state?: BootState; readonly within: number }

export const netbootCommand = (): Command =>
  siteCommand('netboot', 'what machines boot over the network: installer, own disk, or rescue system')
    .argument('[name...]', 'these machines only')
    .requiredOption('--out <dir>', 'the root of the TFTP server')
    .addOption(new Option('--state <state>', 'what the machines named boot from now on').choices(bootStates))
    .addOption(
      new Option('--within <time>', 'with --state install: what has not begun by then is not installed any more')
        .argParser(duration)
        .default(usualValidity, '24h'),
    )
    .action(writeEntries)

const writeEntries = async (names: readonly string[], options: NetbootOptions): Promise<void> => {
  const { out, state, json } = options
  const compiled = names.length === 0 ? compiledSite(options) : compiledMachines(names, options)
  if (compiled === undefined || names.some(name => documentOf(compiled, name, json) === undefined)) return
  if (state !== undefined && names.length === 0) {
    printUsageError('--state needs the machines that it is for', `xenclosure netboot NAME --state ${state}`, json)
    process.exitCode = 2
    return
  }
  const meant = (document: Document): boolean =>
    names.length === 0 ? hasNetboot(document) : names.includes(document.name)
  const documents = [...compiled.documents.values()].filter(meant)
  // Else it would look as if all were up to date.
  if (documents.length === 0)
    printNotice('no machine has /system/netboot: none boots over the network', noNetbootHint, json)
  const problems = collectProblems()
  for (const { machine, result } of documents.map(entryFor(options)))
    if (!result.ok) tellFault(problems.error, compiled, machine, result.fault)
  printDiagnostics(problems.list(), json, compiled.site.sourceLine)
  if (problems.list().length > 0) {
    process.exitCode = 2
    return
  }
  makeDirectory(out)
  const { entries, written, removed } = await whileLocked(out, () => {
    // Asked anew: one of them may have been installed meanwhile.
    const entries = documents.map(entryFor(options))
    const { written } = installFiles(out, entries.flatMap(filesOf), [])
    const removed = abandonedEntries(out, name => compiled.documents.get(name)).flatMap(({ machine, path }) =>
      names.length === 0 || names.includes(machine) ? [path] : [],
    )
    for (const path of removed) rmSync(join(out, path))
    return { entries, written, removed }
  })
  if (json) printJson({ machines: entries.map(({ machine, state }) => ({ machine, state })), written, removed })
  else {
    const lines = entries.map(({ machine, state }) => `${machine}: ${state}`)
    const done = `${out}: ${plural(written.length, 'file')} written, ${removed.length} removed`
    process.stdout.write(`${[...lines, done].join('\n')}\n`)
  }
}

type NextEntry = { readonly machine: string; readonly state: BootState; readonly result: Entries }

/** What a machine boots from now on: what it is told to, else what it did until now. */
const entryFor =
  ({ out, state, within }: NetbootOptions) =>
  (document: Document): NextEntry => {
    const machine = document.name
    if (state !== undefined) {
      const installation = state === 'install' ? newInstallation(new Date(), within) : undefined
      return { machine, state, result: entriesOf(document, state, installation) }
    }
    const { state: until = 'local', installation, order } = recordedEntry(document, out) ?? {}
    return { machine, state: until, result: entriesOf(document, until, installation, order) }
  }

/** Throws where what another site's command has told it meanwhile is nothing that this one declares. */
const filesOf = ({ machine, result }: NextEntry): readonly ConfigFile[] => {
  if (result.ok) return result.files
  throw new Error(`${machine}: ${result.fault.message}`)
}
