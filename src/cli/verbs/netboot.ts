// `netboot`: what the site's machines boot over the network, and the change of that for some of them.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { makeDirectory } from '../../compiler/make-directory.js'
import { collectProblems } from '../../compiler/problems.js'
import type { Document } from '../../model/document.js'
import { usualValidity } from '../../model/reinstallation.js'
import { installFiles } from '../../provision/install-files.js'
import { type BootState, bootStates, entriesOf, hasNetboot } from '../../provision/netboot/entry.js'
import { newInstallation } from '../../provision/netboot/new-installation.js'
import { abandonedEntries, recordedEntry } from '../../provision/netboot/record.js'
import { compiledSite, documentOf } from '../compiled.js'
import { duration } from '../option-values.js'
import { plural, printDiagnostics, printJson, printUsageError } from '../output.js'
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

const writeEntries = (names: readonly string[], options: NetbootOptions): void => {
  const { out, state, within, json } = options
  const compiled = compiledSite(options)
  if (compiled === undefined || names.some(name => documentOf(compiled, name, json) === undefined)) return
  if (state !== undefined && names.length === 0) {
    printUsageError('--state needs the machines that it is for', `xenclosure netboot NAME --state ${state}`, json)
    process.exitCode = 2
    return
  }
  const meant = (document: Document): boolean =>
    names.length === 0 ? hasNetboot(document) : names.includes(document.name)
  const problems = collectProblems()
  const entries = [...compiled.documents.values()].filter(meant).map(document => {
    const there = recordedEntry(document, out)
    const boots = state ?? there?.state ?? 'local'
    const result =
      state === undefined
        ? entriesOf(document, boots, there?.installation, there?.order)
        : entriesOf(document, state, state === 'install' ? newInstallation(new Date(), within) : undefined)
    if (!result.ok) tellFault(problems.error, compiled, document.name, result.fault)
    return { machine: document.name, state: boots, files: result.ok ? result.files : [] }
  })
  printDiagnostics(problems.list(), json, compiled.site.sourceLine)
  if (problems.list().length > 0) {
    process.exitCode = 2
    return
  }
  makeDirectory(out)
  const { written } = installFiles(
    out,
    entries.flatMap(({ files }) => files),
    [],
  )
  const abandoned = abandonedEntries(out, name => compiled.documents.get(name))
  const removed = abandoned.flatMap(({ machine, path }) =>
    names.length === 0 || names.includes(machine) ? [path] : [],
  )
  for (const path of removed) rmSync(join(out, path))
  if (json) printJson({ machines: entries.map(({ machine, state }) => ({ machine, state })), written, removed })
  else {
    const lines = entries.map(({ machine, state }) => `${machine}: ${state}`)
    const done = `${out}: ${plural(written.length, 'file')} written, ${removed.length} removed`
    process.stdout.write(`${[...lines, done].join('\n')}\n`)
  }
}
