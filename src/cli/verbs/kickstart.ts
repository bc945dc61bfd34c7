// `kickstart`: the kickstart files of a machine and of all that it encloses.
import { join } from 'node:path'
import type { Command } from 'commander'
import { enclosures } from '../../compiler/enclose/enclosures.js'
import { makeDirectory } from '../../compiler/make-directory.js'
import { collectProblems } from '../../compiler/problems.js'
import { findEnclosed, namesBelow } from '../../model/enclosed.js'
import { namesText } from '../../model/shorten.js'
import type { KickstartFile } from '../../provision/kickstart/kickstart.js'
import { replaceFile } from '../../system/replace-file.js'
import { compiledEnclosure, documentOf } from '../compiled.js'
import { plural, printDiagnostics, printJson, printUsageError } from '../output.js'
import { tellFault } from '../provision-faults.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type KickstartOptions = SiteOptions & { readonly out: string }

export const kickstartCommand = (): Command =>
  siteCommand('kickstart', 'the kickstart files of a machine and of all that it encloses')
    .argument('<name>', 'the machine, or the enclosure: its parent')
    .requiredOption('--out <dir>', 'where the files go: NAME.ks')
    .action(writeKickstarts)

const writeKickstarts = async (name: string, options: KickstartOptions): Promise<void> => {
  const compiled = compiledEnclosure(name, options)
  if (compiled === undefined || documentOf(compiled, name, options.json) === undefined) return
  const enclosure = findEnclosed(enclosures(compiled), name)?.machine
  // Handlebars is loaded by those who need it.
  const { hasKickstart, howToKickstart, kickstartOf } = await import('../../provision/kickstart/kickstart.js')
  const machines = [name, ...(enclosure === undefined ? [] : namesBelow(enclosure))]
  const documents = machines.flatMap(machine => compiled.documents.get(machine) ?? [])
  const wanted = documents.filter(hasKickstart)
  if (wanted.length === 0) {
    printUsageError(
      `${name} has no /system/kickstart, nor has any machine that it encloses`,
      howToKickstart(documents),
      options.json,
    )
    process.exitCode = 2
    return
  }
  const problems = collectProblems()
  const files = wanted.flatMap(document => {
    const result = kickstartOf(document, compiled.site.textTemplate)
    for (const fault of result.ok ? [] : result.faults) tellFault(problems.error, compiled, document.name, fault)
    return result.ok ? [{ machine: document.name, ...result.file }] : []
  })
  printDiagnostics(problems.list(), options.json, compiled.site.sourceLine)
  if (files.length < wanted.length) {
    process.exitCode = 2
    return
  }
  const without = documents.filter(document => !hasKickstart(document)).map(document => document.name)
  makeDirectory(options.out)
  answer(
    files.map(file => write(file, options.out)),
    without,
    options,
  )
}

type Written = { readonly machine: string; readonly version: string; readonly file: string }

/** A file with a hash of a password is its owner's alone. */
const write = (
  { machine, version, text, isSecret }: KickstartFile & { readonly machine: string },
  out: string,
): Written => {
  const file = join(out, `${machine}.ks`)
  replaceFile(file, text, isSecret ? 0o600 : 0o644)
  return { machine, version, file }
}

const answer = (files: readonly Written[], without: readonly string[], { json, out }: KickstartOptions): void => {
  if (json) {
    printJson({ files, without })
    return
  }
  const lines = files.map(({ file, version }) => `${file} (${version})`)
  process.stdout.write(`${[...lines, `${out}: ${plural(files.length, 'kickstart file')}`].join('\n')}\n`)
  if (without.length > 0) process.stderr.write(`without /system/kickstart: ${namesText(without)}\n`)
}
