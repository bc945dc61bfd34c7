// The options that say which edition is made, and who vouches for it.
import { type Command, InvalidArgumentError } from 'commander'
import { type Edition, editionOf } from '../compiler/site/edition.js'
import { isPrivateKey } from '../model/seal.js'
import { readNamedFile } from './named-file.js'
import { printUsageError } from './output.js'

export type EditionOptions = { readonly sign?: string; readonly serial?: number; readonly json: boolean }

export const withEditionOptions = (command: Command): Command =>
  command
    .option('--sign <key>', 'sign with this private ed25519 key (PEM file)', readKey)
    .option('--serial <n>', 'the number of this edition (default: the number of commits)', parseSerial)

/** The edition of the site in a directory; undefined (and exit code 2) where it is to be signed and has no number. */
export const askedEdition = (dir: string, options: EditionOptions): Promise<Edition | undefined> =>
  beginEdition(dir, options)()

/** Begins to ask git for it; what comes of that is told when it is called. `edited` is a file of the site that has changed. */
export const beginEdition = (
  dir: string,
  { sign, serial, json }: EditionOptions,
  edited?: string,
): (() => Promise<Edition | undefined>) => {
  const asked = editionOf(dir, serial, edited)
  return async () => {
    const edition = await asked
    if (sign === undefined || edition.exact) return edition
    printUsageError('a signed edition needs a number', 'commit every change in a full clone, or give --serial N', json)
    process.exitCode = 2
    return undefined
  }
}

const readKey = (path: string): string => {
  const remedy = 'xenclosure keys new FILE makes a pair'
  const key = readNamedFile(path, remedy)
  if (!isPrivateKey(key)) throw new InvalidArgumentError(`${path}: not a private ed25519 key (PEM); ${remedy}`)
  return key
}

const parseSerial = (text: string): number => {
  const serial = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(serial)) throw new InvalidArgumentError('expected a whole number')
  return serial
}
