// `keys new`: the pair that seals are signed with and trusted by.
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { generateKeys } from '../../model/seal.js'
import { writableFile } from '../named-file.js'
import { printJson, printUsageError } from '../output.js'

const never = 'an existing key is never overwritten: name another file'

export const keysCommand = (): Command => {
  const keys = new Command('keys').description('keys for signing documents')
  keys
    .command('new')
    .description('a new ed25519 pair: FILE for compile --sign, FILE.pub for the agents (--trust)')
    .argument('<file>', 'where the private key goes; it must not exist', writableFile)
    .option('--json', 'the answer as JSON, diagnostics as JSON lines', false)
    .action((file: string, { json }: { readonly json: boolean }) => {
      const problem = writePair(file)
      if (problem !== undefined) {
        printUsageError(problem, never, json)
        process.exitCode = 2
      } else if (json) printJson({ private: file, public: `${file}.pub` })
      else process.stdout.write(`${file}\n${file}.pub\n`)
    })
  return keys
}

/** Writes both files of a pair or none; why it wrote none. */
const writePair = (file: string): string | undefined => {
  const taken = [file, `${file}.pub`].filter(path => existsSync(path))
  if (taken.length > 0) return `${taken.join(' and ')} ${taken.length === 1 ? 'is' : 'are'} there already`
  const { privateKey, publicKey } = generateKeys()
  writeFileSync(file, privateKey, { mode: 0o600, flag: 'wx' })
  try {
    writeFileSync(`${file}.pub`, publicKey, { mode: 0o644, flag: 'wx' })
    return undefined
  } catch (error) {
    rmSync(file)
    throw error
  }
}
