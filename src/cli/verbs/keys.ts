// `keys new`: the pair that seals are signed with and trusted by.
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { generateKeys } from '../../model/seal.js'
import { printUsageError } from '../output.js'

export const keysCommand = (): Command => {
  const keys = new Command('keys').description('keys for signing documents')
  keys
    .command('new')
    .description('a new ed25519 pair: FILE for compile --sign, FILE.pub for the agents (--trust)')
    .argument('<file>', 'where the private key goes; it must not exist')
    .action((file: string) => {
      const { privateKey, publicKey } = generateKeys()
      try {
        writeFileSync(file, privateKey, { mode: 0o600, flag: 'wx' })
        writeFileSync(`${file}.pub`, publicKey, { mode: 0o644, flag: 'wx' })
        process.stdout.write(`${file}\n${file}.pub\n`)
      } catch (error) {
        printUsageError((error as Error).message, 'an existing key is never overwritten', false)
        process.exitCode = 2
      }
    })
  return keys
}
