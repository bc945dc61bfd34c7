// `compile`: the site's documents, seals and index into a directory. Nothing is written while anything is wrong.
import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { editionOf } from '../../compiler/edition.js'
import { type Published, publish } from '../../compiler/publish.js'
import { compiledSite, documentOf, type SiteOptions, siteCommand } from '../compiled.js'
import { plural, printJson, printUsageError } from '../output.js'
import { version } from '../version.js'

type CompileOptions = SiteOptions & { readonly out: string; readonly sign?: string; readonly serial?: number }

export const compileCommand = (): Command =>
  siteCommand('compile', 'compile the site into one sealed document per machine')
    .argument('[name...]', 'write these machines only')
    .requiredOption('--out <dir>', 'where the documents go')
    .option('--sign <key>', 'sign with this private ed25519 key (PEM file)', readKey)
    .option('--serial <n>', 'the number of this edition (default: the number of commits)', parseSerial)
    .action(compileSite)

const compileSite = (names: readonly string[], options: CompileOptions): void => {
  const { out, sign, json } = options
  const compiled = compiledSite(options)
  if (compiled === undefined || names.some(name => documentOf(compiled, name, json) === undefined)) return
  const { site, documents } = compiled
  const edition = editionOf(site.dir, options.serial)
  if (sign !== undefined && !edition.exact) {
    printUsageError('a signed edition needs a number', 'commit every change in a full clone, or give --serial N', json)
    process.exitCode = 2
    return
  }
  const only = names.length === 0 ? undefined : names
  const published = publish({ dir: out, site: site.name, documents, edition, compiler: version, key: sign, only })
  if (json) printJson({ site: site.name, serial: edition.serial, commit: edition.commit, ...published })
  else process.stdout.write(`${out}: ${summaryOf(published)}\n`)
}

const summaryOf = ({ written, unchanged, removed }: Published): string => {
  const gone = removed.length === 0 ? '' : `, ${removed.length} removed`
  return `${plural(written.length, 'document')} written, ${unchanged.length} unchanged${gone}`
}

const readKey = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

const parseSerial = (text: string): number => {
  const serial = Number(text)
  if (!Number.isSafeInteger(serial) || serial < 0) throw new InvalidArgumentError('expected a whole number')
  return serial
}
